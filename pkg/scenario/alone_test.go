package scenario_test

import (
	"errors"
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
	if err != nil || s.NeedsAnswers() != nil {
		t.Fatal(err, s.NeedsAnswers())
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

// TestNeedsAnswers names the first variable that an answer gives, in the value or
// in a field.
func TestNeedsAnswers(t *testing.T) {
	const captures = "[[step]]\nsend = \"text\"\ncapture = { a = '(\\d+)' }\n\n[[step]]\nsend = \"text\"\n"
	for file, line := range map[string]int{
		captures + `value = "{{a}}"`:               7,
		captures + `set = { MsgDataId = "{{a}}" }`: 7,
		captures + `value = "a"`:                   0,
		captures + `expect = { text = "{{a}}" }`:   0, // which is not looked at
	} {
		s, err := scenario.Parse("a.toml", []byte(file))
		if err != nil {
			t.Fatal(err)
		}
		var at *finding.FileError
		if err := s.NeedsAnswers(); errors.As(err, &at) != (line > 0) || line > 0 && at.Line != line {
			t.Errorf("%s: %v", file, err)
		}
	}
}
