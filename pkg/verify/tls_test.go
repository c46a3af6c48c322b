package verify_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/verify"
	"github.com/wxdev/wxdev/pkg/wire"
)

const host = "wx.example.com"

// issuer is a certificate that signs others, with its key.
type issuer struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// issue makes a certificate with a new key, signed by i or, if that is nil, by
// itself.
func (i *issuer) issue(t testing.TB, c *x509.Certificate) *issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if c.SerialNumber, err = rand.Int(rand.Reader, big.NewInt(1<<62)); err != nil {
		t.Fatal(err)
	}
	if c.NotAfter.IsZero() {
		c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	}
	parent, signer := c, key
	if i != nil {
		parent, signer = i.cert, i.key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &issuer{cert, key}
}

func authority(name string) *x509.Certificate {
	return &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
}

func leaf(names ...string) *x509.Certificate {
	return &x509.Certificate{Subject: pkix.Name{CommonName: names[0]}, DNSNames: names}
}

// lasting gives a certificate another life.
func lasting(c *x509.Certificate, from, to time.Duration) *x509.Certificate {
	c.NotBefore, c.NotAfter = time.Now().Add(from), time.Now().Add(to)
	return c
}

// chain is what a server shows: the leaf, and what it sends behind it.
func chain(leaf *issuer, others ...*issuer) tls.Certificate {
	c := tls.Certificate{PrivateKey: leaf.key, Certificate: [][]byte{leaf.cert.Raw}}
	for _, o := range others {
		c.Certificate = append(c.Certificate, o.cert.Raw)
	}
	return c
}

// secure starts a correct server behind TLS and returns its address.
func secure(t testing.TB, config *tls.Config) string {
	t.Helper()
	s := httptest.NewUnstartedServer(&receiver.Handler{Token: token})
	s.TLS = config
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that we break off
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// public makes servers on loopback look like a public host: the name resolves
// to the addresses given, and connecting to one leads to its server.
func public(servers map[string]string, order ...string) wire.Sender {
	var addrs []netip.Addr
	for _, a := range order {
		addrs = append(addrs, netip.MustParseAddr(a))
	}
	return wire.Sender{
		Timeout: busy.Net,
		Resolve: func(context.Context, string) ([]netip.Addr, error) { return addrs, nil },
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			ip, _, _ := net.SplitHostPort(address)
			to, ok := servers[ip]
			if !ok { // a firewall that drops
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return new(net.Dialer).DialContext(ctx, network, to)
		},
	}
}

const publicIP = "203.0.113.7" // of the range for documentation

// https checks the server at addr under the name host.
func https(t *testing.T, addr string, roots *x509.CertPool) *verify.Report {
	t.Helper()
	o := options("https://" + host + "/wechat")
	o.Sender = public(map[string]string{publicIP: addr}, publicIP)
	o.Sender.Roots = roots
	return run(t, o)
}

func TestTLSFaults(t *testing.T) {
	var root *issuer
	root = root.issue(t, authority("Test Root"))
	middle := root.issue(t, authority("Test Intermediate"))
	oldMiddle := root.issue(t, lasting(authority("Old Intermediate"), -3*time.Hour, -2*time.Hour))
	var stray *issuer
	stray = stray.issue(t, authority("Stray Root"))
	strayMiddle := stray.issue(t, authority("Stray Intermediate"))
	roots := x509.NewCertPool()
	roots.AddCert(root.cert)
	var nobody *issuer

	good := chain(middle.issue(t, leaf(host)), middle)
	expired := lasting(leaf(host), -48*time.Hour, -24*time.Hour)
	soon := lasting(leaf(host), 24*time.Hour, 48*time.Hour)
	client := leaf(host)
	client.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	old := func(version uint16) *tls.Config {
		return &tls.Config{Certificates: []tls.Certificate{good}, MinVersion: tls.VersionTLS10, MaxVersion: version}
	}
	with := func(c tls.Certificate) *tls.Config { return &tls.Config{Certificates: []tls.Certificate{c}} }
	byName := with(chain(middle.issue(t, leaf("default.example.net")), middle))
	byName.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &good, nil } // asked with a name only
	strict := with(good)
	strict.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if hello.ServerName == "" {
			return nil, errors.New("unrecognized name")
		}
		return nil, nil
	}

	for name, c := range map[string]struct {
		config *tls.Config
		want   []string // "variant", or "variant fact=value"
	}{
		"right":                   {with(good), nil},
		"right, with the root":    {with(chain(middle.issue(t, leaf(host)), middle, root)), nil},
		"right, in another order": {with(chain(middle.issue(t, leaf(host)), root, middle)), nil},
		"right, straight":         {with(chain(root.issue(t, leaf(host)))), nil},
		"right, a wildcard":       {with(chain(middle.issue(t, leaf("*.example.com")), middle)), nil},
		"right, an expired extra": {with(chain(middle.issue(t, leaf(host)), oldMiddle, middle)), nil},
		"right, an old cipher": {&tls.Config{
			Certificates: []tls.Certificate{good}, MaxVersion: tls.VersionTLS12,
			CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256},
		}, nil},
		"right, 1.2 alone":   {old(tls.VersionTLS12), nil},
		"self-signed":        {with(chain(nobody.issue(t, leaf(host)))), []string{"self-signed subject=" + host}},
		"expired":            {with(chain(middle.issue(t, expired), middle)), []string{"expired date=" + expired.NotAfter.UTC().Format(time.DateTime)}},
		"not yet valid":      {with(chain(middle.issue(t, soon), middle)), []string{"not-yet date=" + soon.NotBefore.UTC().Format(time.DateTime)}},
		"wrong name":         {with(chain(middle.issue(t, leaf("www.example.com", "example.com")), middle)), []string{"name names=www.example.com, example.com"}},
		"name without a SAN": {with(chain(middle.issue(t, &x509.Certificate{Subject: pkix.Name{CommonName: host}}), middle)), []string{"name names=" + host}},
		"many names": {
			with(chain(middle.issue(t, leaf("a.example", "b.example", "c.example", "d.example", "e.example")), middle)),
			[]string{"name names=a.example, b.example, c.example, d.example, …"},
		},
		"no intermediate":          {with(chain(middle.issue(t, leaf(host)))), []string{"chain issuer=Test Intermediate"}},
		"another intermediate":     {with(chain(middle.issue(t, leaf(host)), strayMiddle)), []string{"chain sent=2"}},
		"expired intermediate":     {with(chain(oldMiddle.issue(t, leaf(host)), oldMiddle)), []string{"expired date=" + oldMiddle.cert.NotAfter.UTC().Format(time.DateTime)}},
		"untrusted":                {with(chain(strayMiddle.issue(t, leaf(host)), strayMiddle, stray)), []string{"untrusted issuer=Stray Root"}},
		"untrusted, root not sent": {with(chain(strayMiddle.issue(t, leaf(host)), strayMiddle)), []string{"chain issuer=Stray Root"}},
		"for clients":              {with(chain(middle.issue(t, client), middle)), []string{"handshake"}},
		"1.3 alone":                {&tls.Config{Certificates: []tls.Certificate{good}, MinVersion: tls.VersionTLS13}, []string{"only-new version=TLS 1.3"}},
		"1.1 alone":                {old(tls.VersionTLS11), []string{"too-old version=TLS 1.1"}},
		"1.0 alone":                {old(tls.VersionTLS10), []string{"too-old version=TLS 1.0"}},
		"by name":                  {byName, []string{"sni names=default.example.net"}},
		"by name, or not at all":   {strict, []string{"sni names=none"}},
		"expired and self-signed":  {with(chain(nobody.issue(t, lasting(leaf(host), -48*time.Hour, -24*time.Hour)))), []string{"expired", "self-signed"}},
		"expired and wrong name": {
			with(chain(middle.issue(t, lasting(leaf("a.example"), -48*time.Hour, -24*time.Hour)), middle)),
			[]string{"expired", "name names=a.example"},
		},
		"wrong name and no intermediate": {with(chain(middle.issue(t, leaf("a.example")))), []string{"chain", "name"}},
		"self-signed and 1.1 alone": {&tls.Config{
			Certificates: []tls.Certificate{chain(nobody.issue(t, leaf(host)))}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11,
		}, []string{"self-signed", "too-old"}},
		"a name that a terminal obeys": {with(chain(middle.issue(t, &x509.Certificate{
			Subject: pkix.Name{CommonName: "\x1b[2J" + strings.Repeat("n", 9000)},
		}), middle)), []string{"name"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := https(t, secure(t, c.config), roots)
			if got := variants(r, "V13"); !matches(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
			for _, s := range serious(r) {
				if !strings.HasPrefix(s, "V13 ") {
					t.Errorf("false alarm: %s", s)
				}
			}
			if len(c.want) == 0 && !r.OK() {
				t.Error("not OK without a finding")
			}
			describable(t, r)
			inChinese(t, r)
			printable(t, r)
		})
	}
}

// variants lists the variants of a finding with their facts.
func variants(r *verify.Report, id string) []string {
	var all []string
	for _, f := range r.Findings {
		if f.ID != id {
			continue
		}
		s := f.Variant
		for k, v := range f.Facts {
			s += " " + k + "=" + v.In(finding.English) + ";"
		}
		all = append(all, s)
	}
	slices.Sort(all)
	return all
}

// matches compares variants, and the one fact that is named.
func matches(got, want []string) bool {
	return slices.EqualFunc(got, want, func(g, w string) bool {
		variant, fact, has := strings.Cut(w, " ")
		return strings.HasPrefix(g+" ", variant+" ") && (!has || strings.Contains(g, " "+fact+";"))
	})
}

// TestTLSNotSpoken: https to a port that speaks something else, and http to
// one that speaks TLS.
func TestTLSNotSpoken(t *testing.T) {
	plain := httptest.NewServer(&receiver.Handler{Token: token})
	t.Cleanup(plain.Close)
	talker := func(text string) string {
		url := raw(func(c net.Conn, _ *http.Request) { io.WriteString(c, text) })(t)
		return strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/wechat")
	}
	var i *issuer
	tlsServer := secure(t, &tls.Config{Certificates: []tls.Certificate{chain(i.issue(t, leaf(host)))}})
	for name, c := range map[string]struct{ scheme, addr, want string }{
		"https to http":             {"https", plain.Listener.Addr().String(), "V13 not-tls"},
		"https to a bare 400":       {"https", talker("HTTP/1.0 400 Bad Request\r\n\r\n"), "V13 not-tls"},
		"https to ssh":              {"https", talker("SSH-2.0-OpenSSH_9.2p1\r\n"), "V13 not-tls"},
		"https to one who hangs up": {"https", talker(""), "V13 handshake"},
		"http to https":             {"http", tlsServer, "V38 tls-port"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options(c.scheme + "://wx.test/wechat")
			o.Sender = public(map[string]string{publicIP: c.addr}, publicIP)
			r := run(t, o)
			if got := serious(r); !slices.Equal(got, []string{c.want}) {
				t.Errorf("found %q, want %q", got, c.want)
			}
			describable(t, r)
			inChinese(t, r)
			printable(t, r)
		})
	}
}
