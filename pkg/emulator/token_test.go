package emulator_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/emulator"
)

const (
	tokenURL  = "/cgi-bin/token?grant_type=client_credential&appid=wx0123456789abcdef&secret=0123456789abcdef0123456789abcdef"
	stableURL = "/cgi-bin/stable_token?secret" // the parameter keeps the test's client from adding a token
)

func stableBody(force bool) string {
	return fmt.Sprintf(`{"grant_type":"client_credential","appid":"wx0123456789abcdef","secret":"0123456789abcdef0123456789abcdef","force_refresh":%t}`, force)
}

func (b *bench) with(token string) *bench {
	return &bench{Emulator: b.Emulator, t: b.t, clock: b.clock, token: token}
}

const anyCall = "/cgi-bin/getcallbackip"

func TestTokenForm(t *testing.T) {
	b := newBench(t, "")
	w := b.do("GET", tokenURL, "")
	if got := w.Header().Get("Content-Type"); got != "application/json; encoding=utf-8" {
		t.Errorf("Content-Type %q", got)
	}
	if !regexp.MustCompile(`^\{"access_token":"66_[A-Za-z0-9_-]{133,154}","expires_in":7200\}$`).MatchString(w.Body.String()) {
		t.Errorf("body %s", w.Body)
	}
	if w := b.do("GET", "/cgi-bin/menu/delete", ""); w.Body.String() != `{"errcode":0,"errmsg":"ok"}` || w.Header().Get("Content-Length") != "27" {
		t.Errorf("ok is %s, length %s", w.Body, w.Header().Get("Content-Length"))
	}
}

func TestTokenRefusals(t *testing.T) {
	b := newBench(t, "")
	const q = "/cgi-bin/token?"
	for _, c := range []struct {
		query string
		code  int
		text  string
	}{
		{"grant_type=client_credential&secret=x", 41002, "appid missing"},
		{"grant_type=client_credential&appid=wx0123456789abcdef&secret=", 41004, "appsecret missing"},
		{"grant_type=client_credential&appid=wx9999999999999999&secret=x", 40013, "invalid appid"},
		{"grant_type=client_credential&appid=wx0123456789abcdef&secret=x", 40125, "invalid appsecret"},
		{"grant_type=client_credentials&appid=wx0123456789abcdef&secret=x", 40002, "invalid grant_type"},
	} {
		if got := b.fails(c.code, "GET", q+c.query, ""); got != c.text {
			t.Errorf("%s: errmsg %q, want %q", c.query, got, c.text)
		}
	}
	b.fails(43001, "POST", tokenURL, "")
	b.fails(43002, "GET", stableURL, "")
	b.fails(44002, "POST", stableURL, "")
	b.fails(47001, "POST", stableURL, "{")
	b.fails(47001, "POST", stableURL, "\xEF\xBB\xBF"+stableBody(false))
	b.fails(47001, "POST", stableURL, stableBody(false)+"x")
	// WeChat tells names apart by case, as a client that writes appId finds out.
	b.fails(41002, "POST", stableURL, strings.Replace(stableBody(false), "appid", "appId", 1))
}

// TestRid holds that the time of the call is in the rid, and the two shapes
// in which it was seen.
func TestRid(t *testing.T) {
	b := newBench(t, "")
	hex := fmt.Sprintf("%08x", start.Unix())
	msg := b.api("GET", "/cgi-bin/token?appid=wx0123456789abcdef&secret=x&grant_type=client_credential", "")["errmsg"].(string)
	if !strings.HasPrefix(msg, "invalid appsecret, rid: "+hex+"-") {
		t.Errorf("errmsg %q", msg)
	}
	msg = b.api("GET", "/cgi-bin/menu/get", "")["errmsg"].(string)
	if !strings.HasPrefix(msg, "menu no exist rid: "+hex+"-") {
		t.Errorf("errmsg %q", msg)
	}
}

// TestOldTokenDies follows 7.1: each call makes a new token, and the one
// before it lives 5 minutes more.
func TestOldTokenDies(t *testing.T) {
	b := newBench(t, "")
	first := b.token
	b.login()
	second := b.token
	if first == second {
		t.Fatal("the token is the same")
	}
	b.clock.pass(299 * time.Second)
	b.with(first).ok("GET", anyCall, "")
	b.clock.pass(time.Second)
	if got := b.with(first).fails(40001, "GET", anyCall, ""); got != "invalid credential, access_token is invalid or not latest, could get access_token by getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r" {
		t.Errorf("errmsg %q", got)
	}
	b.with(second).ok("GET", anyCall, "")
	b.clock.pass(2*time.Hour - 300*time.Second)
	b.with(second).fails(42001, "GET", anyCall, "")
}

func TestOrderOfChecks(t *testing.T) {
	b := newBench(t, "")
	b.fails(43001, "POST", anyCall+"?access_token=", "") // the method comes first
	b.fails(41001, "GET", anyCall+"?access_token=", "")
	b.fails(40014, "GET", anyCall+"?access_token=abc", "")
	b.fails(40001, "GET", anyCall+"?access_token=66_"+strings.Repeat("a", 150), "")
	b.fails(44002, "POST", "/cgi-bin/tags/create", "")
	b.fails(47001, "POST", "/cgi-bin/tags/create", "tag")
	b.fails(45157, "POST", "/cgi-bin/tags/create", "{}")
}

func TestStableToken(t *testing.T) {
	b := newBench(t, "")
	plain := b.token
	get := func(force bool) (string, json.Number) {
		t.Helper()
		v := b.ok("POST", stableURL, stableBody(force))
		return v["access_token"].(string), v["expires_in"].(json.Number)
	}
	first, left := get(false)
	if left != "7200" {
		t.Errorf("expires_in %s", left)
	}
	b.clock.pass(6899 * time.Second)
	if again, left := get(false); again != first || left != "301" {
		t.Errorf("301 seconds before its end the token changed (%t), expires_in %s", again != first, left)
	}
	b.clock.pass(time.Second)
	second, _ := get(false)
	if second == first {
		t.Error("5 minutes before its end the token did not change")
	}
	b.with(first).ok("GET", anyCall, "")
	b.with(second).ok("GET", anyCall, "")

	// force_refresh kills the token at once, but not within 30 seconds of the
	// last time.
	third, _ := get(true)
	b.with(second).fails(40001, "GET", anyCall, "")
	if again, _ := get(true); again != third {
		t.Error("force_refresh worked twice in 30 seconds")
	}
	b.clock.pass(30 * time.Second)
	if again, _ := get(true); again == third {
		t.Error("force_refresh did not work after 30 seconds")
	}
	b.clock.pass(-6930 * time.Second)
	b.with(plain).ok("GET", anyCall, "") // the two kinds do not know each other
}

func TestForceRefreshDaily(t *testing.T) {
	b := newBench(t, "")
	b.ok("POST", stableURL, stableBody(false))
	for range 20 {
		b.ok("POST", stableURL, stableBody(true))
		b.clock.pass(31 * time.Second)
	}
	b.fails(45009, "POST", stableURL, stableBody(true))
	b.ok("POST", stableURL, stableBody(false))
	b.clock.pass(13 * time.Hour) // it was noon
	b.ok("POST", stableURL, stableBody(true))
}

func TestExpire(t *testing.T) {
	b := newBench(t, "")
	stable := b.ok("POST", stableURL, stableBody(false))["access_token"].(string)
	if got := b.control(200, "POST", "expire", `{"kind":"token"}`)["expired"]; got != 1.0 {
		t.Errorf("%v tokens ended", got)
	}
	b.fails(42001, "GET", anyCall, "")
	b.with(stable).ok("GET", anyCall, "")
	if n, err := b.Expire("", ""); n != 1 || err != nil {
		t.Errorf("Expire ended %d: %v", n, err)
	}
	b.with(stable).fails(42001, "GET", anyCall, "")
	b.control(400, "POST", "expire", `{"kind":"tokens"}`)
	if _, err := b.Expire("wx9999999999999999", ""); err == nil {
		t.Error("no error for an unknown account")
	}
}

func TestIPWhitelist(t *testing.T) {
	b := newBench(t, "")
	if err := b.UpdateAccount("", func(a *emulator.Account) error {
		a.IPWhitelist = []string{"10.0.0.1"}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if got := b.fails(40164, "GET", tokenURL, ""); got != "invalid ip 192.0.2.1 ipv6 ::ffff:192.0.2.1, not in whitelist" {
		t.Errorf("errmsg %q", got)
	}
	req := httptest.NewRequest("GET", tokenURL, nil)
	req.RemoteAddr = "10.0.0.1:5555"
	w := httptest.NewRecorder()
	b.ServeHTTP(w, req)
	if !strings.Contains(w.Body.String(), "access_token") {
		t.Errorf("body %s", w.Body)
	}
}

func TestTicket(t *testing.T) {
	b := newBench(t, "")
	const path = "/cgi-bin/ticket/getticket?type="
	js := b.ok("GET", path+"jsapi", "")
	if len(js["ticket"].(string)) != 86 || js["expires_in"] != json.Number("7200") || js["errmsg"] != "ok" {
		t.Errorf("ticket %v", js)
	}
	if card := b.ok("GET", path+"wx_card", ""); card["ticket"] == js["ticket"] {
		t.Error("the two tickets are one")
	}
	b.clock.pass(time.Hour)
	if again := b.ok("GET", path+"jsapi", ""); again["ticket"] != js["ticket"] || again["expires_in"] != json.Number("3600") {
		t.Errorf("after an hour: %v", again)
	}
	b.fails(40097, "GET", path+"js", "")
	if n, _ := b.Expire("", "jsapi"); n != 1 {
		t.Errorf("%d tickets ended", n)
	}
	if again := b.ok("GET", path+"jsapi", ""); again["ticket"] == js["ticket"] {
		t.Error("the ticket is the same after its end")
	}
}

// TestSeededRand holds that a seeded Rand makes everything repeatable.
func TestSeededRand(t *testing.T) {
	one, two := newBench(t, ""), newBench(t, "")
	if one.token != two.token {
		t.Error("the tokens differ")
	}
}
