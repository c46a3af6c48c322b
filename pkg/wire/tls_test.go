package wire_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/wire"
)

// The certificate of httptest is its own issuer and made for example.com,
// *.example.com and loopback. Certificates of other kinds are in the tests of
// package verify.

// secure starts a TLS server that echoes, and returns a sender that trusts
// its certificate and takes every name for it.
func secure(t testing.TB, config *tls.Config) (wire.Sender, *httptest.Server) {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, echo) }))
	s.TLS = config
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return wire.Sender{Timeout: busy.Net, Roots: roots, Resolve: named("127.0.0.1")}, s
}

// at is the server's URL under another name.
func at(host, addr string) string {
	_, port, _ := net.SplitHostPort(addr)
	return "https://" + net.JoinHostPort(host, port) + "/wechat"
}

func TestTLS(t *testing.T) {
	t.Parallel()
	s, server := secure(t, nil)
	ex := s.Do(t.Context(), get(at("wx.example.com", server.Listener.Addr().String())))
	sound(t, ex)
	if ex.Err != nil || string(ex.Response.Body) != echo {
		t.Fatalf("%v, %+v", ex.Err, ex.Response)
	}
	if ex.TLS != "TLS 1.3" || len(ex.Certs) != 1 || !ex.Certs[0].Equal(server.Certificate()) {
		t.Errorf("%s, %d certificates", ex.TLS, len(ex.Certs))
	}
	if ex.Times.TLS <= 0 || ex.Times.TLS > ex.Times.Total {
		t.Errorf("%+v", ex.Times)
	}
	s.MaxTLS = tls.VersionTLS12
	if ex := s.Do(t.Context(), get(server.URL)); ex.Err != nil || ex.TLS != "TLS 1.2" {
		t.Errorf("with MaxTLS: %v, %s", ex.Err, ex.TLS)
	}
}

func TestTLSFaults(t *testing.T) {
	trusting, server := secure(t, nil)
	_, modern := secure(t, &tls.Config{MinVersion: tls.VersionTLS13})
	_, old := secure(t, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	plain := serve(t, says(""))
	talker := "ssh" // speaks before it is asked
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			io.WriteString(c, talker+"-2.0-OpenSSH_9.2p1\r\n")
			c.Close()
		}
	}()
	addr := func(s *httptest.Server) string { return s.Listener.Addr().String() }
	for name, c := range map[string]struct {
		url    string
		sender wire.Sender
		want   []wire.TLSKind
		fact   string
	}{
		"not trusted":          {at("127.0.0.1", addr(server)), wire.Sender{Roots: x509.NewCertPool()}, []wire.TLSKind{wire.TLSSelfSigned}, "Acme Co"},
		"another name":         {at("wx.example.org", addr(server)), trusting, []wire.TLSKind{wire.TLSName}, "example.com, *.example.com, 127.0.0.1, ::1"},
		"another address":      {at("127.0.0.1", addr(server)), trusting, nil, ""},
		"both":                 {at("wx.example.org", addr(server)), wire.Sender{Roots: x509.NewCertPool(), Resolve: named("127.0.0.1")}, []wire.TLSKind{wire.TLSName, wire.TLSSelfSigned}, "wx.example.org"},
		"1.3 alone, 1.2 asked": {at("127.0.0.1", addr(modern)), wire.Sender{Roots: trusting.Roots, MaxTLS: tls.VersionTLS12}, []wire.TLSKind{wire.TLSHandshake}, "protocol version not supported"},
		"1.1 alone":            {at("127.0.0.1", addr(old)), wire.Sender{Roots: trusting.Roots}, []wire.TLSKind{wire.TLSTooOld}, "TLS 1.1"},
		"closed at once":       {at("127.0.0.1", plain), wire.Sender{}, []wire.TLSKind{wire.TLSHandshake}, "EOF"},
		"another protocol":     {at("127.0.0.1", l.Addr().String()), wire.Sender{}, []wire.TLSKind{wire.TLSNotTLS}, "73 73 68 2D 32"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.sender.Timeout = busy.Net
			ex := c.sender.Do(t.Context(), get(c.url))
			sound(t, ex)
			var got []wire.TLSKind
			if ex.Err != nil {
				for _, p := range ex.TLSProblems() {
					got = append(got, p.Kind)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Fatalf("%q, want %q (%v)", got, c.want, ex.Err)
			}
			if c.want == nil {
				return
			}
			var first wire.TLSProblem
			if !errors.As(ex.Err, &first) || first.Kind != c.want[0] || ex.Failure() != wire.TLSFault || ex.Sent != nil {
				t.Errorf("%v of kind %d, sent %q", ex.Err, ex.Failure(), ex.Sent)
			}
			if !strings.Contains(ex.Err.Error(), c.fact) {
				t.Errorf("no %q in %q", c.fact, ex.Err)
			}
		})
	}
}

// TestNoSNI: the name is left out of the handshake, and still checked.
func TestNoSNI(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 2)
	s, server := secure(t, &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		asked <- hello.ServerName
		return nil, nil
	}})
	url := at("wx.example.com", server.Listener.Addr().String())
	for _, want := range []string{"wx.example.com", ""} {
		s.NoSNI = want == ""
		if ex := s.Do(t.Context(), get(url)); ex.Err != nil {
			t.Fatal(ex.Err)
		}
		if got := <-asked; got != want {
			t.Errorf("asked for %q, want %q", got, want)
		}
	}
	s.NoSNI = true
	other := at("wx.example.org", server.Listener.Addr().String())
	if ex := s.Do(t.Context(), get(other)); ex.Failure() != wire.TLSFault {
		t.Errorf("without SNI the name is not checked: %v", ex.Err)
	}
}

// TestTLSEnds: the ends of an answer are the same below TLS.
func TestTLSEnds(t *testing.T) {
	t.Parallel()
	s, server := secure(t, nil)
	for body, want := range map[string]wire.End{
		ok("Content-Length: 19\r\n", echo): wire.EndLength,
		ok("", echo):                       wire.EndEOF,
		ok("Content-Length: 20\r\n", echo): wire.EndShort,
	} {
		server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			c, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return
			}
			io.WriteString(c, body)
			c.Close()
		})
		if ex := s.Do(t.Context(), get(server.URL)); ex.Err != nil || ex.End != want || string(ex.Response.Body) != echo {
			t.Errorf("%q: %v, end %d, want %d", body, ex.Err, ex.End, want)
		}
	}
}
