package h5

import (
	"net/http"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/emulator"
)

func testMapping(t *testing.T, target origin) mapping {
	t.Helper()
	e, err := emulator.New(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	b := New(e, nil)
	b.port, b.own = "4000", []string{"8900"}
	b.mu.Lock()
	s := b.session(emulator.DefaultAppID, "o", target)
	b.mu.Unlock()
	return b.mapping(s)
}

func TestTextOfPages(t *testing.T) {
	m := testMapping(t, origin{"http", "127.0.0.1", "8080"})
	for in, want := range map[string]string{
		`<a href="http://127.0.0.1:8080/a">`:                    `<a href="http://s1.localhost:4000/a">`,
		`"http:\/\/localhost:8080\/a"`:                          `"http:\/\/s1.localhost:4000\/a"`,
		`src=//127.0.0.1:8080/x.js`:                             `src=//s1.localhost:4000/x.js`,
		`new WebSocket("ws://127.0.0.1:8080/hmr")`:              `new WebSocket("ws://s1.localhost:4000/hmr")`,
		`http://[::1]:8080`:                                     `http://s1.localhost:4000`,
		`http://127.0.0.1:80801/ http://127.0.0.1:8081/`:        `http://127.0.0.1:80801/ http://127.0.0.1:8081/`,
		`http://127.0.0.1:8080.evil.example/`:                   `http://127.0.0.1:8080.evil.example/`,
		`ftp://127.0.0.1:8080/ http://example.com:8080/`:        `ftp://127.0.0.1:8080/ http://example.com:8080/`,
		`https://open.weixin.qq.com/connect/oauth2/authorize?`:  `http://s1.localhost:4000/__wxdev_h5/connect/oauth2/authorize?`,
		`http://127.0.0.1:8900/connect/oauth2/authorize`:        `http://s1.localhost:4000/__wxdev_h5/connect/oauth2/authorize`,
		`https://open.weixin.qq.com/connect/qrconnect`:          `https://open.weixin.qq.com/connect/qrconnect`,
		`src="//res.wx.qq.com/open/js/jweixin-1.6.0.js"`:        `src="/__wxdev_h5/jweixin.js"`,
		`'https://res2.wx.qq.com/open/js/jweixin-1.3.2.js?v=1'`: `'/__wxdev_h5/jweixin.js'`,
		`https://res.wx.qq.com/open/js/other.js`:                `https://res.wx.qq.com/open/js/other.js`,
	} {
		if got := string(m.text([]byte(in), false)); got != want {
			t.Errorf("%s became %s, want %s", in, got, want)
		}
	}
	const data = `{"next":"http://127.0.0.1:8080/a","to":"https:\/\/open.weixin.qq.com\/connect\/oauth2\/authorize?x"}`
	if got := string(m.text([]byte(data), true)); got != `{"next":"http://127.0.0.1:8080/a","to":"http:\/\/s1.localhost:4000\/__wxdev_h5\/connect\/oauth2\/authorize?x"}` {
		t.Errorf("data became %s", got)
	}
	m = testMapping(t, origin{"http", "app.test", "80"})
	if got := string(m.text([]byte(`http://app.test/a http://app.test:80/b http://app.test.evil/c http://app.test:8080/d`), false)); got != `http://s1.localhost:4000/a http://s1.localhost:4000/b http://app.test.evil/c http://app.test:8080/d` {
		t.Errorf("the usual port: %s", got)
	}
}

func TestPoliciesOfPages(t *testing.T) {
	const here = "http://s1.localhost:4000"
	for in, want := range map[string]string{
		"frame-ancestors 'none'":                              "",
		"script-src 'self' 'nonce-a'; frame-ancestors x":      "script-src 'self' 'nonce-a' " + here + " 'nonce-N'",
		"default-src 'none'":                                  "default-src 'none'; connect-src " + here + "; script-src " + here + " 'nonce-N'",
		"script-src 'unsafe-inline'":                          "script-src 'unsafe-inline' " + here,
		"script-src 'none'":                                   "script-src " + here + " 'nonce-N'",
		"Script-Src 'strict-dynamic' 'sha256-x' https:":       "script-src 'strict-dynamic' 'sha256-x' https: " + here + " 'nonce-N'",
		"connect-src 'self'; img-src data:":                   "connect-src 'self' " + here + "; img-src data:",
		"upgrade-insecure-requests; report-uri /r; img-src x": "img-src x",
		"sandbox allow-scripts":                               "sandbox allow-scripts",
		" ; ;":                                                "",
	} {
		if got := loosened(in, here, "N"); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
	h := http.Header{"Content-Security-Policy": {"img-src a, frame-ancestors b", "frame-ancestors 'none'"}}
	policies(h, here, "http://127.0.0.1:8900", "N", true)
	if got := strings.Join(h.Values("Content-Security-Policy"), "|"); got != "img-src a|frame-ancestors 'self' http://127.0.0.1:8900" {
		t.Errorf("headers became %s", got)
	}
	meta := `<meta charset=utf-8><META http-equiv="Content-Security-Policy" content="script-src &#39;self&#39;">`
	if got := string(metaPolicies([]byte(meta), here, "N")); !strings.Contains(got, "script-src &#39;self&#39; "+here+" &#39;nonce-N&#39;") {
		t.Errorf("the page's own became %s", got)
	}
}

func TestWhereOurScriptStands(t *testing.T) {
	for in, before := range map[string]string{
		"<!DOCTYPE html><html><head><title>":    "<!DOCTYPE html><html><head>",
		"<head lang=a><meta>":                   "<head lang=a>",
		"<!doctype html><header>x":              "<!doctype html>",
		"<!doctype html>\n<html lang=zh><body>": "<!doctype html>\n<html lang=zh>",
		"<p>x":                                  "",
		"<!-- a --><!doctype html><p>":          "<!-- a --><!doctype html>",
	} {
		if got := string(inject([]byte(in), "N")); !strings.HasPrefix(got, before+`<script nonce="N" `) || !strings.HasSuffix(got, strings.TrimPrefix(in, before)) {
			t.Errorf("%s became %s", in, got)
		}
	}
}

func TestCookies(t *testing.T) {
	for in, want := range map[string]string{
		"a=b": "a=b; SameSite=None; Secure; Partitioned",
		"a=b; Domain=127.0.0.1; Path=/x; HttpOnly; Secure; SameSite=Strict; Max-Age=5": "a=b; Path=/x; HttpOnly; Max-Age=5; SameSite=None; Secure; Partitioned",
		"domain=secure; path=/": "domain=secure; path=/; SameSite=None; Secure; Partitioned",
	} {
		if got := cookie(in); got != want {
			t.Errorf("%s became %s, want %s", in, got, want)
		}
	}
}
