package tomldoc

import (
	"errors"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/bilingual"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

func TestPosition(t *testing.T) {
	text := New("f", []byte("\uFEFFa\n令牌 = 1\n"))
	for _, c := range []struct{ offset, line, column int }{
		{0, 1, 1}, {1, 1, 2}, {2, 2, 1}, {5, 2, 2}, {8, 2, 3}, {1000, 3, 1},
	} {
		if line, column := text.Position(c.offset); line != c.line || column != c.column {
			t.Errorf("%d is %d:%d, want %d:%d", c.offset, line, column, c.line, c.column)
		}
	}
}

// read parses a text; its error is for people.
func read(data string) error {
	text := New("f", []byte(data))
	_, err := text.Parse()
	if err != nil {
		return text.Explain(err, Hints{Table: "[table]", Keys: []string{"token"}})
	}
	return nil
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct{ text, msg, hint string }{
		{"token = hunter2secret", "f:1:9: not TOML: the value is not quoted", `token = "…"`},
		{"a = " + strings.Repeat("[", 500_000), "f:1:", "lists within lists"},
		{"[table", "f:1:6: not TOML: the line is not a table header", "[table]"},
		{"a = { b = hunter2secret }", "something in { } is not in quotes", ""},
		{"a = [\"x\"\n\"hunter2secret\"]", "f:2:1: not TOML: the line does not continue", "commas"},
		{"a = \"\"\"x\"\"\"\nb = hunter2secret", "f:2:5: not TOML: the value is not quoted", ""},
		{"a = \"\"\"x\nb = hunter2secret", "look at the triple quotes above", `"""`},
		{"a = '''x\nb = hunter2secret", "look at the triple quotes above", "'''"},
		{"a = 1\na = 2", "f:2:1: this is already defined in another way", "once"},
		{"[a]\n[b]\n[a]", "f:3:2: this is already defined", ""},
		{"a = {x = 1, x = 2}", "f:1:13: this is already defined", ""},
		{"a = [1, 99999999999999999999]", "f:1:9: not TOML: this is not a number", "quotes"},
		{"a = 2024-99-99", "f:1:10: not TOML: this is not a number", "quotes"},
		{"a = \"\xff\"", "f:1:6: not UTF-8", "UTF-8"},
	} {
		err := read(c.text)
		var e *finding.FileError
		if !errors.As(err, &e) || !strings.Contains(e.Error(), c.msg) || !strings.Contains(e.HintIn(finding.English), c.hint) {
			t.Errorf("%q:\ngot  %v\nwant %s (%s)", c.text, err, c.msg, c.hint)
			continue
		}
		if strings.Contains(e.Error()+e.HintIn(finding.English), "hunter2") {
			t.Errorf("%q: a value is in %q", c.text, e.Error())
		}
		if fault := bilingual.Fault(err); fault != "" {
			t.Error(fault)
		}
	}
}

func TestNearAndQuote(t *testing.T) {
	if got := Near("tokne", []string{"url", "token"}); got != "token" {
		t.Errorf("near tokne is %q", got)
	}
	long := strings.Repeat("k", 1<<20)
	if got := Near(long, []string{long}); got != "" {
		t.Error("a word of a megabyte is compared")
	}
	if got := Quote(long).In(finding.English); !strings.HasSuffix(got, "(1048576 bytes)") || len(got) > 100 {
		t.Errorf("quoted: %q", got)
	}
}

func TestFail(t *testing.T) {
	e := New("f", []byte("a = 1\n  bad = 2")).Fail(8, Write("a = 2"), finding.Because(reason.KeyEmpty, "key", "bad"))
	want := finding.Place{File: "f", Offset: 8, Line: 2, Column: 3}
	if e.Place != want || e.Error() != "f:2:3: bad is empty" || e.In(finding.Chinese) != "f:2:3: bad 是空的" {
		t.Errorf("%+v: %v", *e, e)
	}
	if e.HintIn(finding.English) != "write a = 2" || e.HintIn(finding.Chinese) != "写成 a = 2" {
		t.Errorf("hint: %v", e.Hint)
	}
	if got := Dotted([]string{"a", "\x1b"}); got != `"a.\x1B"` {
		t.Errorf("the path is %s", got)
	}
}
