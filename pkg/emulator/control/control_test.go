package control_test

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
	"github.com/wxdev/wxdev/pkg/message"
)

func TestControlIndex(t *testing.T) {
	b := newBench(t, "")
	w := b.do("GET", "/__wxdev/", "")
	for _, want := range []string{"POST   /__wxdev/reset", "GET    /__wxdev/log", "POST   /cgi-bin/menu/create"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the index has no %q", want)
		}
	}
	b.control(404, "GET", "nothing", "")
	b.control(404, "PUT", "faults", "{}")
	if got := b.control(200, "GET", "ready", ""); got["ready"] != true || got["url"] != "http://127.0.0.1:8900" {
		t.Errorf("ready %v", got)
	}
	if n := len(b.control(200, "GET", "routes", "")["routes"].([]any)); n != len(emulator.Routes()) || n < 45 {
		t.Errorf("%d routes", n)
	}
	for _, word := range []string{"actions", "deeds"} { // the second is what it was called first
		list := b.control(200, "GET", word, "")[word].([]any)
		if len(list) != len(emulator.ActionTypes()) {
			t.Errorf("%d %s", len(list), word)
		}
		var names []string
		for _, a := range list {
			names = append(names, a.(map[string]any)["name"].(string))
		}
		slices.Sort(names)
		if once := slices.Compact(slices.Clone(names)); len(once) != len(names) {
			t.Errorf("%s: some are listed twice: %q", word, names)
		}
		for _, want := range []string{"follow", "tap", "text", "image", "scan", "subscribe"} {
			if !slices.Contains(names, want) {
				t.Errorf("%s: no %s in %q", word, want, names)
			}
		}
	}
	if strings.Contains(w.Body.String(), "deeds") {
		t.Error("the index still names the deeds")
	}
}

// TestControlGuard: no page on the internet gets in by a name of its own.
func TestControlGuard(t *testing.T) {
	b := newBench(t, "")
	for _, c := range []struct {
		host, origin string
		status       int
	}{
		{"127.0.0.1:8900", "", 200},
		{"localhost:8900", "", 200},
		{"[::1]:8900", "", 200},
		{"emulator:8900", "", 200},
		{"host.docker.internal", "", 200},
		{"192.168.1.7:8900", "", 200},
		{"evil.example.com:8900", "", 403},
		{"127.0.0.1:8900", "http://127.0.0.1:8900", 200},
		{"127.0.0.1:8900", "http://127.0.0.1:3000", 403},
		{"127.0.0.1:8900", "https://evil.example.com", 403},
		{"127.0.0.1:8900", "null", 403},
	} {
		req := httptest.NewRequest("GET", "/__wxdev/ready", nil)
		req.Host = c.host
		if c.origin != "" {
			req.Header.Set("Origin", c.origin)
		}
		w := httptest.NewRecorder()
		b.ServeHTTP(w, req)
		if w.Code != c.status {
			t.Errorf("host %s, origin %q: %d, want %d", c.host, c.origin, w.Code, c.status)
		}
	}
}

// TestControlForeignPages: a page of another site gets nothing, also by what
// sends no Origin: an image, a script, a link, a form.
func TestControlForeignPages(t *testing.T) {
	b := newBench(t, people)
	qr := b.qrPath()
	for _, c := range []struct {
		method, path, site string
		status             int
	}{
		{"GET", "/__wxdev/log", "cross-site", 403},
		{"GET", "/__wxdev/log", "same-site", 403},
		{"GET", "/__wxdev/log", "same-origin", 200},
		{"GET", "/__wxdev/log", "none", 200},
		{"GET", "/__wxdev/snapshot", "cross-site", 403},
		{"POST", "/__wxdev/reset", "cross-site", 403},
		{"POST", "/__wxdev/users/alice/follow", "same-site", 403},
		{"DELETE", "/__wxdev/log", "cross-site", 403},
		{"GET", "/__wxdev/../__wxdev/log", "cross-site", 403},
		{"GET", "/__wxdev/js-sdk/wx0123456789abcdef/sign?url=http://x/", "cross-site", 403},
		{"GET", "/__wxdev/js-sdk/wx0123456789abcdef/jweixin.js", "cross-site", 200}, // what a page loads
		{"GET", "/__wxdev/media/x", "cross-site", 404},
		{"GET", "/__wxdev/media", "cross-site", 403},
		{"POST", "/__wxdev/media", "cross-site", 403},
		{"GET", qr, "cross-site", 200}, // a link leads there
		{"POST", qr, "cross-site", 403},
		{"POST", qr, "same-origin", 200},
	} {
		req := httptest.NewRequest(c.method, c.path, strings.NewReader("user=alice"))
		req.Host = "127.0.0.1:8900"
		req.Header.Set("Sec-Fetch-Site", c.site)
		w := httptest.NewRecorder()
		b.ServeHTTP(w, req)
		if w.Code != c.status {
			t.Errorf("%s %s, %s: %d, want %d", c.method, c.path, c.site, w.Code, c.status)
		}
	}
}

// qrPath makes a QR code and returns the path of its page.
func (b *bench) qrPath() string {
	b.t.Helper()
	w := b.do("POST", "/cgi-bin/qrcode/create?access_token="+b.token, `{"action_name":"QR_LIMIT_SCENE","action_info":{"scene":{"scene_id":7}}}`)
	var made struct{ URL string }
	if err := json.Unmarshal(w.Body.Bytes(), &made); err != nil {
		b.t.Fatal(err)
	}
	u, err := url.Parse(made.URL)
	if err != nil || u.Path == "" {
		b.t.Fatalf("%s: %v", w.Body, err)
	}
	return u.Path
}

// TestControlHosts: it may be called by the names it was given, the JS-SDK too.
func TestControlHosts(t *testing.T) {
	e, err := local.New(emulator.Config{Hosts: []string{"wx.example.com"}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for host, status := range map[string]int{"wx.example.com": 200, "WX.example.com:8900": 200, "evil.example.com": 403, "wx.example.com.evil.example": 403} {
		for _, path := range []string{"/__wxdev/ready", "/__wxdev/js-sdk/wx0123456789abcdef/"} {
			req := httptest.NewRequest("GET", path, nil)
			req.Host = host
			w := httptest.NewRecorder()
			e.ServeHTTP(w, req)
			if w.Code != status {
				t.Errorf("%s of %s: %d, want %d", path, host, w.Code, status)
			}
		}
	}
}

// TestPublicURL: behind another name, what a browser will open has that name,
// whoever asks; and by that name it may be called.
func TestPublicURL(t *testing.T) {
	for _, given := range []string{"https://WX.example.com", "https://wx.example.com/"} {
		e, err := local.New(emulator.Config{PublicURL: given, Hosts: []string{"wxdev"}})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		call := func(method, host, path, body string) string {
			req := httptest.NewRequest(method, path, strings.NewReader(body))
			req.Host = host
			req.Header.Set("Content-Type", "image/png")
			w := httptest.NewRecorder()
			e.ServeHTTP(w, req)
			return w.Body.String()
		}
		var token struct {
			AccessToken string `json:"access_token"`
		}
		if err := json.Unmarshal([]byte(call("GET", "api.weixin.qq.com", "/cgi-bin/token?grant_type=client_credential&appid="+emulator.DefaultAppID+"&secret="+emulator.DefaultSecret, "")), &token); err != nil {
			t.Fatal(err)
		}
		for what, answer := range map[string]string{
			"a file":      call("POST", "127.0.0.1:8900", "/__wxdev/media?type=image&filename=a.png", "\x89PNG\r\n\x1a\n"),
			"a QR code":   call("POST", "api.weixin.qq.com", "/cgi-bin/qrcode/create?access_token="+token.AccessToken, `{"action_name":"QR_LIMIT_STR_SCENE","action_info":{"scene":{"scene_str":"x"}}}`),
			"the codes":   call("GET", "wxdev:8900", "/__wxdev/qrcodes", ""),
			"by its name": call("GET", "wx.example.com", "/__wxdev/media?type=image", ""),
		} {
			if !strings.Contains(answer, `"https://wx.example.com/`) || strings.Contains(answer, "http://") {
				t.Errorf("%s: %s", what, answer)
			}
		}
	}
	if _, err := local.New(emulator.Config{PublicURL: "http://[::1"}); err == nil {
		t.Error("no URL is taken for one")
	}
}

// TestPagesAreGuarded: whatever a browser may show of the emulator cannot be
// framed, and is not taken for something else.
func TestPagesAreGuarded(t *testing.T) {
	b := newBench(t, people+"[[account.media]]\nid = \"m\"\ntype = \"image\"\nfilename = \"x.html\"\ncreated = 2026-11-20T03:00:00Z\ndata = \"PHNjcmlwdD4=\"\n")
	const authorize = "/connect/oauth2/authorize?appid=wx0123456789abcdef&response_type=code&scope=snsapi_userinfo&redirect_uri=http%3A%2F%2F127.0.0.1%2F"
	for _, path := range []string{
		"/__wxdev/", "/__wxdev/log", "/__wxdev/nothing", "/__wxdev/js-sdk/wx0123456789abcdef/", "/__wxdev/js-sdk/wx0123456789abcdef/nothing",
		"/__wxdev/js-sdk/wx9/", "/__wxdev/media/m", b.qrPath(), "/q/nothing", authorize, "/connect/oauth2/authorize", authorize + "&wxdev_user=alice",
		"/cgi-bin/showqrcode?ticket=nothing",
	} {
		h := b.do("GET", path, "").Header()
		policies := strings.Join(h.Values("Content-Security-Policy"), "; ")
		for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(policies, want) {
				t.Errorf("%s: the policy is %q", path, policies)
			}
		}
		if h.Get("X-Frame-Options") != "DENY" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") == "" {
			t.Errorf("%s: headers %v", path, h)
		}
		if strings.Contains(path, "/media/") && !strings.Contains(policies, "sandbox") {
			t.Errorf("%s: the policy of a file is %q", path, policies)
		}
	}
	// The API itself answers as WeChat does.
	if h := b.do("GET", "/cgi-bin/token", "").Header(); h.Get("Content-Security-Policy") != "" {
		t.Errorf("headers %v", h)
	}
	req := httptest.NewRequest("GET", "/__wxdev/", nil)
	req.Host = "evil.example.com"
	w := httptest.NewRecorder()
	b.ServeHTTP(w, req)
	if w.Header().Get("X-Frame-Options") != "DENY" {
		t.Errorf("the refusal has headers %v", w.Header())
	}
}

func TestControlAccounts(t *testing.T) {
	b := newBench(t, "")
	b.control(200, "POST", "accounts", `{"appid":"wx00000000000000aa","secret":"s3cret","mode":"safe"}`)
	list := b.do("GET", "/__wxdev/accounts", "").Body.String()
	if strings.Contains(list, "s3cret") || strings.Contains(list, emulator.DefaultSecret) || !strings.Contains(list, "wx00000000000000aa") {
		t.Errorf("accounts %s", list)
	}
	if got := b.control(200, "GET", "accounts/wx00000000000000aa", ""); got["mode"] != "safe" {
		t.Errorf("account %v", got)
	}
	if w := b.do("GET", "/cgi-bin/token?grant_type=client_credential&appid=wx00000000000000aa&secret=s3cret", ""); !strings.Contains(w.Body.String(), "access_token") {
		t.Errorf("the new account gets no token: %s", w.Body)
	}

	// a change keeps the rest, tokens included
	b.api(0, "POST", "/cgi-bin/menu/create", `{"button":[{"type":"click","name":"今日歌曲","key":"V1001"}]}`)
	b.control(200, "POST", "accounts", `{"appid":"wx0123456789abcdef","url":"http://127.0.0.1:1/"}`)
	b.api(0, "GET", "/cgi-bin/menu/get", "")
	for _, bad := range []string{
		`{"appid":"wx0123456789abcdef","mode":"secure"}`,
		`{"appid":"wx0123456789abcdef","urls":"x"}`,
		`{"appid":"wx0123456789abcdef","url":"127.0.0.1"}`,
		`{"appid":"wx0123456789abcdef","format":"yaml"}`,
		`{"appid":"wx0123456789abcdef","token":"!"}`,
		`{"appid":"wx0123456789abcdef","aes_key":"short"}`,
		`{"appid":"!"}`,
		`[]`,
	} {
		b.control(400, "POST", "accounts", bad)
	}
	b.control(404, "GET", "accounts/wx9999", "")
	if got := b.control(200, "GET", "accounts/wx0123456789abcdef", ""); got["mode"] != "plain" {
		t.Errorf("a refused change counts: %v", got)
	}
	if err := b.UpdateAccount("", func(a *emulator.Account) error { a.AppID = "wx00000000000000bb"; return nil }); err == nil {
		t.Error("an account got another appid")
	}
}

func TestControlUsers(t *testing.T) {
	b := newBench(t, people)
	b.control(200, "POST", "users", `{"name":"alice","platform":"android","tags":[]}`)
	got := b.control(200, "GET", "users/alice", "")
	if got["platform"] != "android" || got["nickname"] != "Alice" || got["openid"] != message.OpenID("alice") {
		t.Errorf("alice %v", got)
	}
	if got := b.control(200, "POST", "users", `{"name":"new"}`); got["openid"] != message.OpenID("new") {
		t.Errorf("new %v", got)
	}
	b.control(200, "POST", "users", `{"openid":"oAbCdEfGhIjKlMnOpQrStUvWxYz0"}`)
	if n := len(b.control(200, "GET", "users", "")["users"].([]any)); n != 5 {
		t.Errorf("%d users", n)
	}
	b.control(404, "GET", "users/nobody", "")
	b.control(404, "GET", "users?appid=wx9", "")
	b.control(404, "GET", "users/alice?appid=wx9", "")
	b.control(404, "GET", "users/alice/menu?appid=wx9", "")
	b.control(404, "GET", "users/nobody/menu", "")
	b.control(400, "GET", "users/alice?lang=fr", "")
	b.control(400, "GET", "users?lang=fr", "")
	if got := b.control(200, "GET", "users/alice/menu", ""); len(got) != 1 || len(got["buttons"].([]any)) != 0 {
		t.Errorf("without a menu %v", got)
	}
	for _, bad := range []string{`{}`, `{"name":"x","tags":[7]}`, `{"name":"x","age":7}`, `{"name":"x","platform":"ps5"}`, `x`, `{"openid":"!"}`} {
		b.control(400, "POST", "users", bad)
	}
	if n := len(b.control(200, "GET", "users/nobody/chat", "")["chat"].([]any)); n != 0 {
		t.Errorf("%d lines", n)
	}
	b.control(400, "GET", "users/alice/chat?appid=wx9", "")
}

// TestControlActions sends actions in the forms that shells and programs find
// handy.
func TestControlActions(t *testing.T) {
	b := newBench(t, people)
	for _, body := range []string{`{"value":"hi"}`, `value=hi`, `{"content":"hi"}`, `content=hi`, `{"Content":"hi"}`, `{"fields":{"Content":"hi"}}`} {
		b.control(200, "POST", "users/alice/text", body)
	}
	b.control(200, "POST", "users/alice/location", `{"lat":31.5,"label":"x"}`)
	chat, err := b.Chat("", "alice")
	if err != nil || len(chat) != 7 {
		t.Fatalf("chat %+v, %v", chat, err)
	}
	for _, line := range chat[:6] {
		if line.Text != "hi" {
			t.Errorf("line %+v", line)
		}
	}
	for _, bad := range []string{`{"value":["hi"]}`, `{"value"`, `%zz`, `{"no such field[0]":"x"}`} {
		b.control(400, "POST", "users/alice/text", bad)
	}
}

func TestControlClock(t *testing.T) {
	b := newBench(t, "")
	b.control(200, "POST", "clock", `{"advance":"2h"}`)
	b.api(42001, "GET", "/cgi-bin/getcallbackip", "")
	if got := b.control(200, "GET", "clock", ""); got["offset"] != "2h0m0s" || got["unix"] != float64(start.Unix()+7200) {
		t.Errorf("clock %v", got)
	}
	b.control(200, "POST", "clock", `{"offset":"0s"}`)
	b.api(0, "GET", "/cgi-bin/getcallbackip", "")
	for _, bad := range []string{`{"advance":7200}`, `{"set":"now"}`, ``} {
		b.control(400, "POST", "clock", bad)
	}
}
