package apisign

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"time"
)

// Make makes all keys of an account, as the console does, and a certificate of a
// platform for an emulator. The numbers are the emulator's, too: the console
// gives its own.
func Make(appID string, now time.Time) (Keys, error) {
	k := Keys{AppID: appID, Symmetric: base64.StdEncoding.EncodeToString(noise(keySize)), SymmetricSN: number(), AsymmetricSN: number()}
	var err error
	if k.Private, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		return k, err
	}
	c, err := MakeCertificate(appID, now)
	k.Certificates = []Certificate{c}
	return k, err
}

// MakeCertificate makes a certificate like that of WeChat's, with its private
// key and a number: for five years, of an RSA key of 2048 bits.
func MakeCertificate(appID string, now time.Time) (Certificate, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return Certificate{}, err
	}
	name := pkix.Name{CommonName: appID, Organization: []string{"wxdev"}}
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(noise(16)), Subject: name, Issuer: name,
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(5, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return Certificate{}, err
	}
	cert, err := x509.ParseCertificate(der)
	return Certificate{SN: number(), Public: &key.PublicKey, Private: key, X509: cert}, err
}

func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}

// number looks like one of the console's: 32 lower-case hex digits.
func number() string { return hex.EncodeToString(noise(16)) }

// PrivatePEM is a private key as the console gives it.
func PrivatePEM(key *rsa.PrivateKey) string {
	return encodePEM("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key))
}

// PublicPEM is a public key as the console takes it.
func PublicPEM(key *rsa.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	return encodePEM("PUBLIC KEY", der), err
}

// CertificatePEM is a certificate as a file.
func CertificatePEM(cert *x509.Certificate) string { return encodePEM("CERTIFICATE", cert.Raw) }

func encodePEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}
