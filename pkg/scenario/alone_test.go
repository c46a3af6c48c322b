package scenario_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/scenario"
)

// TestMessage: a step's message can be made by itself, by whomever and as often
// as wanted; the step's own settings go first.
func TestMessage(t *testing.T) {
	s, err := scenario.Parse("a.toml", []byte(`
[[step]]
send = "text"
value = "{{n}} of {{openid}}"
set = { MsgDataId = "{{n}}" }

[[step]]
send = "image"
to = "gh_own"
format = "json"
`))
	if err != nil {
		t.Fatal(err)
	}
	at, alice := time.Unix(1_800_000_000, 0), message.OpenID("alice")
	m, err := s.Steps[0].Message(alice, "gh_1", at, 5, 7, msgcrypt.XML)
	if err != nil || m.Get("Content") != "7 of "+alice || m.Get("MsgDataId") != "7" || m.Get("MsgId") != "5" || m.Get("ToUserName") != "gh_1" ||
		m.Get("CreateTime") != "1800000000" || m.Format != msgcrypt.XML || s.Steps[0].Type().Name != "text" {
		t.Errorf("%v %+v", err, m)
	}
	if m, err = s.Steps[1].Message(alice, "gh_1", at, 5, 7, msgcrypt.XML); err != nil || m.Get("ToUserName") != "gh_own" || m.Format != msgcrypt.JSON {
		t.Errorf("%v %+v", err, m)
	}
}

// TestCheckAlone names the first variable that an answer gives, in the value or in a
// field, and what is in another mode or format than all, the file's or the step's.
func TestCheckAlone(t *testing.T) {
	const text = "[[step]]\nsend = \"text\"\n"
	const captures = text + "capture = { a = '(\\d+)' }\n\n" + text
	for file, want := range map[string]string{
		captures + `value = "{{a}}"`:               "7 needs-answer",
		captures + `set = { MsgDataId = "{{a}}" }`: "7 needs-answer",
		captures + `value = "a"`:                   "",
		captures + `expect = { text = "{{a}}" }`:   "", // which is not looked at

		text + `mode = "safe"`:                       "",
		"mode = \"safe\"\nformat = \"xml\"\n" + text: "",
		text + "\n" + text + `mode = "plain"`:        "6 alone-differs",
		"mode = \"compat\"\n" + text:                 "1 alone-differs",
		text + `format = "json"`:                     "3 alone-differs",
		text + `value = "\u0001"`:                    "3 character-xml-forbids",
		text + "value = \"\\u0001\"\nraw = true":     "",
	} {
		s, err := scenario.Parse("a.toml", []byte(file))
		if err != nil {
			t.Fatal(err)
		}
		var at *finding.FileError
		got := ""
		if errors.As(s.CheckAlone(msgcrypt.Safe, ""), &at) {
			got = fmt.Sprint(at.Line, " ", at.Msg.(*finding.Reason).ID)
		}
		if got != want {
			t.Errorf("%q, not %q: %s", got, want, file)
		}
	}
	s, err := scenario.Parse("a.toml", []byte("[[step]]\nsend = \"pic_weixin\"\n"))
	if err != nil || s.CheckAlone("", "") != nil || s.CheckAlone("", msgcrypt.JSON) == nil {
		t.Errorf("%v: a type that JSON does not have", err)
	}
}
