package devserver

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/bilingual"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/jssdk"
)

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func newServer() *Server {
	return &Server{
		AppID: "wx0123456789abcdef", Ticket: func(context.Context) (string, error) { return pageTicket, nil },
		Origin: "http://localhost:3000", Hosts: []string{"devbox"},
		Now: func() time.Time { return time.Unix(1_700_000_000, 0) }, Rand: strings.NewReader(strings.Repeat("\x00\x01", 8)),
	}
}

// ask sends the server a request; header is name and value in turn, Host too.
func ask(s *Server, method, target, body string, header ...string) *http.Response {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "127.0.0.1:8900"
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func bodyOf(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), pageTicket) {
		t.Errorf("the answer holds the ticket: %s", b)
	}
	return string(b)
}

func TestSign(t *testing.T) {
	// The vector for URL traps: what is signed is the decoded parameter, up to #.
	r := ask(newServer(), "GET", "/sign?url=https%3A%2F%2Fexample.com%2Fa%2Fb%3Fx%3D1%26y%3D%25E4%25BD%25A0%23top", "")
	want := `{"debug":false,"appId":"wx0123456789abcdef","timestamp":1700000000,"nonceStr":"ABABABABABABABAB","signature":"` +
		jssdk.Sign(pageTicket, "ABABABABABABABAB", "1700000000", "https://example.com/a/b?x=1&y=%E4%BD%A0") + `","jsApiList":["updateAppMessageShareData",`
	if got := bodyOf(t, r); r.StatusCode != 200 || !strings.HasPrefix(got, want) {
		t.Errorf("got %d %s, want %s", r.StatusCode, got, want)
	}
	if kind := r.Header.Get("Content-Type"); kind != "application/json; charset=utf-8" {
		t.Errorf("Content-Type is %s", kind)
	}
	for _, target := range []string{"/sign", "/sign?url=", "/sign?url=%23top", "/sign?url=http://example.com/" + strings.Repeat("a", maxURL)} {
		if r := ask(newServer(), "GET", target, ""); r.StatusCode != 400 || !strings.Contains(bodyOf(t, r), "encodeURIComponent") {
			t.Errorf("%.40s: %d", target, r.StatusCode)
		}
	}
	s := newServer()
	s.Rand = strings.NewReader("")
	if r := ask(s, "GET", "/sign?url=http://example.com/", ""); r.StatusCode != 500 {
		t.Errorf("without random numbers: %d", r.StatusCode)
	}
}

func TestWhoMayAsk(t *testing.T) {
	const target = "/sign?url=http://localhost:3000/"
	for _, c := range []struct {
		header []string
		status int
		allow  string
	}{
		{nil, 200, ""}, // curl
		{[]string{"Host", "localhost:8900"}, 200, ""},
		{[]string{"Host", "LOCALHOST"}, 200, ""},
		{[]string{"Host", "wx.localhost:8900"}, 200, ""},
		{[]string{"Host", "[::1]:8900"}, 200, ""},
		{[]string{"Host", "192.168.1.7:8900"}, 200, ""},
		{[]string{"Host", "devbox:8900"}, 200, ""},
		{[]string{"Host", "evil.example"}, 403, ""}, // DNS rebinding
		{[]string{"Host", "evil.example:8900"}, 403, ""},
		{[]string{"Host", "localhost.evil.example"}, 403, ""},
		{[]string{"Host", "evillocalhost"}, 403, ""},
		{[]string{"Host", "127.0.0.1.evil.example"}, 403, ""},
		{[]string{"Host", ""}, 403, ""},
		{[]string{"Origin", "http://127.0.0.1:8900"}, 200, ""},
		{[]string{"Origin", "http://localhost:3000"}, 200, "http://localhost:3000"},
		{[]string{"Origin", "http://localhost:3001"}, 403, ""},
		{[]string{"Origin", "https://localhost:3000"}, 403, ""},
		{[]string{"Origin", "http://localhost:3000.evil.example"}, 403, ""},
		{[]string{"Origin", "http://evil.example"}, 403, ""},
		{[]string{"Origin", "null"}, 403, ""},
		{[]string{"Origin", "http://evil.example", "Host", "evil.example"}, 403, ""},
		{[]string{"Sec-Fetch-Site", "same-origin"}, 200, ""},
		{[]string{"Sec-Fetch-Site", "none"}, 200, ""},
		{[]string{"Sec-Fetch-Site", "cross-site"}, 403, ""}, // <script src>, <img src>, a link
		{[]string{"Sec-Fetch-Site", "same-site"}, 403, ""},
	} {
		r := ask(newServer(), "GET", target, "", c.header...)
		bodyOf(t, r)
		if allow := r.Header.Get("Access-Control-Allow-Origin"); r.StatusCode != c.status || allow != c.allow {
			t.Errorf("%q: %d, allowed %q; want %d, %q", c.header, r.StatusCode, allow, c.status, c.allow)
		}
		if !slices.Contains(r.Header.Values("Vary"), "Origin, Accept-Language") || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%q: a cache could keep it: %v", c.header, r.Header)
		}
	}
	closed := newServer()
	closed.Origin = ""
	if r := ask(closed, "GET", target, "", "Origin", ""); r.StatusCode != 200 {
		t.Errorf("without an origin: %d", r.StatusCode)
	}
	if r := ask(closed, "GET", target, "", "Origin", "http://localhost:3000"); r.StatusCode != 403 {
		t.Errorf("no origin is allowed, and one was: %d", r.StatusCode)
	}
}

func TestPreflight(t *testing.T) {
	r := ask(newServer(), "OPTIONS", "/check", "", "Origin", "http://localhost:3000", "Access-Control-Request-Private-Network", "true")
	h := r.Header
	if r.StatusCode != 204 || h.Get("Access-Control-Allow-Origin") != "http://localhost:3000" || h.Get("Access-Control-Allow-Methods") != "POST" ||
		h.Get("Access-Control-Allow-Headers") != "Content-Type" || h.Get("Access-Control-Allow-Private-Network") != "true" || h.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("%d %v", r.StatusCode, h)
	}
	r = ask(newServer(), "OPTIONS", "/check", "", "Origin", "http://evil.example", "Access-Control-Request-Private-Network", "true")
	if r.StatusCode != 403 || r.Header.Get("Access-Control-Allow-Origin") != "" || r.Header.Get("Access-Control-Allow-Private-Network") != "" {
		t.Errorf("another origin: %d %v", r.StatusCode, r.Header)
	}
}

func TestMethodsAndPaths(t *testing.T) {
	for _, c := range []struct {
		method, target string
		status         int
	}{
		{"GET", "/", 200},
		{"HEAD", "/", 200},
		{"GET", "/jweixin.js", 200},
		{"GET", "/page.js", 200},
		{"POST", "/sign?url=http://a.cn/", 405},
		{"GET", "/check", 405},
		{"DELETE", "/", 405},
		{"GET", "/jweixin-1.6.0.js", 404},
		{"GET", "/standin/jweixin.js", 404},
		{"GET", "/ticket", 404},
	} {
		r := ask(newServer(), c.method, c.target, "")
		bodyOf(t, r)
		if r.StatusCode != c.status {
			t.Errorf("%s %s: %d, want %d", c.method, c.target, r.StatusCode, c.status)
		}
	}
}

// TestScriptIsWhole: everything is put in, and a page on another origin may
// load it.
func TestScriptIsWhole(t *testing.T) {
	for _, path := range []string{"/", "/jweixin.js", "/page.js"} {
		for _, lang := range []string{"en", "zh-CN"} {
			r := ask(newServer(), "GET", path, "", "Accept-Language", lang, "Sec-Fetch-Site", "cross-site")
			text := bodyOf(t, r)
			if r.StatusCode != 200 || strings.Contains(text, "__") || len(text) < 500 {
				t.Errorf("%s: %d, %d bytes", path, r.StatusCode, len(text))
			}
			if hasHan := strings.ContainsAny(text, "页用"); hasHan != (lang == "zh-CN") {
				t.Errorf("%s in %s is in the other language", path, lang)
			}
		}
	}
}

func TestLanguageOfRequest(t *testing.T) {
	for header, want := range map[string]finding.Lang{
		"": finding.English, "zh": finding.Chinese, "zh-Hans-CN": finding.Chinese, "en-GB,zh;q=0.5": finding.English,
		"de, zh;q=0.7, en;q=0.3": finding.Chinese, "en;q=0.1,zh;q=0.2": finding.Chinese, "fr": finding.English, "zh;q=x": finding.English, ",;,": finding.English,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Language", header)
		if got := new(Server).language(r); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
		if got := (&Server{Lang: finding.Chinese}).language(r); got != finding.Chinese && !strings.Contains(header, "en") {
			t.Errorf("%q: %s from a server that speaks Chinese", header, got)
		}
	}
}

// TestRefusalsInChinese: what the server refuses is refused in the language of
// the page, or in its own.
func TestRefusalsInChinese(t *testing.T) {
	for name, q := range map[string]struct{ method, target, body string }{
		"no URL":        {"GET", "/sign", ""},
		"no ticket":     {"GET", "/sign?url=http://example.com/", ""},
		"no such path":  {"GET", "/nothing", ""},
		"wrong method":  {"DELETE", "/sign", ""},
		"no JSON":       {"POST", "/check", "hello"},
		"half a config": {"POST", "/check", `{"config":{"signature":{}},"url":"http://example.com/"}`},
	} {
		for _, own := range []finding.Lang{finding.English, finding.Chinese} {
			s := newServer()
			s.Lang = own
			s.Ticket = func(context.Context) (string, error) { return "", nil }
			header := []string{"Content-Type", "application/json"}
			if own == finding.English {
				header = append(header, "Accept-Language", "zh-CN")
			}
			r := ask(s, q.method, q.target, q.body, header...)
			var answer struct{ Error string }
			if err := json.Unmarshal([]byte(bodyOf(t, r)), &answer); err != nil || r.StatusCode < 400 {
				t.Errorf("%s: %d, %v", name, r.StatusCode, err)
			}
			if fault := bilingual.In(answer.Error); fault != "" {
				t.Errorf("%s: %s", name, fault)
			}
		}
	}
}

func TestCheckAnswers(t *testing.T) {
	page := "http://localhost:3000/a?x=1&y=你#top"
	right := configFor(jssdk.CleanURL(page))
	question := func(config any) string { return string(mustJSON(map[string]any{"config": config, "url": page})) }
	var events []Event
	s := newServer()
	s.Log = func(e Event) { events = append(events, e) }
	s.Others = func(context.Context) []jssdk.Named {
		return []jssdk.Named{{Name: "profile test", Ticket: "otherTICKET"}}
	}
	post := func(body string) (int, string) {
		r := ask(s, "POST", "/check", body, "Content-Type", "application/json", "Origin", "http://localhost:3000")
		return r.StatusCode, strings.TrimSpace(bodyOf(t, r))
	}
	if status, got := post(question(right)); status != 200 || !strings.HasPrefix(got, `{"ok":true,"err_msg":"config:ok","registrable":false,"findings":[{"id":"J11","variant":"url-address","severity":"warning"`) || strings.Count(got, `"id"`) != 1 {
		t.Errorf("right: %d %s", status, got)
	}
	if !events[0].OK() || events[0].URL != page {
		t.Errorf("logged as %+v", events[0])
	}
	_, got := post(question(configFor(page)))
	var v checkResponse
	if err := json.Unmarshal([]byte(got), &v); err != nil || v.OK || v.ErrMsg != "config:fail,invalid signature" || len(v.Findings) != 1 {
		t.Fatalf("fragment: %s, %v", got, err)
	}
	f := v.Findings[0]
	if f.ID != "J14" || f.Severity != finding.Error || f.Doc != "wxdev explain J14" || f.URLs == nil || *f.URLs != (twoURLs{jssdk.CleanURL(page), "#top", ""}) {
		t.Errorf("fragment: %+v", f)
	}
	if strings.Contains(got, right.Signature) {
		t.Errorf("it tells the right signature: %s", got)
	}
	other := jssdk.NewConfig("wx0123456789abcdef", "otherTICKET", jssdk.CleanURL(page), "n", "1700000000")
	if _, got := post(question(other)); !strings.Contains(got, `"id":"J12"`) || !strings.Contains(got, "profile test") || strings.Contains(got, "otherTICKET") {
		t.Errorf("another ticket: %s", got)
	}
	two := configFor("http://localhost:3000/a?x=1&amp;y=你#top")
	if _, got := post(question(two)); !strings.Contains(got, "; and ") || !strings.Contains(got, "J06") || !strings.Contains(got, "J14") {
		t.Errorf("two mistakes: %s", got)
	}
}

func TestCheckRefuses(t *testing.T) {
	const good = `{"config":{"appId":"a"},"url":"http://localhost:3000/"}`
	for _, c := range []struct {
		kind, body string
		status     int
	}{
		{"application/json; charset=utf-8", good, 200},
		{"text/plain", good, 415}, // what a page may send without a preflight
		{"application/x-www-form-urlencoded", good, 415},
		{"", good, 415},
		{"application/json", "", 400},
		{"application/json", "[]", 400},
		{"application/json", `{"config":{}}`, 400},
		{"application/json", `{"config":{"signature":{}},"url":"http://a.cn/"}`, 400},
		{"application/json", `{"config":"` + strings.Repeat("a", maxRequest) + `","url":"http://a.cn/"}`, 400},
		{"application/json", `{"config":{},"url":"` + strings.Repeat("a", maxURL+1) + `"}`, 400},
		{"application/json", `{"config":` + strings.Repeat(`{"a":`, 50) + "1" + strings.Repeat("}", 50) + `,"url":"http://a.cn/"}`, 400},
		{"application/json", `{"config":null,"url":"http://a.cn/"}`, 200},
		{"application/json", `{"config":7,"url":"http://a.cn/"}`, 200},
	} {
		r := ask(newServer(), "POST", "/check", c.body, "Content-Type", c.kind)
		if got := bodyOf(t, r); r.StatusCode != c.status || c.status == 200 && !strings.Contains(got, `"ok":false`) {
			t.Errorf("%s %.60s: %d %s, want %d", c.kind, c.body, r.StatusCode, got, c.status)
		}
	}
}

// TestNoTicket: why there is none is told to whoever runs the server.
func TestNoTicket(t *testing.T) {
	var events []Event
	s := newServer()
	s.Ticket = func(context.Context) (string, error) { return "", errors.New("inner secret") }
	s.Log = func(e Event) { events = append(events, e) }
	for _, r := range []*http.Response{
		ask(s, "GET", "/sign?url=http://a.cn/", ""),
		ask(s, "POST", "/check", `{"config":{},"url":"http://a.cn/"}`, "Content-Type", "application/json"),
	} {
		if got := bodyOf(t, r); r.StatusCode != 502 || strings.Contains(got, "inner") {
			t.Errorf("%d %s", r.StatusCode, got)
		}
	}
	if len(events) != 2 || events[0].Err == nil || events[0].What != "sign" || events[1].What != "check" || events[1].OK() {
		t.Errorf("logged %+v", events)
	}
	ask(s, "GET", "/sign", "", "Host", "evil.example")
	if e := events[2]; e.What != "refused" || e.Reason != "evil.example" || e.URL != "/sign" {
		t.Errorf("logged %+v", e)
	}
	s.Ticket = func(context.Context) (string, error) { return "", nil }
	if r := ask(s, "GET", "/sign?url=http://a.cn/", ""); r.StatusCode != 502 {
		t.Errorf("an empty ticket: %d", r.StatusCode)
	}
}

func TestRememberedPagesAreFew(t *testing.T) {
	s := newServer()
	for i := range 50 {
		s.remember(strings.Repeat("a", i+1))
		s.remember(strings.Repeat("a", i+1))
	}
	if before := s.remember("b"); len(before) != 20 || before[19] != strings.Repeat("a", 50) {
		t.Errorf("%d pages: %q", len(before), before)
	}
}
