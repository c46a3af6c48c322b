package emulator_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/bilingual"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
)

func TestSeedErrors(t *testing.T) {
	for text, want := range map[string]string{
		"[[account]]\nappid = \"wx1\"\nsecrte = \"hush\"\n": `seed.toml:3:1: unknown key "account.secrte"`,
		"[[account]]\nappid = 7\n":                          `seed.toml:2:9: appid is a number, which it cannot be`,
		"[[account]]\nappid = \"wx1\n":                      `seed.toml:2:`,
		"[[account]]\nsecret = \"hush\" hush\n":             `seed.toml:2:`,
		"\xff\xfea":                                         `seed.toml:1:1: the file is UTF-16`,
		"[[fault]]\npath = \"/\"\ndelay = \"hush\"\n":       `"hush" is not a duration`,
	} {
		_, err := emulator.ParseState("seed.toml", []byte(text))
		var e *finding.FileError
		if !errors.As(err, &e) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
		if fault := bilingual.Fault(err); fault != "" {
			t.Error(fault)
		}
		if err != nil && strings.Contains(text, "secret") && strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: the error shows the secret: %v", text, err)
		}
	}
	_, err := emulator.ParseState("seed.toml", []byte("[[account]]\nsecrte = 1\n"))
	var e *finding.FileError
	if !errors.As(err, &e) || e.HintIn(finding.English) != "did you mean secret?" {
		t.Errorf("%v", err)
	}
	if _, err := emulator.ParseState("big", make([]byte, emulator.MaxState+1)); err == nil {
		t.Error("a seed beyond the limit was taken")
	}
}

func TestSeedContents(t *testing.T) {
	const head = "[[account]]\nappid = \"wx0123456789abcdef\"\n"
	for text, want := range map[string]string{
		"[[account]]\nappid = \"!\"\n":         `account "!": not an appid`,
		head + head:                            `account "wx0123456789abcdef" is listed twice`,
		head + "token = \"a b\"\n":             "token: it takes",
		head + "[account.quota]\n\"/x\" = 1\n": `quota: there is no "/x"`,
		head + "[[account.user]]\n":            `user "": it needs an openid or a name`,
		head + "[[account.user]]\nname=\"a\"\n[[account.user]]\nname=\"a\"\n":    "is listed twice",
		head + "[[account.user]]\nname=\"a\"\ntags=[1]\n":                        "there is no tag 1",
		head + "[[account.tag]]\nid=1\n":                                         `tag 1 "": it needs`,
		head + "[[account.template]]\ntitle=\"x\"\n":                             "it needs an id",
		head + "menu = \"x\"\n":                                                  "menu:1:1: A20",
		head + "menu = '''{\"button\":[],\"matchrule\":{\"tag_id\":\"1\"}}'''\n": "A11",
		head + "[[fault]]\nstatus = 99\n":                                        "fault 1: status is 99",
	} {
		state, err := emulator.ParseState("seed.toml", []byte(text))
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if _, err = emulator.New(emulator.Config{Seed: state}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
		if fault := bilingual.Fault(err); fault != "" {
			t.Error(fault)
		}
	}
}

// TestSnapshot fills an emulator with everything there is, and finds all of
// it in another one that takes over its snapshot.
func TestSnapshot(t *testing.T) {
	b := newBench(t, templates)
	b.ok("POST", createPath, goodMenu)
	b.ok("POST", addPath, ruled("100", "1"))
	b.ok("POST", stableURL, stableBody(false))
	b.ok("GET", "/cgi-bin/ticket/getticket?type=jsapi", "")
	b.create(`{"action_name":"QR_LIMIT_STR_SCENE","action_info":{"scene":{"scene_str":"door"}}}`)
	media := b.upload("image", "a.png", 1000)
	b.act("alice", "text", "hi\n\"there\" '''")
	b.act("alice", "accept", "NOTE")
	code := b.act("bob", "code", "").Code
	b.act("bob", "oauth", "")
	b.ok("POST", sendPath, hello("alice"))
	b.ok("POST", "/cgi-bin/message/template/send", templateBody("alice", "ORDER", `{"first":{"value":"a"},"keyword1":{"value":"b"}}`, `,"client_msg_id":"k"`))
	b.control(200, "POST", "faults", `{"path":"/never","drop":true,"delay":"1s"}`)
	b.control(200, "POST", "clock", `{"advance":"90s"}`)

	text := b.do("GET", "/__wxdev/snapshot", "").Body.String()
	other := newBench(t, "")
	other.clock.now = b.clock.now
	other.token = b.token
	if w := other.do("POST", "/__wxdev/snapshot", text); w.Code != 200 {
		t.Fatalf("restore: %s", w.Body)
	}
	if again := other.do("GET", "/__wxdev/snapshot", "").Body.String(); again != text {
		t.Errorf("the snapshot of the snapshot differs:\n%s\nwant\n%s", again, text)
	}
	if got, want := other.do("GET", "/cgi-bin/menu/get", "").Body.String(), b.do("GET", "/cgi-bin/menu/get", "").Body.String(); got != want {
		t.Errorf("menu %s, want %s", got, want)
	}
	if n := other.do("GET", "/cgi-bin/media/get?media_id="+media, "").Body.Len(); n != 1000 {
		t.Errorf("%d bytes of the file", n)
	}
	other.ok("GET", "/sns/jscode2session?"+credentials+"&grant_type=authorization_code&js_code="+code, "")
	other.ok("POST", "/cgi-bin/message/subscribe/send", templateBody("alice", "NOTE", `{"thing1":{"value":"a"},"time2":{"value":"1"},"amount3":{"value":"1"}}`, ""))

	// it is the state to reset to as well
	other.ok("GET", "/cgi-bin/menu/delete", "")
	other.control(200, "POST", "reset", "")
	if got := other.do("GET", "/__wxdev/snapshot", "").Body.String(); got != text {
		t.Error("a reset does not come back to the snapshot")
	}
	other.control(400, "POST", "snapshot", "[[account]]\nappid = 1")
	other.control(400, "POST", "snapshot", "[[account]]\nappid = \"!\"")
}

// TestSnapshotOfOddBytes: what clients and servers sent that is no UTF-8, or
// has control characters, does not spoil the snapshot.
func TestSnapshotOfOddBytes(t *testing.T) {
	b := newBench(t, people)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "<xml><ToUserName>"+message.OpenID("alice")+"</ToUserName><Content>\x00\xff\x1b</Content></xml>")
	}))
	defer srv.Close()
	b.withServer(&server{Server: srv}, "plain")
	b.act("alice", "text", "\u0085''' \\ \" \t")
	b.ok("POST", sendPath, custom("alice", "text", "{\"content\":\"\xff \u2028\"}"))
	b.upload("image", "\xff\"\\.png", 3)
	b.control(400, "POST", "users/%ff/text", "value=x")
	first, err := b.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Restore("snapshot", first); err != nil {
		t.Fatalf("%v in\n%s", err, first)
	}
}

func TestReset(t *testing.T) {
	b := newBench(t, people)
	b.ok("POST", createPath, goodMenu)
	b.act("alice", "text", "hi")
	b.control(200, "POST", "clock", `{"advance":"1h"}`)
	b.control(200, "POST", "reset", "")
	b.fails(40001, "GET", "/cgi-bin/menu/get", "") // the token is gone too
	b.login()
	b.fails(46003, "GET", "/cgi-bin/menu/get", "")
	if chat, err := b.Chat("", "alice"); err != nil || len(chat) != 0 {
		t.Errorf("chat %+v, %v", chat, err)
	}
	if !b.Now().Equal(start) {
		t.Errorf("the clock shows %v", b.Now())
	}
	if n := len(b.Log(emulator.Match{})); n != 3 {
		t.Errorf("%d entries in the log", n)
	}
}

// TestConfigAccounts: what the Config says of an account beats the seed, and
// its secrets are in no snapshot.
func TestConfigAccounts(t *testing.T) {
	state, err := emulator.ParseState("seed", []byte(people))
	if err != nil {
		t.Fatal(err)
	}
	e, err := local.New(emulator.Config{Seed: state, Accounts: []emulator.Account{
		{AppID: "wx0123456789abcdef", Secret: "hush1", Token: "hush2", AESKey: strings.Repeat("h", 43), Mode: "safe"},
		{AppID: "wx00000000000000aa", Secret: "hush3"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{Emulator: e, t: t}
	b.token = b.ok("GET", "/cgi-bin/token?grant_type=client_credential&appid=wx0123456789abcdef&secret=hush1", "")["access_token"].(string)
	b.ok("GET", "/cgi-bin/user/info?openid="+message.OpenID("alice"), "")
	text, err := b.Snapshot()
	if err != nil || strings.Contains(string(text), "hush") || strings.Contains(string(text), "hhhh") {
		t.Errorf("snapshot %s, %v", text, err)
	}
	// whoever has the Config has the secrets after a restore as well
	if err := b.Restore("snapshot", text); err != nil {
		t.Fatal(err)
	}
	b.ok("GET", "/cgi-bin/token?grant_type=client_credential&appid=wx00000000000000aa&secret=hush3", "")
	if got := b.control(200, "GET", "accounts/wx0123456789abcdef", ""); got["mode"] != "safe" {
		t.Errorf("account %v", got)
	}
}

// TestExampleSeed reads the commented seed of testdata.
func TestExampleSeed(t *testing.T) {
	text, err := os.ReadFile("../../testdata/emulator/seed.toml")
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, string(text))
	b.ok("GET", "/cgi-bin/menu/get", "")
}
