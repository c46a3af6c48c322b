package apisign

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// smallest is what crypto/rsa takes; a smaller key is reported, and not tried.
const smallest = 1024

// ParsePrivateKey reads the private key: PEM of PKCS#1, as the console gives
// it, or of PKCS#8. Literal \n, as it is in an environment variable, is a line
// end, and base64 without its PEM lines will do.
func ParsePrivateKey(text string) (*rsa.PrivateKey, error) {
	kind, der, err := decodePEM(text)
	if err != nil {
		return nil, err
	}
	switch {
	case kind == "PUBLIC KEY" || kind == "RSA PUBLIC KEY":
		return nil, finding.Because(reason.APIKeyPublic)
	case kind == "CERTIFICATE":
		return nil, finding.Because(reason.APIKeyCertificate)
	case strings.Contains(kind, "ENCRYPTED"):
		return nil, finding.Because(reason.APIKeyEncrypted)
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, sizeOf(&key.PublicKey)
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if rsaKey, ok := key.(*rsa.PrivateKey); ok {
		return rsaKey, sizeOf(&rsaKey.PublicKey)
	}
	if isSM2(der) || err == nil || kind == "EC PRIVATE KEY" {
		return nil, finding.Because(reason.APIKeySm2)
	}
	if _, public := publicOf(der); public == nil {
		return nil, finding.Because(reason.APIKeyPublic)
	}
	return nil, finding.Because(reason.APIKeyUnreadable).Wrap(err)
}

// ParsePublicKey reads the public key out of any file that has it: the public
// key itself, the private key, or a certificate.
func ParsePublicKey(text string) (*rsa.PublicKey, error) {
	kind, der, err := decodePEM(text)
	if err != nil {
		return nil, err
	}
	if kind == "CERTIFICATE" {
		cert, err := ParseCertificate(text)
		return cert.Public, err
	}
	if key, err := publicOf(der); err == nil {
		return key, sizeOf(key)
	}
	if _, err := x509.ParsePKIXPublicKey(der); err == nil || isSM2(der) {
		return nil, finding.Because(reason.APIKeySm2)
	}
	key, err := ParsePrivateKey(text)
	switch {
	case err == nil:
		return &key.PublicKey, nil
	case kind == "PUBLIC KEY" || kind == "RSA PUBLIC KEY":
		return nil, finding.Because(reason.APIKeyUnreadable)
	}
	return nil, err // which says what kind of private key it is
}

// ParseCertificate reads a certificate of the platform. The number is not in
// it: it stands beside it in the console.
func ParseCertificate(text string) (Certificate, error) {
	_, der, err := decodePEM(text)
	if err != nil {
		return Certificate{}, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		if key, err := publicOf(der); err == nil { // a public key verifies as well
			return Certificate{Public: key}, sizeOf(key)
		}
		if isSM2(der) {
			return Certificate{}, finding.Because(reason.APIKeySm2)
		}
		return Certificate{}, finding.Because(reason.APICertUnreadable).Wrap(err)
	}
	key, ok := cert.PublicKey.(*rsa.PublicKey)
	if !ok {
		return Certificate{}, finding.Because(reason.APIKeySm2)
	}
	return Certificate{Public: key, X509: cert}, sizeOf(key)
}

// ParseSymmetricKey decodes the symmetric key as the console shows it.
func ParseSymmetricKey(text string) ([]byte, error) {
	text = strings.TrimSpace(text)
	key, err := base64.StdEncoding.DecodeString(text)
	switch {
	case len(text) == 2*keySize && isHex(text):
		return nil, finding.Because(reason.APISymKeyHex)
	case err != nil:
		return nil, finding.Because(reason.APISymKeyBase64)
	case len(key) == 16:
		return nil, finding.Because(reason.APISymKeySm4)
	case len(key) != keySize:
		return nil, finding.Because(reason.APISymKeySize, "n", len(key), "want", keySize)
	}
	return key, nil
}

func isHex(s string) bool {
	_, err := hex.DecodeString(s)
	return err == nil && s != ""
}

func sizeOf(key *rsa.PublicKey) error {
	if n := key.N.BitLen(); n < smallest || n > 16384 || key.E < 3 {
		return finding.Because(reason.APIKeySmall, "bits", n, "least", smallest)
	}
	return nil
}

// decodePEM returns the first block's kind and content. Text without the PEM
// lines has no kind.
func decodePEM(text string) (kind string, der []byte, err error) {
	text = strings.TrimSpace(strings.ReplaceAll(text, `\n`, "\n"))
	if text == "" {
		return "", nil, finding.Because(reason.APIKeyEmpty)
	}
	if block, _ := pem.Decode([]byte(text)); block != nil {
		if strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") { // as openssl wrote before PKCS#8
			return "ENCRYPTED " + block.Type, block.Bytes, nil
		}
		return block.Type, block.Bytes, nil
	}
	if strings.Contains(text, "-----BEGIN ") {
		return "", nil, finding.Because(reason.APIKeyTorn)
	}
	bare := strings.Join(strings.Fields(text), "")
	if der, err := base64.StdEncoding.DecodeString(bare); err == nil && len(der) > 0 && der[0] == 0x30 {
		return "", der, nil
	}
	if len(text) > 0 && text[0] == 0x30 && len(text) > 2 { // DER itself
		return "", []byte(text), nil
	}
	return "", nil, finding.Because(reason.APIKeyNotPem)
}

func publicOf(der []byte) (*rsa.PublicKey, error) {
	if key, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if rsaKey, ok := key.(*rsa.PublicKey); ok {
		return rsaKey, nil
	}
	if err == nil {
		err = finding.Because(reason.APIKeySm2)
	}
	return nil, err
}

// sm2 is the object identifier of the curve, 1.2.156.10197.1.301, as it stands
// in a key.
const sm2 = "\x06\x08\x2a\x81\x1c\xcf\x55\x01\x82\x2d"

func isSM2(der []byte) bool { return strings.Contains(string(der), sm2) }
