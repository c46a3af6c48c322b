package emulator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/message"
)

const (
	sendPath   = "/cgi-bin/message/custom/send"
	typingPath = "/cgi-bin/message/custom/typing"
)

func custom(user, kind, object string) string {
	return fmt.Sprintf(`{"touser":"%s","msgtype":"%s","%s":%s}`, message.OpenID(user), kind, kind, object)
}

func hello(user string) string {
	return custom(user, "text", `{"content":"hello <a href=\"http://x/?a&b\">你</a>"}`)
}

// TestCustomWindows follows 10.1: five messages in 48 hours after the user
// wrote, three in a minute after a menu click, a follow or a scan.
func TestCustomWindows(t *testing.T) {
	b := newBench(t, people)
	b.fails(45015, "POST", sendPath, hello("alice"))
	if e := b.Log(emulator.Match{Kind: "api"}); e[len(e)-1].User != message.OpenID("alice") {
		t.Errorf("the refused call is about %q", e[len(e)-1].User)
	}

	b.act("alice", "text", "hi")
	for range 5 {
		b.ok("POST", sendPath, hello("alice"))
	}
	if got := b.fails(45047, "POST", sendPath, hello("alice")); got != "out of response count limit" {
		t.Errorf("errmsg %q", got)
	}
	b.act("alice", "click", "KEY")
	for range 3 {
		b.ok("POST", sendPath, hello("alice"))
	}
	b.fails(45047, "POST", sendPath, hello("alice"))
	b.act("alice", "text", "again")
	b.clock.pass(48*time.Hour - time.Second)
	b.login()
	b.ok("POST", sendPath, hello("alice"))
	b.clock.pass(time.Second)
	if got := b.fails(45015, "POST", sendPath, hello("alice")); got != "response out of time limit or subscription is canceled" {
		t.Errorf("errmsg %q", got)
	}

	b.act("carol", "follow", "")
	for range 3 {
		b.ok("POST", sendPath, hello("carol"))
	}
	b.fails(45047, "POST", sendPath, hello("carol"))
	b.clock.pass(time.Minute)
	b.fails(45015, "POST", sendPath, hello("carol"))

	b.act("carol", "text", "hi")
	b.act("carol", "unfollow", "")
	b.fails(45015, "POST", sendPath, hello("carol"))

	b.act("dave", "enter", "") // a mini program's user
	for range 2 {
		b.ok("POST", sendPath, hello("dave"))
	}
	b.fails(45047, "POST", sendPath, hello("dave"))
	b.fails(40003, "POST", sendPath, `{"touser":"x","msgtype":"text","text":{"content":"a"}}`)
}

// TestCustomSpendsShortWindowFirst: the click's window is used before the
// message's, which lasts longer.
func TestCustomSpendsShortWindowFirst(t *testing.T) {
	b := newBench(t, people)
	b.act("alice", "text", "hi")
	b.act("alice", "click", "KEY")
	for range 3 {
		b.ok("POST", sendPath, hello("alice"))
	}
	b.clock.pass(time.Minute)
	for range 5 {
		b.ok("POST", sendPath, hello("alice"))
	}
	b.fails(45047, "POST", sendPath, hello("alice"))
}

func TestCustomBodies(t *testing.T) {
	b := newBench(t, people+"\n")
	b.act("alice", "text", "hi")
	image, thumb, video := b.upload("image", "a.png", 10), b.upload("thumb", "t.jpg", 10), b.upload("video", "v.mp4", 10)
	for _, c := range []struct {
		kind, object string
		code         int
	}{
		{"text", `{"content":""}`, 44004},
		{"text", `{"content":"` + strings.Repeat("字", 683) + `"}`, 45002},
		{"text", `{"content":"` + strings.Repeat("x", 2048) + `"}`, 0},
		{"image", `{"media_id":"nothing"}`, 40007},
		{"image", `{"media_id":"` + video + `"}`, 40007},
		{"image", `{"media_id":"` + image + `"}`, 0},
		{"voice", `{"media_id":"` + image + `"}`, 40007},
		{"video", `{"media_id":"` + video + `","thumb_media_id":"` + thumb + `","title":"t","description":"d"}`, 0},
		{"video", `{"media_id":"` + video + `","thumb_media_id":"` + image + `"}`, 40007},
		{"music", `{"title":"t","musicurl":"http://m/","hqmusicurl":"http://m/","thumb_media_id":"` + thumb + `"}`, 0},
		{"music", `{"title":"t","thumb_media_id":"` + thumb + `"}`, 41010},
		{"news", `{"articles":[]}`, 44003},
		{"news", `{"articles":[{"title":"a"},{"title":"b"}]}`, 45008},
		{"news", `{"articles":[{"title":"a","url":"http://x/"}]}`, 0},
		{"news", `{"articles":["a"]}`, 40227},
		{"mpnews", `{"media_id":"m"}`, 0},
		{"mpnewsarticle", `{}`, 41011},
		{"msgmenu", `{"head_content":"h","list":[{"id":"1","content":"yes"}],"tail_content":"t"}`, 0},
		{"msgmenu", `{"head_content":"h","list":[]}`, 44005},
		{"msgmenu", `{"list":[{"id":"1"}]}`, 44004},
		{"wxcard", `{"card_id":"c"}`, 0},
		{"miniprogrampage", `{"title":"t","appid":"wx1","pagepath":"pages/a","thumb_media_id":"` + image + `"}`, 0},
		{"miniprogrampage", `{"title":"t","appid":"wx1","thumb_media_id":"` + image + `"}`, 40165},
		{"link", `{"title":"t","description":"d","url":"http://x/","thumb_url":"http://x/"}`, 0},
		{"link", `{"title":"t"}`, 41010},
		{"location", `{}`, 40008},
		{"text", `"hello"`, 44004},
	} {
		if c.code == 0 {
			b.act("alice", "text", "hi")
			b.ok("POST", sendPath, custom("alice", c.kind, c.object))
		} else {
			b.fails(c.code, "POST", sendPath, custom("alice", c.kind, c.object))
		}
	}
}

func TestCustomKFAccount(t *testing.T) {
	b := newBench(t, "[[account]]\nappid = \"wx0123456789abcdef\"\nkf_accounts = [\"a@x\"]\n")
	b.act("alice", "text", "hi")
	with := func(kf string) string {
		return strings.TrimSuffix(hello("alice"), "}") + `,"customservice":{"kf_account":"` + kf + `"}}`
	}
	b.ok("POST", sendPath, with("a@x"))
	b.fails(65401, "POST", sendPath, with("b@x"))
}

// TestOutbox finds in the user's outbox what the server sent.
func TestOutbox(t *testing.T) {
	b := newBench(t, people)
	b.act("alice", "text", "hi")
	b.ok("POST", sendPath, hello("alice"))
	out := b.control(200, "GET", "users/alice/outbox", "")["outbox"].([]any)
	if len(out) != 1 {
		t.Fatalf("outbox %v", out)
	}
	item := out[0].(map[string]any)
	if item["via"] != "custom" || item["type"] != "text" || item["text"] != `hello <a href="http://x/?a&b">你</a>` || item["body"] != hello("alice") {
		t.Errorf("item %v", item)
	}
	chat, err := b.Chat("", "alice")
	if err != nil || len(chat) != 2 || chat[0].From != "user" || chat[0].Text != "hi" {
		t.Errorf("chat %+v, %v", chat, err)
	}
}

func TestTyping(t *testing.T) {
	b := newBench(t, people)
	body := func(command string) string {
		return `{"touser":"` + message.OpenID("alice") + `","command":"` + command + `"}`
	}
	b.fails(45072, "POST", typingPath, body("typing"))
	b.fails(45080, "POST", typingPath, body("Typing"))
	b.act("alice", "text", "hi")
	b.ok("POST", typingPath, body("Typing"))
	b.fails(45081, "POST", typingPath, body("Typing"))
	b.ok("POST", typingPath, body("CancelTyping"))
	b.ok("POST", typingPath, body("Typing"))
	b.ok("POST", sendPath, hello("alice")) // ends it
	b.ok("POST", typingPath, body("Typing"))
	b.clock.pass(31 * time.Second)
	b.fails(45080, "POST", typingPath, body("Typing"))
	b.fails(40003, "POST", typingPath, `{"touser":"x","command":"Typing"}`)
}

// upload stores a file of n bytes and returns its id.
func (b *bench) upload(kind, name string, n int) string {
	b.t.Helper()
	v := b.uploadTo("/cgi-bin/media/upload?type="+kind, name, bytes.Repeat([]byte{0xFF}, n))
	id, _ := v["media_id"].(string)
	if kind == "thumb" {
		id, _ = v["thumb_media_id"].(string)
	}
	if id == "" || v["created_at"] != json.Number(fmt.Sprint(b.clock.Now().Unix())) || v["type"] != kind {
		b.t.Fatalf("upload: %v", v)
	}
	return id
}

// TestEscapes: of characters beyond ASCII, phones show the escapes.
func TestEscapes(t *testing.T) {
	b := newBench(t, people)
	b.act("alice", "text", "hi")
	for _, c := range []struct{ sent, seen string }{
		{`\u4f60\u597d`, `\u4f60\u597d`},
		{`a\u003db \u0026 \n`, "a=b & \n"},
		{`\\u4f60`, `\u4f60`},
		{`你好`, `你好`},
	} {
		b.ok("POST", "/cgi-bin/message/custom/send", `{"touser":"`+message.OpenID("alice")+`","msgtype":"text","text":{"content":"`+c.sent+`"}}`)
		if chat, err := b.Chat("", "alice"); err != nil || chat[len(chat)-1].Text != c.seen {
			t.Errorf("%s is shown as %q, %v; want %q", c.sent, chat[len(chat)-1].Text, err, c.seen)
		}
	}
}
