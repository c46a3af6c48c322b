package emulator_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/message"
)

const credentials = "appid=wx0123456789abcdef&secret=0123456789abcdef0123456789abcdef"

func TestCodeToSession(t *testing.T) {
	b := newBench(t, people)
	path := "/sns/jscode2session?" + credentials + "&grant_type=authorization_code&js_code="
	code := b.act("alice", "code", "").Code
	if w := b.do("GET", path+"x", ""); w.Header().Get("Content-Type") != "text/plain" {
		t.Errorf("Content-Type %q", w.Header().Get("Content-Type"))
	}
	v := b.ok("GET", path+code, "")
	key, err := base64.StdEncoding.DecodeString(v["session_key"].(string))
	if err != nil || len(key) != 16 || v["openid"] != message.OpenID("alice") || v["unionid"] != "u-alice" {
		t.Errorf("session %v, %v", v, err)
	}
	if got := b.fails(40163, "GET", path+code, ""); got != "code been used" {
		t.Errorf("errmsg %q", got)
	}
	if got := b.fails(40029, "GET", path+"x", ""); got != "invalid code" {
		t.Errorf("errmsg %q", got)
	}
	b.fails(41008, "GET", path, "")
	b.fails(40125, "GET", strings.Replace(path, "abcdef&grant", "abcdee&grant", 1)+code, "")
	b.fails(40013, "GET", strings.Replace(path, "wx0", "wx1", 1)+code, "")
	b.fails(40002, "GET", strings.Replace(path, "authorization_code", "client_credential", 1)+code, "")
	stale := b.act("alice", "code", "").Code
	b.clock.pass(5 * time.Minute)
	b.fails(42003, "GET", path+stale, "")

	// whoever logs in need not follow
	stranger := b.act("erin", "code", "")
	b.ok("GET", path+stranger.Code, "")
	b.login()
	if v := b.ok("GET", "/cgi-bin/user/info?openid="+stranger.User, ""); len(v) != 2 {
		t.Errorf("erin follows: %v", v)
	}
}

const authorize = "/connect/oauth2/authorize?appid=wx0123456789abcdef&redirect_uri=https%3A%2F%2Fexample.com%2Fback%3Fa%3D1&response_type=code&scope=snsapi_userinfo&state=s%26t"

// visit opens the authorize page and returns where it leads.
func (b *bench) visit(target string, cookies ...*http.Cookie) (*httptest.ResponseRecorder, url.Values) {
	b.t.Helper()
	req := httptest.NewRequest("GET", target, nil)
	for _, c := range cookies {
		req.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, req)
	u, err := url.Parse(w.Header().Get("Location"))
	if err != nil {
		b.t.Fatal(err)
	}
	return w, u.Query()
}

func TestOAuth(t *testing.T) {
	b := newBench(t, people)
	page, _ := b.visit(authorize)
	if page.Code != 200 || !strings.Contains(page.Body.String(), "Allow: Alice") || !strings.Contains(page.Body.String(), "example.com") {
		t.Fatalf("page %d %s", page.Code, page.Body)
	}
	w, back := b.visit(authorize + "&wxdev_user=alice")
	if w.Code != 302 || back.Get("a") != "1" || back.Get("state") != "s&t" || len(back.Get("code")) != 32 {
		t.Fatalf("%d %s", w.Code, w.Header().Get("Location"))
	}
	exchange := "/sns/oauth2/access_token?" + credentials + "&grant_type=authorization_code&code="
	grant := b.ok("GET", exchange+back.Get("code"), "")
	if grant["openid"] != message.OpenID("alice") || grant["scope"] != "snsapi_userinfo" || grant["unionid"] != "u-alice" {
		t.Errorf("grant %v", grant)
	}
	b.fails(40163, "GET", exchange+back.Get("code"), "")
	b.fails(40029, "GET", "/sns/jscode2session?"+credentials+"&grant_type=authorization_code&js_code="+back.Get("code"), "")

	token := grant["access_token"].(string)
	info := "/sns/userinfo?lang=zh_CN&access_token=" + token + "&openid="
	if v := b.ok("GET", info+message.OpenID("alice"), ""); v["nickname"] != "Alice" || v["unionid"] != "u-alice" {
		t.Errorf("userinfo %v", v)
	}
	b.fails(40003, "GET", info+message.OpenID("bob"), "")
	b.fails(41009, "GET", info, "")
	b.ok("GET", "/sns/auth?access_token="+token+"&openid="+message.OpenID("alice"), "")
	b.fails(40001, "GET", "/sns/auth?access_token=x&openid=y", "")
	b.fails(41001, "GET", "/sns/auth?openid=y", "")
	b.with(token).fails(40014, "GET", anyCall, "") // it is no token of the API

	refresh := "/sns/oauth2/refresh_token?appid=wx0123456789abcdef&grant_type=refresh_token&refresh_token="
	if v := b.ok("GET", refresh+grant["refresh_token"].(string), ""); v["access_token"] != token {
		t.Error("a token that is valid was not lengthened, but replaced")
	}
	b.clock.pass(2 * time.Hour)
	b.fails(42001, "GET", info+message.OpenID("alice"), "")
	if v := b.ok("GET", refresh+grant["refresh_token"].(string), ""); v["access_token"] == token {
		t.Error("a token that was over was lengthened")
	}
	b.fails(40030, "GET", refresh+"x", "")
	b.fails(41003, "GET", refresh, "")
	b.clock.pass(30 * 24 * time.Hour)
	b.fails(42002, "GET", refresh+grant["refresh_token"].(string), "")
}

// TestOAuthBase: snsapi_base asks nothing of a phone whose user is known, and
// tells nothing but the OpenID.
func TestOAuthBase(t *testing.T) {
	b := newBench(t, people)
	base := strings.Replace(authorize, "snsapi_userinfo", "snsapi_base", 1)
	first, _ := b.visit(base + "&wxdev_user=bob")
	w, back := b.visit(base, first.Result().Cookies()...)
	if w.Code != 302 {
		t.Fatalf("the cookie was not enough: %d %s", w.Code, w.Body)
	}
	grant := b.ok("GET", "/sns/oauth2/access_token?"+credentials+"&grant_type=authorization_code&code="+back.Get("code"), "")
	if grant["openid"] != message.OpenID("bob") || grant["unionid"] != nil {
		t.Errorf("grant %v", grant)
	}
	b.fails(48001, "GET", "/sns/userinfo?access_token="+grant["access_token"].(string)+"&openid="+message.OpenID("bob"), "")
	if w, _ := b.visit(authorize, first.Result().Cookies()...); w.Code != 200 {
		t.Errorf("snsapi_userinfo did not ask: %d", w.Code)
	}
}

func TestOAuthPageRefusals(t *testing.T) {
	b := newBench(t, "[[account]]\nappid = \"wx0123456789abcdef\"\noauth_domains = [\"example.com\"]\n")
	for old, wrong := range map[string]string{
		"wx0123456789abcdef": "wx9",
		"response_type=code": "response_type=token",
		"snsapi_userinfo":    "snsapi_all",
		"example.com":        "example.org",
		"https%3A%2F%2F":     "",
		"https%3A":           "javascript%3A",
		"state=s":            "state=" + strings.Repeat("s", 128),
	} {
		w, _ := b.visit(strings.Replace(authorize, old, wrong, 1) + "&wxdev_user=alice")
		if w.Code != 400 || w.Header().Get("Location") != "" {
			t.Errorf("%s for %s: %d %s", wrong, old, w.Code, w.Header().Get("Location"))
		}
	}
	if w, _ := b.visit(strings.Replace(authorize, "example.com", "Example.COM", 1) + "&wxdev_user=alice"); w.Code != 302 {
		t.Errorf("a host in capitals: %d", w.Code)
	}
	// the form, as the page's button sends it
	form := strings.TrimPrefix(authorize, "/connect/oauth2/authorize?") + "&wxdev_user=alice"
	if w := b.do("POST", "/connect/oauth2/authorize", form); w.Code != 302 || !strings.HasPrefix(w.Header().Get("Location"), "https://example.com/back?a=1&code=") {
		t.Errorf("form: %d %s", w.Code, w.Header().Get("Location"))
	}
	for _, bad := range []string{"", "%zz", strings.TrimSuffix(form, "alice")} {
		if w := b.do("POST", "/connect/oauth2/authorize", bad); w.Code != 400 {
			t.Errorf("form %q: %d", bad, w.Code)
		}
	}
}

// TestOAuthRefused: one who refuses is led back with the state and without a code;
// nobody is known by it.
func TestOAuthRefused(t *testing.T) {
	b := newBench(t, people)
	form := strings.TrimPrefix(authorize, "/connect/oauth2/authorize?") + "&wxdev_deny=1"
	w := b.do("POST", "/connect/oauth2/authorize", form)
	if w.Code != 302 || w.Header().Get("Location") != "https://example.com/back?a=1&state=s%26t" || len(w.Result().Cookies()) != 0 {
		t.Errorf("refused: %d %v", w.Code, w.Header())
	}
	if w := b.do("POST", "/connect/oauth2/authorize", "wxdev_deny=1"); w.Code != 400 {
		t.Errorf("a refusal of nothing: %d", w.Code)
	}
}

// TestOAuthPageHasNames: each control has a label, there is one heading, and the
// phone's own user comes first.
func TestOAuthPageHasNames(t *testing.T) {
	b := newBench(t, people)
	page, _ := b.visit(authorize, &http.Cookie{Name: emulator.UserParameter, Value: message.OpenID("bob")})
	text := page.Body.String()
	rows := regexp.MustCompile(`<button class=row [^>]*aria-label="([^"]*)"`).FindAllStringSubmatch(text, -1)
	if len(rows) < 2 || !strings.Contains(rows[0][1], "bob") {
		t.Errorf("rows %q", rows)
	}
	for _, want := range []string{"<label for=other>", "<input id=other ", "your nickname and picture", ">Refuse</button>", "<html lang=en>"} {
		if strings.Count(text, want) != 1 {
			t.Errorf("%q is there %d times: %s", want, strings.Count(text, want), text)
		}
	}
	if strings.Count(text, "<h1>") != 1 || !strings.Contains(page.Header().Get("Content-Security-Policy"), "style-src 'sha256-") || !strings.Contains(page.Header().Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Errorf("headers %v", page.Header())
	}
}

// TestOAuthPageEscapes holds that nothing from outside becomes HTML.
func TestOAuthPageEscapes(t *testing.T) {
	b := newBench(t, "")
	if err := b.UpdateAccount("", func(a *emulator.Account) error {
		a.Users = append(a.Users, &emulator.User{Name: "x", Nickname: "<script>1</script>"})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	evil := strings.Replace(authorize, "s%26t", url.QueryEscape(`"><script>2</script>`), 1)
	page, _ := b.visit(evil)
	if strings.Contains(page.Body.String(), "<script>") {
		t.Errorf("page %s", page.Body)
	}
}
