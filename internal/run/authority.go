package run

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"time"
)

// lifetime is how long the certificates of a run are good for. Its own clock
// may differ from the server's.
const lifetime = 30 * 24 * time.Hour

// authority is the certificate authority of one run, and the certificate that it
// has issued. Whoever gets hold of it can speak for the redirected hosts and
// for nobody else, and only to who trusts it: its names are constrained. No key
// is ever written anywhere.
type authority struct {
	cert *x509.Certificate
	leaf tls.Certificate
}

func newAuthority(now time.Time) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	root := certificate(now, "wxdev run")
	root.IsCA, root.BasicConstraintsValid, root.MaxPathLenZero = true, true, true
	root.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	root.PermittedDNSDomainsCritical, root.PermittedDNSDomains = true, hosts
	root.ExcludedIPRanges = []*net.IPNet{ // which names of the DNS do not cover
		{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)}, {IP: net.IPv6zero, Mask: net.CIDRMask(0, 128)},
	}
	der, err := x509.CreateCertificate(rand.Reader, root, root, key.Public(), key)
	if err != nil {
		return nil, err
	}
	a := &authority{}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		return nil, err
	}
	return a, a.issue(now, key)
}

// issue makes the certificate, one for all hosts: a client that names none in
// its handshake is served, too. The authority's key is not needed again.
func (a *authority) issue(now time.Time, signer *ecdsa.PrivateKey) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	leaf := certificate(now, hosts[0])
	leaf.DNSNames = hosts
	leaf.KeyUsage, leaf.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	der, err := x509.CreateCertificate(rand.Reader, leaf, a.cert, key.Public(), signer)
	if err != nil {
		return err
	}
	a.leaf = tls.Certificate{Certificate: [][]byte{der, a.cert.Raw}, PrivateKey: key}
	return nil
}

func certificate(now time.Time, name string) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)) // of crypto/rand: never fails
	return &x509.Certificate{
		SerialNumber: serial.Add(serial, big.NewInt(1)), Subject: pkix.Name{CommonName: name, Organization: []string{"wxdev"}},
		NotBefore: now.Add(-24 * time.Hour), NotAfter: now.Add(lifetime),
	}
}

// pem is the authority's certificate for a file.
func (a *authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
}

// tls is how the redirected hosts are spoken for.
func (a *authority) tls() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{a.leaf}, NextProtos: []string{"h2", "http/1.1"}, MinVersion: tls.VersionTLS10}
}
