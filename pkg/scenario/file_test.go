package scenario

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/recording"
)

// TestFileLayout pins how a file looks.
func TestFileLayout(t *testing.T) {
	f := &File{
		Head:     "First.\n\nSecond \x00\r\x1b.",
		Settings: Table{{Key: "name", Value: "a \"b\"", Remark: "one", Off: true}, {Key: "fresh", Value: false}},
		Steps: []Block{
			{Above: "why", Keys: Table{
				{Key: "send", Value: "text"},
				{Key: "later", Value: Table{{Key: "type", Value: "text", Remark: "two\nlines"}, {Above: "more", Key: "match", Value: Pattern(`\d'`), Off: true}, {Key: "times", Value: 1}}},
				{Key: "set", Value: Table{{Key: "a.b", Value: "你好"}}},
			}},
			{Above: "off", Off: true, Keys: Table{{Key: "send", Value: "click"}, {Key: "expect", Value: Table{{Key: "match", Value: Pattern(`\d`), Remark: "x"}}}}},
		},
	}
	const want = `#:schema https://raw.githubusercontent.com/wxdev/wxdev/main/docs/schemas/scenario.json

# First.
#
# Second .

# name  = "a \"b\""   # one
fresh = false

# why
[[step]]
send = "text"
set  = { "a.b" = "你好" }

[step.later]
type = "text"   # two
                # lines

# more
#
# match = "\\d'"
times = 1

# off
#
# [[step]]
# send = "click"
# [step.expect]
# match = '\d'   # x
`
	got := string(f.Append(nil))
	if got != want {
		t.Errorf("got\n%s", got)
	}
	if _, err := Parse("f", []byte(got)); err != nil {
		t.Error(err)
	}
}

// keysOf is what a file says of a step, as far as recordings make steps.
func keysOf(s *Step) Table {
	var t Table
	t.addText("send", s.Send)
	if s.value != nil {
		t.add("value", s.value.text)
	}
	fields := func(all []assignment) (inner Table) {
		for _, a := range all {
			inner.add(a.path, a.value.text)
		}
		return inner
	}
	if len(s.set) > 0 {
		t.add("set", fields(s.set))
	}
	t.addText("from", s.From)
	t.addText("to", s.to)
	t.addText("mode", string(s.mode))
	t.addText("format", string(s.format))
	if s.raw {
		t.add("raw", true)
	}
	if s.Duplicate > 0 {
		t.add("duplicate", s.Duplicate)
	}
	var e Table
	switch {
	case s.expect.text != nil:
		e.add("text", s.expect.text.text)
	case s.expect.articles >= 0:
		e.add("articles", s.expect.articles)
	default:
		e.addText("type", s.expect.typ)
	}
	if len(s.expect.fields) > 0 {
		e.add("fields", fields(s.expect.fields))
	}
	if len(e) > 0 {
		t.add("expect", e)
	}
	return t
}

// full is a step's keys with those that the file has for all steps.
func (f *File) full(keys Table) Table {
	order := []string{"send", "value", "set", "from", "to", "mode", "format", "raw", "duplicate", "expect"}
	all := append(append(Table{{Key: "from", Value: firstUser}}, f.Settings...), keys...)
	var t Table
	for _, name := range order {
		for i := len(all) - 1; i >= 0; i-- {
			if all[i].Key == name {
				t = append(t, all[i])
				break
			}
		}
	}
	return t
}

// FuzzRecorded: whatever was recorded, in whatever order, the file says the steps
// that were made, and has nobody's OpenID.
func FuzzRecorded(f *testing.F) {
	const alice, bob = "oAlice_789012345678901234567", "oBob___789012345678901234567"
	f.Add("<xml><ToUserName>gh</ToUserName><FromUserName>"+alice+"</FromUserName><MsgType>text</MsgType><Content>\x02 "+bob+" {{ a-b }}</Content></xml>",
		"<xml><MsgType>text</MsgType><Content>a\"\\\u2028"+alice+"</Content></xml>", "text")
	f.Add(`{"MsgType":"event","Event":"CLICK","EventKey":"a","X":[{"b":[1,2]},{"b":3}],"FromUserName":"`+bob+`"}`, `{"MsgType":"transfer_customer_service"}`, "click")
	f.Add("<xml><MsgType>event</MsgType><Event>pic_weixin</Event><SendPicsInfo><PicList><item/><item><a.b>1</a.b></item></PicList></SendPicsInfo></xml>", "success", "scan")
	f.Add("<xml><MsgType>text</MsgType><Content><![CDATA[]]]]><![CDATA[> '\"\n# [[step]]\nsend]]></Content></xml>", "<xml><MsgType>news</MsgType><Articles><item><Title>"+bob+"</Title></item></Articles></xml>", "location")
	f.Fuzz(func(t *testing.T, m, reply, kind string) {
		x := &recording.Record{Mode: "plain", Message: recording.Text(m), Answer: recording.Answer{Status: 200, Body: recording.Text(reply)}}
		list := []*recording.Record{x, x}
		if k, ok := message.LookupType(kind); ok {
			b, err := k.New(bob, "gh", time.Unix(1_700_000_000, 0), 7).Append(nil)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, &recording.Record{Mode: "safe", Message: recording.Text(b), Answer: recording.Answer{Body: recording.Text(reply)}})
		}
		made, _ := FromRecordings(list, Comments{Head: "head", Findings: func(ids []string) string { return strings.Join(ids, ", ") }})
		if made == nil {
			return
		}
		file := string(made.Append(nil))
		for _, x := range list {
			m, err := x.ReadMessage()
			if err == nil && message.IsOpenID(m.Get("FromUserName")) && strings.Contains(file, m.Get("FromUserName")) {
				t.Errorf("an OpenID is in\n%s", file)
			}
		}
		s, err := Parse("f", []byte(file))
		if err != nil || len(s.Steps) != len(made.Steps) {
			t.Fatalf("%d steps, %v in\n%s", len(made.Steps), err, file)
		}
		for i, st := range s.Steps {
			got, want := fmt.Sprintf("%#v", keysOf(st)), fmt.Sprintf("%#v", asRead(made.full(made.Steps[i].Keys)))
			if got != want {
				t.Errorf("step %d is\n%s\nwant\n%s\nin\n%s", i+1, got, want, file)
			}
		}
	})
}

// asRead is a table as TOML can hold it: a byte that is not UTF-8 is U+FFFD.
func asRead(t Table) Table {
	out := make(Table, len(t))
	for i, l := range t {
		switch v := l.Value.(type) {
		case string:
			l.Value = string([]rune(v))
		case Table:
			l.Value = asRead(v)
		}
		l.Key = string([]rune(l.Key))
		out[i] = l
	}
	return out
}

// TestStrangersAreHidden: the file has no OpenID of anybody, whoever names it.
func TestStrangersAreHidden(t *testing.T) {
	const alice, bob, carol = "oAlice_789012345678901234567", "oBob___789012345678901234567", "oCarol_789012345678901234567"
	text := func(from, content, reply string) *recording.Record {
		return &recording.Record{
			Message: recording.Text("<xml><FromUserName>" + from + "</FromUserName><MsgType>text</MsgType><Content>" + content + "</Content><MsgId>" + content + "</MsgId></xml>"),
			Answer:  recording.Answer{Status: 200, Body: recording.Text("<xml><ToUserName>" + from + "</ToUserName><MsgType>text</MsgType><Content>" + reply + "</Content></xml>")},
		}
	}
	made, left := FromRecordings([]*recording.Record{
		text(alice, "I am "+alice, "hello "+alice),
		text(alice, "who is "+bob, "a stranger"),
		text(bob, "give it to "+carol, alice+" and "+carol),
		text(bob, "order_a_menu_key_of_28_chars", "ok"),
	}, Comments{})
	var got []string
	for _, b := range made.Steps {
		got = append(got, fmt.Sprint(b.Keys))
	}
	want := []string{
		fmt.Sprint(Table{{Key: "send", Value: "text"}, {Key: "value", Value: "I am {{openid}}"}, {Key: "expect", Value: Table{{Key: "text", Value: "hello {{openid}}"}}}}),
		fmt.Sprint(Table{{Key: "send", Value: "text"}, {Key: "value", Value: "who is " + message.OpenID("user2")}, {Key: "expect", Value: Table{{Key: "text", Value: "a stranger"}}}}),
		fmt.Sprint(Table{{Key: "send", Value: "text"}, {Key: "value", Value: "give it to " + message.OpenID("somebody else")}, {Key: "from", Value: "user2"}, {Key: "expect", Value: Table{{Key: "type", Value: "text"}}}}),
		fmt.Sprint(Table{{Key: "send", Value: "text"}, {Key: "value", Value: "order_a_menu_key_of_28_chars"}, {Key: "from", Value: "user2"}, {Key: "expect", Value: Table{{Key: "text", Value: "ok"}}}}),
	}
	if !reflect.DeepEqual(got, want) || len(left) > 0 {
		t.Errorf("%v\n%s\nwant\n%s", left, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
