package wire

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
)

// TLSKind is one way in which TLS fails; the names are those of finding V13.
type TLSKind string

// What can be wrong with a certificate or a handshake.
const (
	TLSChain      TLSKind = "chain"       // the issuer was not sent and is not a trusted root
	TLSSelfSigned TLSKind = "self-signed" // the certificate is its own issuer
	TLSUntrusted  TLSKind = "untrusted"   // the chain is complete, its root is not trusted
	TLSExpired    TLSKind = "expired"
	TLSNotYet     TLSKind = "not-yet"
	TLSName       TLSKind = "name"
	TLSTooOld     TLSKind = "too-old" // nothing newer than TLS 1.1
	TLSNotTLS     TLSKind = "not-tls" // the port speaks something else
	TLSHandshake  TLSKind = "handshake"
)

// TLSProblem is one thing that is wrong, with the facts that show it.
type TLSProblem struct {
	Kind  TLSKind
	Facts finding.Facts
}

func (p TLSProblem) Error() string { return p.In(finding.English) }

// In implements [finding.Fact], in the words of finding V13.
func (p TLSProblem) In(lang finding.Lang) string {
	_, evidence, _ := catalog.Describe(lang, finding.Finding{ID: "V13", Variant: string(p.Kind), Facts: p.Facts})
	return "TLS: " + evidence
}

// Redact implements what [finding.Redact] asks of a fact that cuts texts.
func (p TLSProblem) Redact(hide func(string) string) finding.Fact {
	return TLSProblem{p.Kind, p.Facts.Redact(hide)}
}

// handshake starts TLS and looks at the certificate itself, because the
// standard library stops at the first fault and people want them all.
func (s *Sender) handshake(ctx context.Context, ex *Exchange, conn net.Conn, host string) (net.Conn, *Error) {
	config := &tls.Config{
		InsecureSkipVerify: true, // examine verifies, and names every fault
		MinVersion:         tls.VersionTLS10,
		MaxVersion:         s.MaxTLS,
		CipherSuites:       allCiphers(),
	}
	if !s.NoSNI {
		config.ServerName = host
	}
	start := time.Now()
	c := tls.Client(conn, config)
	err := c.HandshakeContext(ctx)
	ex.Times.TLS = time.Since(start)
	if err != nil {
		return nil, handshakeError(err)
	}
	state := c.ConnectionState()
	ex.TLS = tls.VersionName(state.Version)
	ex.Certs = state.PeerCertificates
	problems := s.examine(state.PeerCertificates, host)
	if state.Version < tls.VersionTLS12 {
		problems = append(problems, TLSProblem{TLSTooOld, finding.NewFacts("version", ex.TLS)})
	}
	if len(problems) > 0 {
		return nil, &Error{Kind: TLSFault, TLS: problems, Err: problems[0]}
	}
	return c, nil
}

// allCiphers offers the old ones too: a server that speaks only those is to
// be named, not to fail without a word.
func allCiphers() []uint16 {
	var ids []uint16
	for _, c := range tls.CipherSuites() {
		ids = append(ids, c.ID)
	}
	for _, c := range tls.InsecureCipherSuites() {
		ids = append(ids, c.ID)
	}
	return ids
}

func handshakeError(err error) *Error {
	var record tls.RecordHeaderError
	if errors.As(err, &record) {
		p := TLSProblem{TLSNotTLS, finding.NewFacts("hex", finding.Hex(record.RecordHeader[:]))}
		return &Error{Kind: TLSFault, TLS: []TLSProblem{p}, Err: p}
	}
	if fail := readError(err); fail.Kind == Timeout {
		return fail
	}
	text := strings.TrimPrefix(err.Error(), "remote error: ")
	p := TLSProblem{TLSHandshake, finding.NewFacts("error", finding.Verbatim(text))}
	return &Error{Kind: TLSFault, TLS: []TLSProblem{p}, Err: p}
}

// examine returns all that is wrong with the certificates for host. A chain
// is judged by what the server sent: a missing intermediate is not fetched.
func (s *Sender) examine(certs []*x509.Certificate, host string) []TLSProblem {
	var problems []TLSProblem
	add := func(kind TLSKind, facts ...any) {
		problems = append(problems, TLSProblem{kind, finding.NewFacts(facts...)})
	}
	leaf, now := certs[0], time.Now()
	// lasts adds what is wrong with a life, and returns a time within it.
	lasts := func(c *x509.Certificate) time.Time {
		switch {
		case now.After(c.NotAfter):
			add(TLSExpired, "date", c.NotAfter.UTC().Format(time.DateTime))
			return c.NotAfter.Add(-time.Second)
		case now.Before(c.NotBefore):
			add(TLSNotYet, "date", c.NotBefore.UTC().Format(time.DateTime))
			return c.NotBefore.Add(time.Second)
		}
		return now
	}
	when := lasts(leaf) // was the rest right while it lasted?
	if err := leaf.VerifyHostname(host); err != nil {
		add(TLSName, "host", host, "names", CertNames(leaf))
	}
	pool := x509.NewCertPool()
	for _, c := range certs[1:] {
		pool.AddCert(c)
	}
	_, err := leaf.Verify(x509.VerifyOptions{Roots: s.Roots, Intermediates: pool, CurrentTime: when})
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch top := topOf(certs); {
	case err == nil:
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		lasts(invalid.Cert) // an issuer's, unless it is now as it should be
	case !errors.As(err, &unknown):
		add(TLSHandshake, "error", finding.Verbatim(err.Error()))
	case !bytes.Equal(top.RawSubject, top.RawIssuer):
		add(TLSChain, "sent", len(certs), "issuer", certName(top.Issuer.CommonName, top.Issuer.String()))
	case top == leaf:
		add(TLSSelfSigned, "subject", certName(leaf.Subject.CommonName, leaf.Subject.String()))
	default:
		add(TLSUntrusted, "issuer", certName(top.Subject.CommonName, top.Subject.String()))
	}
	return problems
}

// topOf follows the issuers through what was sent, and returns the last one.
func topOf(certs []*x509.Certificate) *x509.Certificate {
	top := certs[0]
	for range certs {
		next := top
		for _, c := range certs {
			if c != top && bytes.Equal(c.RawSubject, top.RawIssuer) {
				next = c
			}
		}
		if next == top || bytes.Equal(top.RawSubject, top.RawIssuer) {
			break
		}
		top = next
	}
	return top
}

func certName(common, full string) string {
	if common != "" {
		return common
	}
	return full
}

// CertNames lists the names a certificate is for, the first few.
func CertNames(c *x509.Certificate) string {
	names := append([]string(nil), c.DNSNames...)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		return certName(c.Subject.CommonName, "no name")
	}
	if len(names) > 4 {
		names = append(names[:4], "…")
	}
	return strings.Join(names, ", ")
}
