package phone

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/emulator"
)

func newPage(t *testing.T, cfg emulator.Config, frames ...string) http.Handler {
	t.Helper()
	e, err := emulator.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return New(e, frames...)
}

func get(h http.Handler, target string, header ...string) *http.Response {
	req := httptest.NewRequest("GET", target, nil)
	req.Host = "127.0.0.1:8900"
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
			continue
		}
		req.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w.Result()
}

// TestHandles: clients that are no browser get what they got before there was a
// page.
func TestHandles(t *testing.T) {
	for _, c := range []struct {
		method, path, accept string
		page                 bool
	}{
		{"GET", "/", "text/html,application/xhtml+xml,*/*;q=0.8", true},
		{"HEAD", "/", "text/html", true},
		{"GET", "/", "*/*", false},
		{"GET", "/", "", false},
		{"GET", "/", "application/json", false},
		{"POST", "/", "text/html", false},
		{"GET", "/cgi-bin/token", "text/html", false},
		{"GET", prefix + "main.js", "*/*", true},
	} {
		req := httptest.NewRequest(c.method, c.path, nil)
		req.Header.Set("Accept", c.accept)
		if got := Handles(req); got != c.page {
			t.Errorf("%s %s, Accept %q: %t", c.method, c.path, c.accept, got)
		}
	}
}

// TestWhoMaySee is who may call the control API.
func TestWhoMaySee(t *testing.T) {
	h := newPage(t, emulator.Config{Hosts: []string{"emulator.example"}})
	for _, target := range []string{"/", prefix + "main.js"} {
		for _, c := range []struct {
			name, value string
			status      int
		}{
			{"Host", "127.0.0.1:8900", 200},
			{"Host", "localhost", 200},
			{"Host", "emulator.example:80", 200},
			{"Host", "rebound.example.com", 403},
			{"Origin", "http://evil.example", 403},
			{"Origin", "http://127.0.0.1:3000", 403},
			{"Origin", "null", 403},
			{"Sec-Fetch-Site", "cross-site", 403},
			{"Sec-Fetch-Site", "same-site", 403},
			{"Sec-Fetch-Site", "same-origin", 200},
			{"Sec-Fetch-Site", "none", 200},
		} {
			if got := get(h, target, c.name, c.value).StatusCode; got != c.status {
				t.Errorf("%s, %s %q: %d", target, c.name, c.value, got)
			}
		}
	}
}

// TestPolicy: nothing from elsewhere but pictures of the account's server, and no
// account's url gets a directive of its own in.
func TestPolicy(t *testing.T) {
	h := newPage(t, emulator.Config{Accounts: []emulator.Account{{AppID: "wx0123456789abcdef", URL: "http://127.0.0.1:8080/wechat"}}}, "http://*.localhost:8901")
	header := get(h, "/").Header
	policy := header.Get("Content-Security-Policy")
	for _, want := range []string{
		"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' data: blob: http://127.0.0.1:8080;",
		"frame-src http://*.localhost:8901", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
		"require-trusted-types-for 'script'", "trusted-types 'none'",
	} {
		if !strings.Contains(policy, want) {
			t.Errorf("%q has no %q", policy, want)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*;") {
		t.Errorf("policy %q", policy)
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "no-store", "X-Frame-Options": "DENY",
	} {
		if header.Get(name) != want {
			t.Errorf("%s is %q", name, header.Get(name))
		}
	}
	for _, origin := range []string{"http://a;script-src *", "http://a b", "http://a,b", "http://*", "http://é"} {
		if plain(origin) {
			t.Errorf("%q could stand in a policy", origin)
		}
	}
}

// TestAssets: each has its type, its ETag, and comes packed to who takes that.
func TestAssets(t *testing.T) {
	h := newPage(t, emulator.Config{})
	for name, a := range assets.Get() {
		res := get(h, prefix+name, "Accept-Encoding", "br, gzip")
		if res.StatusCode != 200 || res.Header.Get("Content-Type") != a.kind || a.kind == "" {
			t.Errorf("%s: %d %q", name, res.StatusCode, res.Header.Get("Content-Type"))
		}
		body := io.Reader(res.Body)
		if res.Header.Get("Content-Encoding") == "gzip" {
			z, err := gzip.NewReader(body)
			if err != nil {
				t.Fatal(err)
			}
			body = z
		}
		if b, err := io.ReadAll(body); err != nil || string(b) != string(a.raw) {
			t.Errorf("%s: %v, %d bytes of %d", name, err, len(b), len(a.raw))
		}
		if res := get(h, prefix+name, "If-None-Match", `"other", `+a.etag); res.StatusCode != 304 {
			t.Errorf("%s again: %d", name, res.StatusCode)
		}
		if res := get(h, prefix+name, "Accept-Encoding", "gzip;q=0"); res.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s is packed for who cannot unpack it", name)
		}
	}
	for _, name := range []string{"", "no.js", "../phone.go", "vendor/", "%2e%2e/phone.go"} {
		if res := get(h, prefix+name); res.StatusCode != 404 && res.StatusCode != 400 {
			t.Errorf("%q: %d", name, res.StatusCode)
		}
	}
}

// TestFiles: all that the page loads stays small, and nothing makes markup of text.
func TestFiles(t *testing.T) {
	sum := 0
	danger := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacent|document\.write|dangerouslySetInnerHTML|\beval\(|new Function|srcdoc|style="|DOMParser|javascript:`)
	imports := regexp.MustCompile(`(?m)^(?:im|ex)port .*from "([^"]+)"`)
	for name, a := range assets.Get() {
		if path.Ext(name) == "" {
			continue // nobody loads the licenses
		}
		sum += len(a.raw)
		if strings.HasPrefix(name, "vendor/") {
			continue
		}
		text := string(a.raw)
		if n := strings.Count(text, "\n"); n > 250 && path.Ext(name) == ".js" {
			t.Errorf("%s has %d lines", name, n)
		}
		if found := danger.FindString(text); found != "" {
			t.Errorf("%s has %s", name, found)
		}
		for _, m := range imports.FindAllStringSubmatch(text, -1) {
			if assets.Get()[path.Join(path.Dir(name), m[1])] == nil {
				t.Errorf("%s imports %s", name, m[1])
			}
		}
	}
	if sum > 150<<10 {
		t.Errorf("the page loads %d bytes", sum)
	}
}

// TestVendor: the libraries are as they were published.
func TestVendor(t *testing.T) {
	for name, want := range map[string]string{
		"vendor/preact.mjs": "bdcbd9abdf2c77c5c45326eab42191e949222d479d0d5f69467387a77040cb55", // preact 11.2.0
		"vendor/htm.mjs":    "ab33dd3f38059b9be4d5f5350128eefb2356639c4e0bbe9d9e8b3ba75847e9e4", // htm 3.1.1
	} {
		sum := sha256.Sum256(assets.Get()[name].raw)
		if got := hex.EncodeToString(sum[:]); got != want {
			t.Errorf("%s is %s", name, got)
		}
	}
	licenses := string(assets.Get()["vendor/LICENSES"].raw)
	for _, want := range []string{"preact 11.2.0", "The MIT License", "htm 3.1.1", "Apache License"} {
		if !strings.Contains(licenses, want) {
			t.Errorf("LICENSES has no %q", want)
		}
	}
}

// TestWords: everything is said in both languages, and nothing twice.
func TestWords(t *testing.T) {
	place := regexp.MustCompile(`\{\d\}`)
	seen := map[string]bool{}
	for _, name := range []string{"words-phone.js", "words-why.js"} {
		_, table, _ := strings.Cut(strings.TrimSuffix(string(assets.Get()[name].raw), "\n`;\n"), "`\n")
		for line := range strings.SplitSeq(table, "\n") {
			p := strings.Split(line, "|")
			if len(p) != 3 || p[1] == "" || p[2] == "" || strings.ContainsAny(line, "`\\") {
				t.Errorf("%s: %q is no name and two texts", name, line)
				continue
			}
			if seen[p[0]] {
				t.Errorf("%s stands twice", p[0])
			}
			seen[p[0]] = true
			if zh, en := place.FindAllString(p[1], -1), place.FindAllString(p[2], -1); len(zh) != len(en) {
				t.Errorf("%s: %q and %q have other holes", p[0], p[1], p[2])
			}
		}
	}
	if len(seen) < 150 {
		t.Errorf("only %d texts were found", len(seen))
	}
	used := regexp.MustCompile(`\bW\.(\w+)`)
	for name, a := range assets.Get() {
		for _, m := range used.FindAllStringSubmatch(string(a.raw), -1) {
			if path.Ext(name) == ".js" && !seen[m[1]] && !strings.HasPrefix(m[1], "ev_") {
				t.Errorf("%s says W.%s, which is not there", name, m[1])
			}
		}
	}
}
