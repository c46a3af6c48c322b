package receiver_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/bilingual"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/reply"
)

const manyRules = `
# what a shop answers
[[rule]]
type  = "text"
text  = '(?i)^price \d+'
reply = { type = "text", content = "ask us" }

[[rule]]
type = "subscribe_scene"
key  = "qrscene_.*"
[rule.reply]
type = "news"
[[rule.reply.articles]]
title = "A"
url   = "https://example.com/a"
[[rule.reply.articles]]
title   = "B"
pic_url = "https://example.com/b.jpg"

[[rule]]
event = "click"
key   = "MENU_[12]"
reply = { type = "image", media_id = "m1" }

[[rule]]
event = "CLICK"
reply.type = "voice"
reply.media_id = "m2"

[[rule]]
type  = "image"
reply = { type = "video", media_id = "m3", title = "T", description = "D" }

[[rule]]
type  = "voice"
reply = { type = "music", thumb_media_id = "m4", title = "T", url = "https://example.com/a.mp3" }

[[rule]]
type  = "link"
reply = { type = "news", articles = [{ title = "one", description = "d" }, { title = "two" }] }

[[rule]]
type  = "location"
reply = { type = "transfer", account = "kf1@wx" }

[[rule]]
type  = "event"
reply = { type = "success" }

[[rule]]
text  = ".*"
reply = { type = "text", content = "what?" }
`

func parse(t *testing.T, file string) *receiver.Rules {
	t.Helper()
	r, err := receiver.ParseRules("replies.toml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// of is a message of a type, with fields.
func of(t *testing.T, name string, set ...string) *message.Message {
	t.Helper()
	kind, ok := message.LookupType(name)
	if !ok {
		t.Fatalf("no type %s", name)
	}
	m := kind.New(message.OpenID("alice"), message.OriginalID("demo"), time.Now(), 1)
	for i := 0; i < len(set); i += 2 {
		if err := m.Set(set[i], set[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func TestRules(t *testing.T) {
	rules := parse(t, manyRules)
	if rules.Len() != 10 {
		t.Errorf("%d rules", rules.Len())
	}
	for _, c := range []struct {
		in   *message.Message
		want string
	}{
		{of(t, "text", "Content", "Price 12"), "text Content=ask us"},
		{of(t, "text", "Content", "the price 12"), "text Content=what?"},
		{of(t, "text", "Content", "a\nb"), "text Content=what?"},
		{of(t, "text", "Content", ""), "text Content=what?"},
		{of(t, "subscribe_scene"), "news Title=A Url=https://example.com/a Title=B PicUrl=https://example.com/b.jpg"},
		{of(t, "subscribe"), "success"},
		{of(t, "click", "EventKey", "MENU_2"), "image MediaId=m1"},
		{of(t, "click", "EventKey", "MENU_21"), "voice MediaId=m2"},
		{of(t, "image"), "video MediaId=m3 Title=T Description=D"},
		{of(t, "voice"), "music Title=T MusicUrl=https://example.com/a.mp3 ThumbMediaId=m4"},
		{of(t, "link"), "news Title=one Description=d Title=two"},
		{of(t, "location"), "transfer_customer_service KfAccount=kf1@wx"},
		{of(t, "report_location"), "success"},
		{of(t, "video"), "success"}, // no rule fits
	} {
		if got := shown(rules.Reply(c.in, time.Now())); got != c.want {
			t.Errorf("%s: %s, want %s", c.in.Label(), got, c.want)
		}
	}
}

// shown is a reply's type and what it says.
func shown(m *message.Message) string {
	if m == nil {
		return "success"
	}
	s := m.Get("MsgType")
	var add func(fields []*message.Field)
	add = func(fields []*message.Field) {
		for _, f := range fields {
			add(f.Children)
			if f.Value != "" && f.Kind != message.Group && !slices.Contains(envelope, f.Name) {
				s += " " + f.Name + "=" + f.Value
			}
		}
	}
	add(m.Fields)
	return s
}

var envelope = []string{"ToUserName", "FromUserName", "CreateTime", "MsgType", "ArticleCount"}

// TestRulesMakeRightReplies: what a rule answers breaks no rule of WeChat's.
func TestRulesMakeRightReplies(t *testing.T) {
	rules := parse(t, manyRules)
	for _, kind := range message.Types() {
		in := kind.New(message.OpenID("alice"), message.OriginalID("demo"), time.Now(), 1)
		m := rules.Reply(in, time.Now())
		if m == nil {
			continue
		}
		body, err := m.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		problems := reply.Judge(body, reply.Asked{Message: in}).Findings
		for _, p := range problems {
			if p.Severity == finding.Error {
				t.Errorf("%s: %s %s %v in %s", kind.Name, p.ID, p.Variant, p.Facts, body)
			}
		}
	}
}

// TestRuleFaults: each mistake has its place, and a hint.
func TestRuleFaults(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{"", `f:1:1: the file has no rule`},
		{"# nothing\n", `f:1:1: the file has no rule`},
		{"[rule]\n", `f:1:2: a rule has two pairs of brackets; write [[rule]]`},
		{"[[rules]]\n", `f:1:3: unknown table [rules]; did you mean [[rule]]?`},
		{"[[rule]]\n[other]\n", `f:2:2: unknown table [other]; the table is [[rule]]`},
		{"text = 'a'\n[[rule]]\n", `f:1:1: text is outside a rule; write [[rule]] on a line above it`},
		{"colour = 'a'\n", `f:1:1: unknown key "colour"; the keys here are`},
		{"rule = [1]\n", `f:1:1: a rule has two pairs of brackets`},
		{"rule = 1\n", `f:1:1: a rule has two pairs of brackets`},
		{"[[rule]]\n", `f:1:3: the rule has no reply; write reply =`},
		{"[[rule]]\ntxt = 'a'\n", `f:2:1: unknown key "txt"; did you mean text?`},
		{"[[rule]]\n  evnt = 'a'\n", `f:2:3: unknown key "evnt"; did you mean event?`},
		{"[[rule]]\ntext = 1\n", `f:2:1: text is a number, not text`},
		{"[[rule]]\ntext = ''\n", `f:2:1: text is empty; leave it out`},
		{"[[rule]]\ntext = '('\n", "f:2:1: text is not a regular expression: missing closing ): `(`"},
		{"[[rule]]\nkey = 'a)('\n", "f:2:1: key is not a regular expression: unexpected ): `a)(`"},
		{"[[rule]]\ntype = 'txt'\n", `f:2:1: there is no message type "txt"; did you mean text?`},
		{"[[rule]]\ntype = 'zzzzzzz'\n", `f:2:1: there is no message type "zzzzzzz"; 'wxdev send list'`},
		{"[[rule]]\nreply = 'hi'\n", `f:2:1: reply is text, not a table; write reply = {`},
		{"[[rule]]\nreply = {}\n", `f:2:1: the reply has no type`},
		{"[[rule]]\nreply.content = 'x'\n", `f:2:7: the reply has no type`},
		{"[[rule]]\nreply = { type = 'txt' }\n", `f:2:11: there is no reply type "txt"; did you mean text?`},
		{"[[rule]]\nreply = { type = 'gif' }\n", `f:2:11: there is no reply type "gif"; it takes text, image, voice`},
		{"[[rule]]\nreply = { type = 'text' }\n", `f:2:11: a reply of type text needs content`},
		{"[[rule]]\nreply = { type = 5 }\n", `f:2:11: type is a number, not text`},
		{"[[rule]]\nreply = { tipe = 'text' }\n", `f:2:11: unknown key "tipe"; did you mean type?`},
		{"[[rule]]\nreply = { type = 'text', text = 'x' }\n", `f:2:26: a reply of type text has no text; remove it`},
		{"[[rule]]\nreply = { type = 99999999999999999999 }", `f:2:11: type is a number, not text`},
		{"[[rule]]\ntext.x = 'a'\n", `f:2:6: unknown key "x"; the keys here are`},
		{"[[rule]]\n[[rule.reply]]\n", `f:2:8: unknown table [rule.reply]; the table is [[rule]]`},
		{"[[rule]]\n[rule.reply.content.x]\n", `f:2:21: unknown table [rule.reply.content.x]`},
		{"[rule.text]\n", `f:1:7: unknown table [rule.text]`},
		{"rule.text = 'a'\n", `f:1:6: a rule has two pairs of brackets`},
		{"a.b = 1\n", `f:1:3: unknown key "b"; the keys here are`},
		{"[[rule]]\nreply = { type = 'image' }\n", `f:2:11: a reply of type image needs media_id`},
		{"[[rule]]\nreply = { type = 'news', articles = 'x' }\n", `f:2:26: articles is text, not a list`},
		{"[[rule]]\nreply = { type = 'news', articles = ['x'] }\n", `f:2:26: an article is text, not a table`},
		{"[[rule]]\nreply = { type = 'news', articles = [{ url = 'x' }] }", `f:2:26: an article has no title`},
		{"[[rule]]\nreply = { type = 'news', articles = [{ tite = 'x' }] }", `f:2:40: unknown key "tite"; did you mean title?`},
		{"[[rule]]\nreply.articles.title = 'x'", `f:2:16: an article is outside the list`},
		{"[[rule]]\nreply.content.x = 'x'", `f:2:15: unknown key "x"`},
		{"[rule.reply]\ntype = 'text'\n", `f:1:7: a reply is outside a rule`},
		{"[[rule.reply.articles]]\n", `f:1:14: a reply is outside a rule`},
		{"[[rule]]\nreply = { type = 'text', content = 'x', media_id = 'y' }", `f:2:41: a reply of type text has no media_id; remove it`},
		{"[[rule]]\nreply = { type = 'success', content = 'x' }", `f:2:29: a reply of type success has no content`},
		{"[[rule]]\ntext = 'a'\ntext = 'b'\nreply = { type = 'success' }", `f:3:1: this is already defined in another way`},
		{"[[rule]]\ntext = \"a", `f:2:`},
		{"[[rule]]\ntext : 'a'\n", `f:2:6: not TOML: key and value are joined by =`},
		{"\xff\xfea\x00", `f:1:1: the file is UTF-16`},
		{"[[rule]]\n# caf\xe9\n", `f:2:6: not UTF-8; it may be GBK`},
		{"[[rule]]\n# 备注 \xb2\xe2\n", `f:2:6: not UTF-8`},
		{"\uFEFF[[rule]]\ntype = 1\n", `f:2:1: type is a number, not text`},
	} {
		file, want := c.file, c.want
		_, err := receiver.ParseRules("f", []byte(file))
		var at *finding.FileError
		if !errors.As(err, &at) {
			t.Errorf("%q: %v", file, err)
			continue
		}
		if got := fmt.Sprint(at.Error(), "; ", at.HintIn(finding.English)); !strings.HasPrefix(got, want) {
			t.Errorf("%q:\n%s, want\n%s", file, got, want)
		}
		if fault := bilingual.Fault(err); fault != "" {
			t.Error(fault)
		}
	}
}

// FuzzRules: no file panics or makes a reply that cannot be written.
func FuzzRules(f *testing.F) {
	f.Add([]byte(manyRules))
	f.Add([]byte("[[rule]]\nreply.type = 'text'\nreply.content = \"\\u0002\"\n"))
	f.Add([]byte("[[rule]]\nreply = { type = 'news', articles = [{ title = 'a' }] }\n[[rule.reply.articles]]\ntitle='b'"))
	kinds := message.Types()
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := receiver.ParseRules("f", data)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f:") {
				t.Errorf("%v has no place", err)
			}
			return
		}
		for _, kind := range kinds {
			in := kind.New("o", "gh", time.Unix(1700000000, 0), 1)
			m := r.Reply(in, time.Unix(1700000000, 0))
			if m == nil {
				continue
			}
			if body, err := m.Append(nil); err == nil {
				if got, _ := reply.Parse(body); !got.IsMessage() {
					t.Errorf("%q is %s", body, got.Type)
				}
			}
		}
	})
}
