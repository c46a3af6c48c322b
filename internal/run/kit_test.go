package run

import (
	"bytes"
	"crypto/x509"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/wxdev/wxdev/internal/stacks"
)

// variables are those of a kit, by name, for a user who has some already.
func variables(t *testing.T, users map[string]string, o Options) (map[string]string, *redirect, *Kit) {
	t.Helper()
	o.LookupEnv = func(name string) (string, bool) { v, ok := users[name]; return v, ok }
	r := newRedirect(t, o)
	k := r.kit(t)
	all := map[string]string{}
	for _, v := range k.Variables() {
		all[v.Name] = v.Value
	}
	return all, r, k
}

// TestNoProxy: what keeps our hosts from the proxy goes, all else stays.
func TestNoProxy(t *testing.T) {
	const own = "localhost,127.0.0.1,::1"
	for given, want := range map[string]string{
		"":                                   own,
		"*":                                  own,
		"weixin.qq.com":                      own,
		".weixin.qq.com, .qq.com":            own,
		"*.qq.com,com":                       own,
		"API.Weixin.QQ.com":                  own,
		"api.weixin.qq.com:443":              own,
		"api.weixin.qq.com:8443":             "api.weixin.qq.com:8443," + own,
		"sh.api.weixin.qq.com,corp.example":  "corp.example," + own,
		"api.mch.weixin.qq.com, 10.0.0.0/8":  "api.mch.weixin.qq.com,10.0.0.0/8," + own,
		"xapi.weixin.qq.com 127.0.0.1":       "xapi.weixin.qq.com,127.0.0.1,localhost,::1",
		"work.weixin.qq.com,192.168.1.1:80,": "work.weixin.qq.com,192.168.1.1:80," + own,
	} {
		if got := cleaned(given); got != want {
			t.Errorf("%q became %q, not %q", given, got, want)
		}
	}
	all, _, _ := variables(t, map[string]string{"no_proxy": "corp.example,.qq.com"}, Options{})
	for _, name := range []string{"NO_PROXY", "no_proxy"} {
		if all[name] != "corp.example,"+own {
			t.Errorf("%s=%s", name, all[name])
		}
	}
}

// TestUsersValues: what the user has in the variables is kept.
func TestUsersValues(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a folder")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	theirs, err := newAuthority(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	mine := filepath.Join(dir, "mine.pem")
	if err := os.WriteFile(mine, theirs.pem(), 0o600); err != nil {
		t.Fatal(err)
	}
	store, err := pkcs12.Modern.EncodeTrustStore([]*x509.Certificate{theirs.cert}, "secret1")
	if err != nil {
		t.Fatal(err)
	}
	java := filepath.Join(dir, "mine.p12")
	if err := os.WriteFile(java, store, 0o600); err != nil {
		t.Fatal(err)
	}
	short := filepath.Join(t.TempDir(), "mine.p12")
	if err := os.WriteFile(short, store, 0o600); err != nil {
		t.Fatal(err)
	}
	all, r, k := variables(t, map[string]string{
		"SSL_CERT_FILE": mine, "CURL_CA_BUNDLE": dir, "NODE_EXTRA_CA_CERTS": mine, "NODE_OPTIONS": "--max-old-space-size=100",
		"PHP_INI_SCAN_DIR":  "/etc/mine",
		"JAVA_TOOL_OPTIONS": "-Dx=1 -Dhttp.nonProxyHosts=*.qq.com|corp.example -Djavax.net.ssl.trustStore=" + short + " -Djavax.net.ssl.trustStorePassword=secret1",
	}, Options{})
	for _, name := range []string{"SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"} {
		text, err := os.ReadFile(all[name])
		if err != nil || !bytes.Contains(text, theirs.pem()) || !bytes.Contains(text, r.authority.pem()) || len(certificates(text)) != 2 {
			t.Errorf("%s: %v, %d certificates", name, err, len(certificates(text)))
		}
	}
	if o := all["NODE_OPTIONS"]; !strings.HasPrefix(o, "--max-old-space-size=100 --require ") {
		t.Errorf("NODE_OPTIONS=%s", o)
	}
	if d := all["PHP_INI_SCAN_DIR"]; d != "/etc/mine"+string(os.PathListSeparator)+filepath.Join(k.Dir, "php") {
		t.Errorf("PHP_INI_SCAN_DIR=%s", d)
	}
	o := all["JAVA_TOOL_OPTIONS"]
	if !strings.HasPrefix(o, "-Dx=1 ") || javaOption(o, "http.nonProxyHosts") != "localhost|127.*|[::1]|corp.example" {
		t.Errorf("JAVA_TOOL_OPTIONS=%s", o)
	}
	written, err := os.ReadFile(javaOption(o, "javax.net.ssl.trustStore"))
	if err != nil {
		t.Fatal(err)
	}
	trusts, err := readJavaStore(written, storePassword)
	if err != nil || len(trusts) != 2 || !trusts[0].Equal(theirs.cert) || !trusts[1].Equal(r.authority.cert) {
		t.Errorf("Java trusts %d, %v", len(trusts), err)
	}
	for _, line := range k.Env([]string{"A=1", "https_proxy=http://old", "NODE_OPTIONS=x"}) {
		if line == "https_proxy=http://old" || line == "NODE_OPTIONS=x" {
			t.Errorf("%s is still there", line)
		}
	}
}

// TestUsersPHP: what the user's own ini files say of whom to trust is kept, each
// setting for itself, and the other settings are theirs.
func TestUsersPHP(t *testing.T) {
	stacks.Need(t, "php", "php-curl")
	theirs, err := newAuthority(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"mine.pem": string(theirs.pem()), "ini/zz.ini": "curl.cainfo = " + filepath.Join(dir, "mine.pem") + "\nuser_agent = mine\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	scan := string(os.PathListSeparator) + filepath.Join(dir, "ini") // the compiled-in folder first
	_, r, k := variables(t, map[string]string{"PHP_INI_SCAN_DIR": scan}, Options{})
	php := exec.Command("php", "-r", `echo ini_get("user_agent"), "\n", ini_get("curl.cainfo"), "\n", ini_get("openssl.cafile"), "\n", extension_loaded("curl");`)
	php.Env = k.Env(os.Environ())
	out, err := php.CombinedOutput()
	said := strings.Split(string(out), "\n")
	if err != nil || len(said) != 4 || said[0] != "mine" || said[3] != "1" {
		t.Fatalf("%v: %s", err, out)
	}
	for i, want := range [][]byte{theirs.pem(), systemBundle()} {
		text, err := os.ReadFile(said[i+1])
		if err != nil || !bytes.Contains(text, want) || !bytes.Contains(text, r.authority.pem()) {
			t.Errorf("%s of %s: %v, %d certificates", said[i+1], out, err, len(certificates(text)))
		}
	}
}

// TestUsersRequests: the variable of Python's requests is kept for itself.
func TestUsersRequests(t *testing.T) {
	theirs, err := newAuthority(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	mine := filepath.Join(t.TempDir(), "mine.pem")
	if err := os.WriteFile(mine, theirs.pem(), 0o600); err != nil {
		t.Fatal(err)
	}
	all, r, _ := variables(t, map[string]string{"REQUESTS_CA_BUNDLE": mine}, Options{})
	for name, want := range map[string]bool{"REQUESTS_CA_BUNDLE": true, "SSL_CERT_FILE": false} {
		text, err := os.ReadFile(all[name])
		if err != nil || bytes.Contains(text, theirs.pem()) != want || !bytes.Contains(text, r.authority.pem()) {
			t.Errorf("%s: %v, %d certificates", name, err, len(certificates(text)))
		}
	}
}

func TestSystemTrust(t *testing.T) {
	for goos, want := range map[string]string{"darwin": "macOS", "windows": "Windows", "linux": "", "freebsd": ""} {
		if got := SystemTrust(goos); got != want {
			t.Errorf("%s: %q", goos, got)
		}
	}
}

// TestFilesAreTheUsers: nobody else reads what is written, and no key is.
func TestFilesAreTheUsers(t *testing.T) {
	_, _, k := variables(t, nil, Options{})
	n := 0
	err := filepath.WalkDir(k.Dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || path == k.Dir {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v", path, info.Mode())
		}
		if !d.IsDir() {
			n++
			if b, err := os.ReadFile(path); err != nil || bytes.Contains(b, []byte("PRIVATE KEY")) {
				t.Errorf("%s: %v, or a key", path, err)
			}
		}
		return nil
	})
	if err != nil || n < 4 {
		t.Errorf("%d files, %v", n, err)
	}
}

// TestElsewhere: a server on another machine has no hook, which would look for
// us on its own.
func TestElsewhere(t *testing.T) {
	r := newRedirect(t, Options{})
	k, err := NewKit(r.Redirect, t.TempDir(), r.url, 0)
	if err != nil {
		t.Fatal(err)
	}
	env := strings.Join(k.Env(nil), "\n")
	if strings.Contains(env, "NODE_OPTIONS") || !strings.Contains(env, "NODE_USE_ENV_PROXY=1") {
		t.Error(env)
	}
}

// TestJKS: the key stores of older Java are read, and what is none is not.
func TestJKS(t *testing.T) {
	a, err := newAuthority(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	entry := func(kind uint32) []byte {
		b := binary.BigEndian.AppendUint32(nil, kind)
		b = append(b, "\x00\x04name"...)
		b = append(b, make([]byte, 8)...)
		b = append(b, "\x00\x05X.509"...)
		b = binary.BigEndian.AppendUint32(b, uint32(len(a.cert.Raw)))
		return append(b, a.cert.Raw...)
	}
	head := func(n byte) []byte { return append(bytes.Clone(jksMagic), 0, 0, 0, 2, 0, 0, 0, n) }
	good := append(append(head(2), entry(2)...), entry(2)...)
	if all, err := readJavaStore(append(good, make([]byte, 20)...), ""); err != nil || len(all) != 2 {
		t.Errorf("%d, %v", len(all), err)
	}
	for name, b := range map[string][]byte{
		"cut off": good[:len(good)-1], "a private key": append(head(1), entry(1)...), "none": head(0), "short": jksMagic, "nothing": nil,
		"too many": append(head(255), entry(2)...),
	} {
		if all, err := readJavaStore(b, ""); err == nil {
			t.Errorf("%s: %d", name, len(all))
		}
	}
}
