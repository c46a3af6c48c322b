package run

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"software.sslmate.com/src/go-pkcs12"
)

// storePassword is Java's own for what is no secret.
const storePassword = "changeit"

// javaStore is a trust store with our certificate and those that Java would
// have trusted: of the store in the options, of the installed Java, or of the
// system. Old Java reads it, too: its kind of encryption hides nothing.
func javaStore(options string, lookup func(string) (string, bool), own *x509.Certificate) ([]byte, error) {
	return pkcs12.LegacyDES.EncodeTrustStore(append(javaTrusts(options, lookup), own), storePassword)
}

func javaTrusts(options string, lookup func(string) (string, bool)) []*x509.Certificate {
	named := javaOption(options, "javax.net.ssl.trustStore")
	for _, name := range append([]string{named}, javaStores(lookup)...) {
		b, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		if all, err := readJavaStore(b, cmp.Or(javaOption(options, "javax.net.ssl.trustStorePassword"), storePassword)); err == nil {
			return all
		}
	}
	return certificates(systemBundle())
}

// javaStores are where an installed Java may keep what it trusts.
func javaStores(lookup func(string) (string, bool)) []string {
	home, _ := lookup("JAVA_HOME")
	if home == "" {
		path, err := exec.LookPath("java")
		if err != nil {
			return nil
		}
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return nil
		}
		home = filepath.Dir(filepath.Dir(path))
	}
	return []string{
		filepath.Join(home, "lib", "security", "jssecacerts"), filepath.Join(home, "lib", "security", "cacerts"),
		filepath.Join(home, "jre", "lib", "security", "cacerts"),
	}
}

// javaOption is the value of a -D in a line of options.
func javaOption(options, name string) string {
	value := ""
	for field := range strings.FieldsSeq(options) {
		if v, ok := strings.CutPrefix(strings.Trim(field, `"'`), "-D"+name+"="); ok {
			value = strings.Trim(v, `"'`)
		}
	}
	return value
}

// readJavaStore reads the certificates of a store of either kind.
func readJavaStore(b []byte, password string) ([]*x509.Certificate, error) {
	if bytes.HasPrefix(b, jksMagic) {
		return readJKS(b)
	}
	all, err := pkcs12.DecodeTrustStore(b, password)
	if err != nil {
		all, err = pkcs12.DecodeTrustStore(b, "") // as Java has its own since version 18
	}
	return all, err
}

var (
	jksMagic = []byte{0xfe, 0xed, 0xfe, 0xed}
	errJKS   = errors.New("no key store of Java's that can be read")
)

// readJKS reads what older Java has: the magic number, the version, the number
// of entries; of each entry its kind, name and time, the kind of certificate
// and the certificate. Its checksum, which takes a password, is not looked at.
// OpenJDK, sun.security.provider.JavaKeyStore (engineLoad), read 2026-11-30.
func readJKS(b []byte) ([]*x509.Certificate, error) {
	r := &jksReader{left: b[len(jksMagic):]}
	version, count := r.number(4), r.number(4)
	if version != 2 || count > uint64(len(b)) {
		return nil, errJKS
	}
	var all []*x509.Certificate
	for range count {
		kind := r.number(4)
		r.take(r.number(2)) // the name
		r.number(8)         // the time
		if kind != 2 {      // a private key: nothing to trust
			return nil, errJKS
		}
		r.take(r.number(2)) // X.509
		if c, err := x509.ParseCertificate(r.take(r.number(4))); err == nil {
			all = append(all, c)
		}
	}
	if r.short || len(all) == 0 {
		return nil, errJKS
	}
	return all, nil
}

type jksReader struct {
	left  []byte
	short bool
}

func (r *jksReader) take(n uint64) []byte {
	if n > uint64(len(r.left)) {
		r.short, n = true, uint64(len(r.left))
	}
	got := r.left[:n]
	r.left = r.left[n:]
	return got
}

func (r *jksReader) number(size int) uint64 {
	var whole [8]byte
	copy(whole[8-size:], r.take(uint64(size)))
	return binary.BigEndian.Uint64(whole[:])
}
