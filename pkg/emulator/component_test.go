package emulator_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/signature"
)

const (
	platformID = emulator.DefaultComponentAppID
	component  = "/cgi-bin/component/"
)

// platform is a small server of a third-party platform: what it was told, by the
// name of the event, and the paths that messages came to.
type platform struct {
	*httptest.Server
	t     *testing.T
	codec *msgcrypt.Codec
	came  chan map[string]string
}

func newPlatform(t *testing.T) *platform {
	t.Helper()
	key, err := msgcrypt.ParseKey(emulator.DefaultAESKey)
	if err != nil {
		t.Fatal(err)
	}
	p := &platform{t: t, codec: msgcrypt.New(key, platformID), came: make(chan map[string]string, 100)}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var envelope struct{ AppId, ToUserName, Encrypt string }
	if err := xml.Unmarshal(body, &envelope); err != nil {
		p.t.Error(err)
	}
	q := r.URL.Query()
	if signature.Message(emulator.DefaultToken, q.Get("timestamp"), q.Get("nonce"), envelope.Encrypt) != q.Get("msg_signature") || q.Get("encrypt_type") != "aes" {
		p.t.Errorf("%s is not signed", r.URL)
	}
	plain, err := p.codec.Decrypt(envelope.Encrypt)
	if err != nil {
		p.t.Errorf("not for the platform: %v", err)
		return
	}
	var m struct {
		AppId, InfoType, ComponentVerifyTicket, AuthorizerAppid, AuthorizationCode, PreAuthCode, Content string
	}
	if err := xml.Unmarshal(plain.Msg, &m); err != nil {
		p.t.Error(err)
	}
	if m.InfoType != "" && (envelope.AppId != platformID || m.AppId != platformID) || m.InfoType == "" && !strings.HasPrefix(envelope.ToUserName, "gh_") {
		p.t.Errorf("to the wrong one: %s", body)
	}
	p.came <- map[string]string{
		"path": r.URL.Path, "type": m.InfoType, "ticket": m.ComponentVerifyTicket, "appid": m.AuthorizerAppid,
		"code": m.AuthorizationCode, "pre": m.PreAuthCode, "content": m.Content,
	}
	_, _ = io.WriteString(w, "success")
}

// next is what comes next, which is of a type and to a path.
func (p *platform) next(kind, path string) map[string]string {
	p.t.Helper()
	select {
	case m := <-p.came:
		if m["type"] != kind || m["path"] != path {
			p.t.Fatalf("came %v, want %q at %s", m, kind, path)
		}
		return m
	case <-time.After(busy.Net):
		p.t.Fatalf("no %q came", kind)
	}
	return nil
}

// served is an emulator on a socket, with a platform that an account authorised.
func (p *platform) serve(seed string) *bench {
	p.t.Helper()
	state, err := emulator.ParseState("seed", []byte(seed))
	if err != nil {
		p.t.Fatal(err)
	}
	c := &clock{now: start}
	s, err := local.NewServer(emulator.Config{
		Seed: state, Now: c.Now, Timeout: busy.Net, Attempts: 1,
		Component: &emulator.Component{URL: p.URL + "/$APPID$/callback", AuthURL: p.URL + "/auth"},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(s.Close)
	return &bench{Emulator: s.Emulator, t: p.t, clock: c}
}

const oneAccount = `
[[account]]
appid = "wx0123456789abcdef"
[[account]]
appid = "wx1111111111111111"
[component]
[[component.authorizer]]
appid = "wx0123456789abcdef"
`

func ticketBody(ticket string) string {
	return fmt.Sprintf(`{"component_appid":%q,"component_appsecret":%q,"component_verify_ticket":%q}`, platformID, emulator.DefaultSecret, ticket)
}

// asPlatform is a body with fields besides the platform's AppID.
func asPlatform(fields ...string) string {
	s := fmt.Sprintf(`{"component_appid":%q`, platformID)
	for i := 0; i < len(fields); i += 2 {
		s += fmt.Sprintf(",%q:%q", fields[i], fields[i+1])
	}
	return s + "}"
}

// TestComponent walks the whole way of a platform: from its ticket to a message
// that it sends for an account.
func TestComponent(t *testing.T) {
	p := newPlatform(t)
	b := p.serve(oneAccount)
	ticket := p.next("component_verify_ticket", "/auth")["ticket"]
	first := p.next("authorized", "/auth")
	if first["appid"] != emulator.DefaultAppID || first["code"] == "" || first["pre"] == "" {
		t.Fatalf("authorized: %v", first)
	}
	token := b.ok("POST", component+"api_component_token", ticketBody(ticket))["component_access_token"].(string)
	q := "?component_access_token=" + token
	info := b.ok("POST", component+"api_query_auth?access_token="+token, asPlatform("authorization_code", first["code"]))["authorization_info"].(map[string]any)
	access, refresh := info["authorizer_access_token"].(string), info["authorizer_refresh_token"].(string)
	if info["authorizer_appid"] != emulator.DefaultAppID || len(info["func_info"].([]any)) == 0 {
		t.Errorf("authorization_info: %v", info)
	}

	// what a user says comes to the platform, at the account's path
	b.act("alice", "text", "你好")
	if m := p.next("", "/"+emulator.DefaultAppID+"/callback"); m["content"] != "你好" {
		t.Errorf("came %v", m)
	}
	b.ok("POST", "/cgi-bin/message/custom/send?access_token="+access, `{"touser":"`+b.act("alice", "code", "").User+`","msgtype":"text","text":{"content":"hi"}}`)

	again := b.ok("POST", component+"api_authorizer_token"+q, asPlatform("authorizer_appid", emulator.DefaultAppID, "authorizer_refresh_token", refresh))
	if again["authorizer_refresh_token"] != refresh || again["authorizer_access_token"] == access {
		t.Errorf("refreshed: %v", again)
	}
	list := b.ok("POST", component+"api_get_authorizer_list"+q, `{"component_appid":"`+platformID+`","offset":0,"count":100}`)
	if fmt.Sprint(list["total_count"]) != "1" || len(list["list"].([]any)) != 1 {
		t.Errorf("the list: %v", list)
	}
	names := b.ok("POST", component+"api_get_authorizer_info"+q, asPlatform("authorizer_appid", emulator.DefaultAppID))["authorizer_info"].(map[string]any)
	if !strings.HasPrefix(names["user_name"].(string), "gh_") {
		t.Errorf("the names: %v", names)
	}

	// another ten minutes, another ticket; the old one is good for 12 hours
	b.Advance(10 * time.Minute)
	if newer := p.next("component_verify_ticket", "/auth")["ticket"]; newer == ticket {
		t.Error("the ticket is the same")
	}
	b.ok("POST", component+"api_component_token", ticketBody(ticket))
	b.Advance(12 * time.Hour)
	newest := p.next("component_verify_ticket", "/auth")["ticket"]
	b.fails(61005, "POST", component+"api_component_token", ticketBody(ticket))
	b.fails(42001, "POST", component+"api_create_preauthcode"+q, asPlatform())
	b.ok("POST", component+"api_component_token", ticketBody(newest))
	b.ok("POST", component+"api_start_push_ticket", asPlatform("component_secret", emulator.DefaultSecret))
	p.next("component_verify_ticket", "/auth")

	// no token is in the log
	for _, e := range b.Log(emulator.Match{}) {
		for _, secret := range []string{token, access, refresh} {
			if strings.Contains(e.Body+e.Query+e.Response, secret) {
				t.Errorf("%s %s has %.20s…", e.Kind, e.Path, secret)
			}
		}
	}
	// a state with a platform is a seed: its tokens go on, and nobody authorises again
	text, err := b.Snapshot()
	if _, platform, found := strings.Cut(string(text), "[component]"); err != nil || !found || strings.Contains(platform, "secret =") {
		t.Fatal(err, string(text))
	}
	if err := b.Restore("snapshot", text); err != nil {
		t.Fatal(err)
	}
	b.ok("POST", component+"api_component_token", ticketBody(newest))
}

// TestComponentPage lets accounts authorise, again, and take it back.
func TestComponentPage(t *testing.T) {
	p := newPlatform(t)
	b := p.serve(oneAccount)
	ticket := p.next("component_verify_ticket", "/auth")["ticket"]
	first := p.next("authorized", "/auth")
	token := b.ok("POST", component+"api_component_token", ticketBody(ticket))["component_access_token"].(string)
	q := "?component_access_token=" + token
	pre := b.ok("POST", component+"api_create_preauthcode"+q, asPlatform())
	if fmt.Sprint(pre["expires_in"]) != "1800" {
		t.Errorf("pre_auth_code: %v", pre)
	}
	code := pre["pre_auth_code"].(string)
	page := func(path, more string) string {
		return path + "?component_appid=" + platformID + "&auth_type=3&pre_auth_code=" + url.QueryEscape(code) +
			"&redirect_uri=" + url.QueryEscape("http://127.0.0.1/back?x=1") + more
	}
	const login, bind = "/cgi-bin/componentloginpage", "/wxaopen/safe/bindcomponent"
	for _, path := range []string{login, bind} {
		if w := b.do("GET", page(path, ""), ""); w.Code != 200 || !strings.Contains(w.Body.String(), `value="wx1111111111111111"`) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if w := b.do("GET", page(login, "&biz_appid=wx0123456789abcdef"), ""); strings.Contains(w.Body.String(), "wx1111111111111111") {
		t.Error("an account is offered that was not asked for")
	}
	back := func(method, target, body string) url.Values {
		t.Helper()
		w := b.do(method, target, body)
		u, err := url.Parse(w.Header().Get("Location"))
		if err != nil || w.Code != 302 || u.Query().Get("x") != "1" || u.Query().Get("expires_in") != "600" {
			t.Fatalf("%s %s: %d %s %s", method, target, w.Code, u, w.Body)
		}
		return u.Query()
	}
	with := back("POST", page(login, ""), "wxdev_account=wx1111111111111111")
	told := p.next("authorized", "/auth")
	if told["code"] != with.Get("auth_code") || told["pre"] != code || told["appid"] != "wx1111111111111111" {
		t.Errorf("told %v, led back with %v", told, with)
	}
	b.act("bob", "text", "hi") // of the first account
	p.next("", "/wx0123456789abcdef/callback")

	// once more: another refresh token, and a push when the permissions are others
	granted := func(code string) map[string]any {
		t.Helper()
		return b.ok("POST", component+"api_query_auth"+q, asPlatform("authorization_code", code))["authorization_info"].(map[string]any)
	}
	old := granted(first["code"])["authorizer_refresh_token"].(string)
	again := back("GET", page(bind, "&wxdev_account=wx0123456789abcdef"), "")
	back("GET", page(bind, "&wxdev_account=wx0123456789abcdef&category_id_list=7|99"), "")
	update := p.next("updateauthorized", "/auth")
	if update["code"] == again.Get("auth_code") || len(granted(update["code"])["func_info"].([]any)) != 2 {
		t.Errorf("told %v", update)
	}
	b.fails(61023, "POST", component+"api_authorizer_token"+q, asPlatform("authorizer_appid", emulator.DefaultAppID, "authorizer_refresh_token", old))

	// it is taken back: the token dies, and messages go nowhere
	access := granted(update["code"])["authorizer_access_token"].(string)
	b.ok("GET", anyCall+"?access_token="+access, "")
	if out := b.control(200, "POST", "component/unauthorize", `{"appid":"wx0123456789abcdef"}`); out["push"].(map[string]any)["ok"] != true {
		t.Errorf("unauthorize: %v", out)
	}
	p.next("unauthorized", "/auth")
	b.fails(40001, "GET", anyCall+"?access_token="+access, "")
	b.fails(61003, "POST", component+"api_get_authorizer_info"+q, asPlatform("authorizer_appid", emulator.DefaultAppID))
	if out := b.act("bob", "text", "hi"); out.Push != nil {
		t.Errorf("pushed %v", out.Push)
	}
	b.control(404, "POST", "component/unauthorize", "")
	b.control(200, "POST", "component/ticket", "")
	p.next("component_verify_ticket", "/auth")
	b.control(200, "POST", "component/authorize", `{"func_info":[1]}`)
	p.next("authorized", "/auth")
	b.control(400, "POST", "component/dance", "")

	code = "preauthcode@@@of-nobody"
	for _, target := range []string{page(login, ""), login + "?component_appid=wx1111111111111111"} {
		if w := b.do("GET", target, ""); w.Code != 400 || !strings.Contains(w.Body.String(), "role=alert") {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
}

// TestComponentRefusals: the codes, and none of a call that is right.
func TestComponentRefusals(t *testing.T) {
	p := newPlatform(t)
	b := p.serve(oneAccount)
	ticket := p.next("component_verify_ticket", "/auth")["ticket"]
	code := p.next("authorized", "/auth")["code"]
	token := b.ok("POST", component+"api_component_token", ticketBody(ticket))["component_access_token"].(string)
	ordinary := b.ok("GET", tokenURL, "")["access_token"].(string)
	of := func(token string) string { return "?component_access_token=" + token }
	info := b.ok("POST", component+"api_query_auth"+of(token), asPlatform("authorization_code", code))["authorization_info"].(map[string]any)
	access := info["authorizer_access_token"].(string)
	for _, c := range []struct {
		code       int
		path, body string
	}{
		{44002, "api_component_token", ""},
		{47001, "api_component_token", "{"},
		{41002, "api_component_token", "{}"},
		{40013, "api_component_token", `{"component_appid":"wx9999999999999999"}`},
		{61011, "api_component_token", `{"component_appid":"wx0123456789abcdef"}`},
		{41004, "api_component_token", asPlatform()},
		{40125, "api_component_token", asPlatform("component_appsecret", "x")},
		{61006, "api_component_token", ticketBody("ticket@@@x")},
		{61006, "api_component_token", ticketBody("")},
		{41004, "api_start_push_ticket", asPlatform()},
		{41001, "api_create_preauthcode?component_access_token=", asPlatform()},
		{40014, "api_create_preauthcode" + of("x"), asPlatform()},
		{40001, "api_create_preauthcode" + of(token[:len(token)-1]+"."), asPlatform()},
		{61014, "api_create_preauthcode" + of(ordinary), asPlatform()},
		{61014, "api_create_preauthcode?access_token=" + access, asPlatform()},
		{61009, "api_query_auth" + of(token), asPlatform("authorization_code", "x")},
		{61023, "api_authorizer_token" + of(token), asPlatform("authorizer_appid", emulator.DefaultAppID)},
		{61023, "api_authorizer_token" + of(token), asPlatform("authorizer_appid", "wx1111111111111111", "authorizer_refresh_token", info["authorizer_refresh_token"].(string))},
	} {
		if c.code == 40001 { // it must look like one
			c.path = "api_create_preauthcode" + of("66_"+strings.Repeat("a", 150))
		}
		b.fails(c.code, "POST", component+c.path, c.body)
	}
	b.fails(40001, "GET", anyCall+"?access_token="+token, "")
	b.fails(43002, "GET", component+"api_query_auth"+of(token), "")
	for _, kind := range []string{"component_access_token", "authorizer_access_token", "authorization_code", "component_verify_ticket"} {
		if n, err := b.Expire("", kind); n < 1 || err != nil {
			t.Errorf("%d of %s expired: %v", n, kind, err)
		}
		switch kind {
		case "component_access_token":
			b.fails(42001, "POST", component+"api_create_preauthcode"+of(token), asPlatform())
			token = b.ok("POST", component+"api_component_token", ticketBody(ticket))["component_access_token"].(string)
		case "authorizer_access_token":
			b.fails(42001, "GET", anyCall+"?access_token="+access, "")
		case "authorization_code":
			b.fails(61010, "POST", component+"api_query_auth"+of(token), asPlatform("authorization_code", code))
		default:
			b.fails(61005, "POST", component+"api_component_token", ticketBody(ticket))
		}
	}
	if c, err := b.Check(t.Context(), "", "zh"); err != nil || !strings.Contains(c.Error, "component_verify_ticket") {
		t.Errorf("check: %+v %v", c, err)
	}
}

// TestComponentAddresses: whoever is not in the list makes no call, with an
// account's token either.
func TestComponentAddresses(t *testing.T) {
	p := newPlatform(t)
	b := p.serve(oneAccount)
	ticket, code := p.next("component_verify_ticket", "/auth")["ticket"], p.next("authorized", "/auth")["code"]
	token := b.ok("POST", component+"api_component_token", ticketBody(ticket))["component_access_token"].(string)
	access := b.ok("POST", component+"api_query_auth?access_token="+token, asPlatform("authorization_code", code))["authorization_info"].(map[string]any)["authorizer_access_token"].(string)
	text, err := b.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	listed := strings.Replace(string(text), "[component]\n", "[component]\nip_whitelist = [\"203.0.113.1\"]\n", 1)
	if err := b.Restore("snapshot", []byte(listed)); err != nil {
		t.Fatal(err)
	}
	b.fails(61004, "POST", component+"api_component_token", ticketBody(ticket))
	b.fails(61004, "POST", component+"api_create_preauthcode?access_token="+token, asPlatform())
	b.fails(61004, "GET", anyCall+"?access_token="+access, "")
	b.ok("GET", tokenURL, "")
}

// TestNoComponent: without a platform there is nothing of it.
func TestNoComponent(t *testing.T) {
	b := newBench(t, "")
	b.fails(61014, "POST", component+"api_query_auth?access_token="+b.token, "{}")
	b.fails(61011, "POST", component+"api_component_token", `{"component_appid":"wx0123456789abcdef"}`)
	b.control(404, "POST", "component/ticket", "")
	if w := b.do("GET", "/cgi-bin/componentloginpage?access_token", ""); w.Code != 400 {
		t.Errorf("the page: %d", w.Code)
	}
	for _, seed := range []string{"[component]\ntoken = \"-\"", "[component]\nappid = \"wx0123456789abcdef\"\n[[account]]\nappid = \"wx0123456789abcdef\"", "[component]\nauth_url = \"x\""} {
		state, err := emulator.ParseState("seed", []byte(seed))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := emulator.New(emulator.Config{Seed: state}); err == nil {
			t.Errorf("%s is taken", seed)
		}
	}
}
