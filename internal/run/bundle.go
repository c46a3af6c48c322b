package run

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
)

// systemBundles are where systems keep the certificates that they trust, in one
// file. https://go.dev/src/crypto/x509/root_linux.go, root_bsd.go (read 2026-11-30)
var systemBundles = []string{
	"/etc/ssl/certs/ca-certificates.crt",                // Debian, Ubuntu, Gentoo, Arch
	"/etc/pki/tls/certs/ca-bundle.crt",                  // Fedora, RHEL 6
	"/etc/ssl/ca-bundle.pem",                            // openSUSE
	"/etc/pki/tls/cacert.pem",                           // OpenELEC
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // CentOS, RHEL 7
	"/etc/ssl/cert.pem",                                 // Alpine, macOS
	"/usr/local/etc/ssl/cert.pem",                       // FreeBSD
	"/usr/local/share/certs/ca-root-nss.crt",
}

// SystemTrust is the name of an operating system where Go asks the system whom to
// trust, and no variable; "" of the others. Schannel, which is behind the curl of
// Windows, does so, too.
// https://pkg.go.dev/crypto/x509#SystemCertPool, https://curl.se/docs/sslcerts.html
// (source: unrecorded on which day)
func SystemTrust(goos string) string {
	return map[string]string{"darwin": "macOS", "ios": "iOS", "windows": "Windows"}[goos]
}

// systemBundle is what this system trusts, nil where it has no such file.
func systemBundle() []byte {
	for _, name := range systemBundles {
		if b, err := os.ReadFile(name); err == nil && bytes.Contains(b, []byte("CERTIFICATE")) {
			return b
		}
	}
	return nil
}

// trusted is what a file or a folder of certificates in PEM has; nil where
// there is none.
func trusted(name string) []byte {
	info, err := os.Stat(name)
	if err != nil {
		return nil
	}
	if !info.IsDir() {
		b, _ := os.ReadFile(name) // what cannot be read, the program could not read either
		return b
	}
	files, _ := os.ReadDir(name) // what cannot be read, the program could not read either
	var all []byte
	for _, f := range files {
		if b, err := os.ReadFile(filepath.Join(name, f.Name())); err == nil && bytes.Contains(b, []byte("-----BEGIN ")) {
			all = append(append(all, b...), '\n')
		}
	}
	return all
}

// certificates are those of a text in PEM. One that Go does not read is left
// out: what wants it reads the text.
func certificates(text []byte) []*x509.Certificate {
	var all []*x509.Certificate
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			return all
		}
		if c, err := x509.ParseCertificate(block.Bytes); err == nil {
			all = append(all, c)
		}
	}
}
