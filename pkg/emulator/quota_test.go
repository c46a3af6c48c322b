package emulator_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/emulator"
)

const limited = `
[[account]]
appid = "wx0123456789abcdef"
denied = ["/cgi-bin/qrcode/create", "/cgi-bin/tags/*"]
[account.quota]
"/cgi-bin/menu/create" = 3
"/cgi-bin/user/get" = 0
`

func quotaBody(path string) string { return `{"cgi_path":"` + path + `"}` }

func TestQuota(t *testing.T) {
	b := newBench(t, limited)
	for range 3 {
		b.api("POST", createPath, "")
	}
	if got := b.fails(45009, "POST", createPath, goodMenu); got != "reach max api daily quota limit" {
		t.Errorf("errmsg %q", got)
	}
	const get = "/cgi-bin/openapi/quota/get"
	want := `{"errcode":0,"errmsg":"ok","quota":{"daily_limit":3,"used":3,"remain":0}}`
	if got := b.do("POST", get, quotaBody(createPath)).Body.String(); got != want {
		t.Errorf("quota/get %s", got)
	}
	if got := b.ok("POST", get, quotaBody("/cgi-bin/stable_token"))["rate_limit"]; fmt.Sprint(got) != "map[call_count:10000 refresh_second:60]" {
		t.Errorf("rate_limit %v", got)
	}
	b.fails(76021, "POST", get, quotaBody("/cgi-bin/nothing"))
	b.fails(76022, "POST", get, quotaBody("/sns/jscode2session"))
	b.fails(76003, "POST", get, quotaBody("api.weixin.qq.com/cgi-bin/token"))
	b.fails(41011, "POST", get, `{}`)

	b.ok("POST", "/cgi-bin/openapi/quota/clear", quotaBody(createPath))
	b.ok("POST", createPath, goodMenu)
	for range 600 { // its own limit is 500, and the seed takes it away
		b.ok("GET", "/cgi-bin/user/get", "")
	}
	b.clock.pass(11*time.Hour + 59*time.Minute)
	b.login()
	if got := b.ok("POST", get, quotaBody(createPath))["quota"].(map[string]any)["used"]; got != json.Number("1") {
		t.Errorf("a minute before midnight in China: %v used", got)
	}
	b.clock.pass(time.Minute)
	if got := b.ok("POST", get, quotaBody(createPath))["quota"].(map[string]any)["used"]; got != json.Number("0") {
		t.Errorf("after midnight in China: %v used", got)
	}
}

func TestDenied(t *testing.T) {
	b := newBench(t, limited)
	if got := b.fails(48001, "POST", qrCreate, ""); got != "api unauthorized" {
		t.Errorf("errmsg %q", got)
	}
	b.fails(48001, "GET", "/cgi-bin/tags/get", "")
}

func TestClearQuota(t *testing.T) {
	b := newBench(t, limited)
	const path = "/cgi-bin/clear_quota"
	use := func() {
		for range 3 {
			b.api("POST", createPath, "")
		}
		b.fails(45009, "POST", createPath, "")
	}
	b.fails(40013, "POST", path, `{"appid":"wx9"}`)
	b.fails(41002, "POST", path, `{}`)
	for range 8 {
		use()
		b.ok("POST", path, `{"appid":"wx0123456789abcdef"}`)
	}
	use()
	b.ok("POST", path+"/v2", `{"appid":"wx0123456789abcdef","appsecret":"0123456789abcdef0123456789abcdef"}`)
	b.ok("POST", path+"/v2?appid=wx0123456789abcdef&appsecret=0123456789abcdef0123456789abcdef", "")
	b.fails(40125, "POST", path+"/v2", `{"appid":"wx0123456789abcdef","appsecret":"x"}`)
	use()
	b.fails(48006, "POST", path, `{"appid":"wx0123456789abcdef"}`)
	b.clock.pass(11 * 24 * time.Hour) // the next month
	b.login()
	b.ok("POST", path, `{"appid":"wx0123456789abcdef"}`)
}

// TestMinuteQuota calls stable_token more often than a minute allows.
func TestMinuteQuota(t *testing.T) {
	b := newBench(t, "")
	for range 10_000 {
		req := httptest.NewRequest("POST", "/cgi-bin/stable_token", strings.NewReader(stableBody(false)))
		b.ServeHTTP(httptest.NewRecorder(), req)
	}
	if got := b.fails(45011, "POST", stableURL, stableBody(false)); got != "api minute-quota reach limit, must slower, retry next minute" {
		t.Errorf("errmsg %q", got)
	}
	b.clock.pass(time.Minute)
	b.ok("POST", stableURL, stableBody(false))
}

func TestRidGet(t *testing.T) {
	b := newBench(t, "[[account]]\nappid = \"wx0123456789abcdef\"\n[[account]]\nappid = \"wx00000000000000aa\"\n")
	const path = "/cgi-bin/openapi/rid/get"
	msg := b.api("POST", createPath, "{}")["errmsg"].(string)
	_, rid, _ := strings.Cut(msg, "rid: ")
	v := b.ok("POST", path, `{"rid":"`+rid+`"}`)["request"].(map[string]any)
	if v["request_body"] != "{}" || v["invoke_time"] != json.Number(fmt.Sprint(start.Unix())) ||
		!strings.Contains(v["response_body"].(string), "40016") || !strings.HasPrefix(v["request_url"].(string), "access_token=") || v["client_ip"] != "192.0.2.1" {
		t.Errorf("request %v", v)
	}
	b.fails(76001, "POST", path, `{"rid":"640d8707-66796d60-192e4bee"}`)
	b.fails(76002, "POST", path, `{"rid":"640d8707"}`)
	other := b.ok("GET", "/cgi-bin/token?grant_type=client_credential&appid=wx00000000000000aa&secret="+emulator.DefaultSecret, "")["access_token"].(string)
	b.with(other).fails(76003, "POST", path, `{"rid":"`+rid+`"}`)
	b.clock.pass(7*24*time.Hour + time.Second)
	b.login()
	b.fails(76004, "POST", path, `{"rid":"`+rid+`"}`)
}
