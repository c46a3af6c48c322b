//go:build unix

package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/emulator"
)

// runThrough runs a command under wxdev run, and returns all that was printed.
func runThrough(t *testing.T, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command("wxdev", append([]string{"run"}, args...)...)
	cmd.Env, cmd.Dir = runEnv(t), t.TempDir()
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestRunTaken: a stranger at the server's address is not checked as if it were
// the server; a proxy that waits for it is told of, and goes on.
func TestRunTaken(t *testing.T) {
	for status, want := range map[int]string{http.StatusOK: "is taken: another server", http.StatusNotFound: "is taken: another server", http.StatusBadGateway: "takes connections already"} {
		there := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		defer there.Close()
		for _, check := range []bool{true, false} {
			args := []string{"--url", there.URL, "--", "sh", "-c", "echo it runs; sleep 2; exit 1"}
			if check {
				args = append([]string{"--check"}, args...)
			}
			out, err := runThrough(t, args...)
			if !strings.Contains(out, want) || strings.Contains(out, "it runs") == (status < 500) {
				t.Errorf("%d, --check %t: %v\n%s", status, check, err, out)
			}
			if code := exitCodeOf(err); status < 500 && code != 3 || code == 0 {
				t.Errorf("%d, --check %t: exit code %d", status, check, code)
			}
		}
	}
}

// TestRunOwnTrust: a server that trusts only its own list of authorities is
// named as what it is.
func TestRunOwnTrust(t *testing.T) {
	file := filepath.Join(t.TempDir(), "theirs.pem")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := runThrough(t, "--", "sh", "-c", "SSL_CERT_FILE="+file+" SSL_CERT_DIR=/nonexistent exec wxdev token --appid "+emulator.DefaultAppID+" --secret "+emulator.DefaultSecret)
	if !strings.Contains(out, "[wxdev] a call to api.weixin.qq.com is refused by your server itself: it does not trust the certificate of this run (tls: ") {
		t.Error(out)
	}
}

// TestRunOwnProxy: a proxy that the command sets itself is where its calls go.
func TestRunOwnProxy(t *testing.T) {
	asked := make(chan string, 10)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		asked <- req.Method + " " + req.Host
		w.WriteHeader(http.StatusForbidden)
	}))
	defer proxy.Close()
	out, err := runThrough(t, "--", "sh", "-c", "HTTPS_PROXY="+proxy.URL+" exec wxdev token --appid "+emulator.DefaultAppID+" --secret "+emulator.DefaultSecret)
	if err == nil || strings.Contains(out, "/cgi-bin/") {
		t.Errorf("%v: %s", err, out)
	}
	select {
	case got := <-asked:
		if got != "CONNECT api.weixin.qq.com:443" {
			t.Errorf("it was asked for %s", got)
		}
	default:
		t.Errorf("it was not asked: %s", out)
	}
}
