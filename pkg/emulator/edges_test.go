package emulator_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
)

// TestSeparators: U+2028 and U+2029 go through as they are, as everything
// does on WeChat's side; a backslash in front of the letters is another text.
func TestSeparators(t *testing.T) {
	b := newBench(t, "")
	const key = "a\u2028b\u2029c"
	b.ok("POST", createPath, `{"button":[{"type":"click","name":"x","key":"`+key+`\\u2028\"<>&"}]}`)
	got := b.do("GET", "/cgi-bin/menu/get", "").Body.String()
	if !strings.Contains(got, `"key":"`+key+`\\u2028\"<>&"`) {
		t.Errorf("menu/get %s", got)
	}
}

// TestTokensAreForgotten: thousands of tokens of one kind push each other
// out, and leave those of the other kind alone.
func TestTokensAreForgotten(t *testing.T) {
	b := newBench(t, "[[account]]\nappid = \"wx0123456789abcdef\"\n[account.quota]\n\"/cgi-bin/token\" = 0\n")
	stable := b.ok("POST", stableURL, stableBody(false))["access_token"].(string)
	first := b.token
	for range 5000 {
		b.do("GET", tokenURL, "")
	}
	b.login()
	b.ok("GET", anyCall, "")
	b.with(stable).ok("GET", anyCall, "")
	b.with(first).fails(40001, "GET", anyCall, "")
	b.clock.pass(2 * time.Hour)
	b.with(first).fails(40001, "GET", anyCall, "") // and not 42001: it is not known any more
}

// TestRandFails: a source of randomness that ends is replaced.
func TestRandFails(t *testing.T) {
	e, err := local.New(emulator.Config{Rand: iotest.ErrReader(errors.New("empty"))})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{Emulator: e, t: t}
	b.login()
	first := b.token
	if b.login(); b.token == first {
		t.Error("the token is the same")
	}
}

// TestFieldRules holds the values of subscription messages to the page.
func TestFieldRules(t *testing.T) {
	var content strings.Builder
	rules := []struct{ field, good, bad string }{
		{"thing1", strings.Repeat("字", 20), strings.Repeat("字", 21)},
		{"number2", "12.5", "twelve"},
		{"letter3", "abc", "a1"},
		{"symbol4", "+-*/!", "+-*/!?"},
		{"character_string5", "A-1", "A 1"},
		{"phone_number6", "+86-0766-66888866", "none"},
		{"car_number7", "粤A8Z888挂", "粤A8Z888挂挂"},
		{"name8", "张三", strings.Repeat("三", 11)},
		{"name9", "Zhang San", strings.Repeat("x", 21)},
		{"phrase10", "配送中", "delivery"},
		{"amount11", "￥100.00元", "a lot"},
		{"date12", "2019年10月1日", "today"},
		{"other13", "anything", ""},
	}
	good := map[string]string{}
	for _, r := range rules {
		fmt.Fprintf(&content, "{{%s.DATA}}\n", r.field)
		good[r.field] = r.good
	}
	b := newBench(t, templates+"[[account.template]]\nid = \"ALL\"\nsubscribe = true\ncontent = '''"+content.String()+"'''\n")
	data := func(field, value string) string {
		var parts []string
		for name, v := range good {
			if name == field {
				v = value
			}
			parts = append(parts, fmt.Sprintf(`"%s":{"value":"%s"}`, name, v))
		}
		return templateBody("bob", "ALL", "{"+strings.Join(parts, ",")+"}", "")
	}
	const path = "/cgi-bin/message/subscribe/send"
	b.act("bob", "accept", "ALL")
	for _, r := range rules {
		if got := b.fails(47003, "POST", path, data(r.field, r.bad)); !strings.Contains(got, "data."+r.field+".value") {
			t.Errorf("%s: %s", r.field, got)
		}
	}
	b.ok("POST", path, data("", ""))
}

// TestTemplateWithoutText takes any fields. One without a value is blank.
func TestTemplateWithoutText(t *testing.T) {
	b := newBench(t, people+"[[account.template]]\nid = \"ANY\"\n")
	const path = "/cgi-bin/message/template/send"
	b.ok("POST", path, templateBody("alice", "ANY", `{"b":{"value":"2"},"a":{"value":"1"}}`, ""))
	chat, err := b.Chat("", "alice")
	if err != nil || len(chat) != 1 || chat[0].Text != "a: 1\nb: 2" {
		t.Errorf("chat %+v, %v", chat, err)
	}
	b.ok("POST", path, templateBody("alice", "ANY", `{"a":{}}`, ""))
	b.fails(40166, "POST", path, templateBodyLinked(b))
}

// templateBodyLinked links to a mini program that is not the account's.
func templateBodyLinked(b *bench) string {
	b.t.Helper()
	if err := b.UpdateAccount("", func(a *emulator.Account) error {
		a.MiniPrograms = []string{"wx00000000000000aa"}
		return nil
	}); err != nil {
		b.t.Fatal(err)
	}
	return templateBody("alice", "ANY", `{"a":{"value":"1"}}`, `,"miniprogram":{"appid":"wx00000000000000bb"}`)
}

// TestChatIsBounded keeps the newest lines.
func TestChatIsBounded(t *testing.T) {
	b := newBench(t, "")
	for i := range 510 {
		b.act("alice", "text", fmt.Sprint(i))
	}
	chat, err := b.Chat("", "alice")
	if err != nil || len(chat) != 500 || chat[0].Text != "10" || chat[499].Text != "509" {
		t.Errorf("%d lines, %v", len(chat), err)
	}
}

// TestPermanentCodes are at most 100000.
func TestPermanentCodes(t *testing.T) {
	b := newBench(t, "")
	if err := b.UpdateAccount("", func(a *emulator.Account) error {
		for i := range 100_000 {
			a.QRCodes = append(a.QRCodes, &emulator.QRCode{Ticket: fmt.Sprint("t", i), ID: fmt.Sprint("i", i), SceneID: int64(i + 1)})
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	b.fails(45029, "POST", qrCreate, `{"action_name":"QR_LIMIT_SCENE","action_info":{"scene":{"scene_id":1}}}`)
	b.ok("POST", qrCreate, `{"action_name":"QR_SCENE","action_info":{"scene":{"scene_id":1}}}`)
}

// TestHead is a GET without the body.
func TestHead(t *testing.T) {
	b := newBench(t, "")
	if w := b.do("HEAD", anyCall, ""); w.Code != 200 || w.Header().Get("Content-Type") != "application/json; encoding=utf-8" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

// TestUnknownPath answers clearly, and with what may be meant.
func TestUnknownPath(t *testing.T) {
	b := newBench(t, "")
	for path, want := range map[string]string{
		"/cgi-bin/menu/creat": "did you mean /cgi-bin/menu/create?",
		"/pay/unifiedorder":   "the wxdev emulator does not answer GET /pay/unifiedorder",
		"/":                   "its control API is under /__wxdev/",
		"//cgi-bin/menu/get":  "did you mean /cgi-bin/menu/get?",
	} {
		w := b.do("GET", path, "")
		if w.Code != 200 || !strings.Contains(w.Body.String(), want) || !strings.Contains(w.Body.String(), `"errcode":40066`) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}
