package scenario

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/bilingual"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/reply"
)

func TestParseRefuses(t *testing.T) {
	const step = "[[step]]\nsend = \"text\"\n" // two lines
	for _, c := range []struct {
		name, text, msg, hint string
	}{
		{"no step", "name = \"x\"\n", "f:1:1: the file has no step", "[[step]]"},
		{"an empty list of steps", "step = []", "the file has no step", ""},
		{"steps as text", "step = \"x\"", "f:1:1: step is text, not a list of tables", "[[step]]"},
		{"one table for steps", "[step]\nsend = \"text\"", "f:1:2: step is a table, not a list of tables", "two pairs of brackets"},
		{"a step that is text", "step = [\"x\"]", "f:1:9: a step is text, not a table", ""},

		{"unknown key at the top", "nmae = \"x\"\n" + step, `f:1:1: unknown key "nmae"`, "did you mean name?"},
		{"mistyped [[step]]", "[[steps]]\nsend = \"text\"", `f:1:3: unknown key "steps"`, "did you mean step?"},
		{"unknown key in a step", step + "vlaue = \"x\"", `f:3:1: unknown key "vlaue"`, "did you mean value?"},
		{"expectation beside expect", step + "not_contains = \"x\"", `unknown key "not_contains"`, "write expect.not_contains"},
		{"unknown key in expect", step + "expect = { contain = \"x\" }", `f:3:12: unknown key "contain"`, "did you mean contains?"},
		{"unknown key in [step.expect]", step + "\n[step.expect]\n  tpye = \"text\"", `f:5:3: unknown key "tpye"`, "did you mean type?"},
		{"unknown key far from all", step + "zzzzzzzz = 1", "unknown key", "the keys are name, send, value"},
		{"hostile key", step + "\"\\u001b[2J\" = 1", `unknown key "\x1B[2J"`, ""},

		{"nothing sent", "[[step]]\nvalue = \"x\"", "f:1:3: the step sends nothing", `send = "text"`},
		{"unknown type", "[[step]]\nsend = \"txt\"", `f:2:8: there is no message type "txt"`, "did you mean text?"},
		{"far type", "[[step]]\nsend = \"zzzzzzzzz\"", "there is no message type", "wxdev send list"},
		{"no value for the type", "[[step]]\nsend = \"kf_create_session\"\nset = { Nope = { a = [1] } }", "f:3:18: a is a list, not text", ""},
		{"index of a field", step + "set = { \"a[0]\" = \"1\" }", `f:3:9: field "a[0]"`, "wxdev send list text"},
		{"value of a group", "[[step]]\nsend = \"scancode_push\"\nset = { ScanCodeInfo = \"x\" }", "it has fields of its own", ""},
		{"empty from", step + "from = \"\"", "f:3:1: from is empty", ""},
		{"from as number", step + "from = 1", "f:3:1: from is a number, not text", `from = "…"`},
		{"mode", step + "mode = \"saef\"", `f:3:8: mode is "saef": it takes plain, compat or safe`, "did you mean safe?"},
		{"format", "format = \"yaml\"\n" + step, `format is "yaml": it takes xml or json`, ""},
		{"timeout without a unit", step + "timeout = 5", "timeout is a number, not text", `"500ms"`},
		{"timeout without sense", step + "timeout = \"five\"", `f:3:11: "five" is not a duration`, `"500ms"`},
		{"timeout below nothing", step + "timeout = \"-1s\"", "more than 0 and at most 1h", ""},
		{"raw as text", step + "raw = \"yes\"", "raw is text, not true or false", "raw = true"},
		{"repeat as text", step + "repeat = \"3\"", "repeat is text, not a whole number", ""},
		{"repeat as truth", step + "repeat = true", "repeat is true or false, not a whole number", ""},
		{"repeat nothing", step + "repeat = 0", "f:3:10: repeat takes a number from 1 to 100000", ""},
		{"retry more than WeChat", step + "retry = 3", "retry takes a number from 1 to 2", ""},
		{"duplicate too often", step + "duplicate = 99999999999999999999", "duplicate takes a number from 1 to 10", ""},

		{"a type as expect", step + "expect = \"success\"", "f:3:1: expect is text, not a table", `expect = { type = "success" }`},
		{"a text as expect", step + "expect = \"你好\"", "f:3:1: expect is text, not a table", `expect = { text = "…" }`},
		{"a step's key at the top", "send = \"text\"", "f:1:1: unknown key \"send\"", "wxdev init --scenario"},
		{"a step's key in expect", step + "expect = { capture = \"x\" }", "f:3:12: unknown key \"capture\"", "next to send"},
		{"unknown reply type", step + "expect.type = \"txt\"", `f:3:15: type is "txt"`, "did you mean text?"},
		{"bad expression", step + "expect.match = '('", "f:3:16: not a regular expression: missing closing ): `(`", "regexp/syntax"},
		{"bad expression in a list", step + "expect.match = [\n'a',\n'(?=b)']", "f:5:1: not a regular expression", "lookaround"},
		{"bad expression with a variable", step + "expect.match = '{{openid}}(' ", "f:3:16: not a regular expression", ""},
		{"empty contains", step + "expect.contains = [\"\"]", "f:3:20: contains is empty", ""},
		{"nothing to contain", step + "expect.contains = []", "contains is an empty list", ""},
		{"contains as table", step + "expect.contains = {}", "contains is a table, not text", ""},
		{"field path", step + "expect.fields = { \"a..b\" = \"x\" }", `f:3:19: field "a..b"`, ""},
		{"under", step + "expect.under = \"soon\"", `"soon" is not a duration`, ""},
		{"severity", step + "expect.no_findings = \"warn\"", `no_findings is "warn": it takes error, warning or info`, ""},
		{"articles", step + "expect.articles = 101", "articles takes a number from 0 to 100", ""},
		{"text of a news", step + "expect = { type = \"news\", text = \"x\" }", `f:3:27: text goes with type "text", and type is "news"`, ""},
		{"text of success", step + "expect = { type = \"success\", contains = \"x\" }", "contains goes with a reply", ""},
		{"fields of nothing", step + "expect = { type = \"nothing\", fields.A = \"x\" }", "fields goes with a reply", ""},
		{"articles of a text", step + "expect = { type = \"text\", articles = 1 }", `articles goes with type "news"`, ""},
		{"findings of a fault", step + "expect = { type = \"fault\", no_findings = \"info\" }", "no_findings goes with", ""},

		{"later as text", step + "later = \"text\"", "f:3:1: later is text, not a table", "[step.later]"},
		{"unknown key in later", step + "later = { tymes = 1 }", `f:3:11: unknown key "tymes"`, "did you mean times?"},
		{"a reply's type later", step + "later.type = \"success\"", `type is "success": it takes text, image`, ""},
		{"times", step + "later.times = 21", "times takes a number from 0 to 20", ""},
		{"later without a unit", step + "later.under = \"20\"", `"20" is not a duration`, ""},
		{"text of an image later", step + "later = { type = \"image\", text = \"x\" }", `f:3:27: text goes with type "text", and type is "image"`, ""},
		{"variable later", step + "later.contains = \"{{code}}\"", "no step before this one captures {{code}}", ""},

		{"capture as text", step + "capture = \"x\"", "f:3:1: capture is text, not a table", ""},
		{"capture's name", step + "capture = { \"a b\" = 'x' }", `f:3:13: "a b" cannot be the name of a variable`, ""},
		{"capture what is there", step + "capture = { openid = 'x' }", "{{openid}} already means the sender's OpenID: it cannot be captured", ""},
		{"capture's value", step + "capture = { a = 1 }", "a is a number, not text", ""},
		{"capture's expression", step + "capture = { a = '[' }", "f:3:17: not a regular expression", ""},
		{"two groups", step + "capture = { a = '(x)(y)' }", "f:3:17: it has 2 groups", "(?:…)"},
		{"unknown variable", step + "value = \"{{code}}\"", "f:3:9: no step before this one captures {{code}}", "capture = { code"},
		{"own variable", step + "expect.text = \"{{code}}\"\ncapture = { code = '.' }", "no step before this one captures {{code}}", ""},
		{"mistyped variable", step + "capture = { code = '.' }\n" + step + "value = \"{{cod}}\"", "f:6:9: no step before this one captures {{cod}}", "did you mean {{code}}?"},

		{"no quotes", "[[step]]\nsend = text", "f:2:8: not TOML: the value is not quoted", `send = "…"`},
		{"typographic quotes", "[[step]]\nsend = “text”", "typographic quotes", ""},
		{"typographic quotes inside", step + "expect = { text = “你好” }", "f:3:19: not TOML: the value is in typographic quotes", ""},
		{"backslash", step + "expect = { match = \"(\\d+)\" }", "f:3:22: not TOML: the backslash in double quotes", "'…'"},
		{"no comma", step + "expect.contains = [\"a\"\n\"b\"]", "f:4:1: not TOML", "commas"},
		{"unquoted in braces", step + "expect = { type = success }", "f:3:19: not TOML: something in { }", ""},
		{"unquoted in brackets", step + "expect.contains = [ok]", "not TOML: something in [ ]", ""},
		{"open block", "[[step]]\nvalue = '''\nx\n", "look at the triple quotes", ""},
		{"a mistake behind a block", step + "value = '''\nx\n'''\nfrom = alice", "f:6:8: not TOML: the value is not quoted", ""},
		{"key twice", step + "send = \"text\"", "f:3:1: this is already defined", "once"},
		{"key twice in braces", step + "expect = { type = \"text\", type = \"news\" }", "f:3:27: this is already defined", "once"},
		{"list of steps in two ways", "step = [{send = \"text\"}]\n[[step]]\nsend = \"text\"", "already defined", ""},
		{"table in two ways", step + "expect.type = \"text\"\n[step.expect]\ntype = \"text\"", "already defined", ""},
		{"dots and table", step + "set.A = 1\n[step.set]\nB = 2", "already defined", ""},
		{"text and table", step + "expect = 1\n[step.expect]\ntype = \"text\"", "f:4:7: this is already defined", ""},
		{"no date", step + "set = { MsgId = 99999999999999999999 }", "f:3:17: not TOML: this is not a number", "quotes"},
		{"GBK", step + "value = \"\xc4\xe3\"", "f:3:10: not UTF-8; it may be GBK", ""},
		{"UTF-16", "\xff\xfe[\x00", "f:1:1: the file is UTF-16", ""},
		{"too large", strings.Repeat("#", MaxFile+1), "f:1:1: a scenario has at most 1024 KiB", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse("f", []byte(c.text))
			var e *finding.FileError
			if !errors.As(err, &e) {
				t.Fatalf("the error is %v", err)
			}
			if !strings.Contains(e.Error(), c.msg) || !strings.Contains(e.HintIn(finding.English), c.hint) {
				t.Errorf("got  %q, %q\nwant %q, %q", e.Error(), e.HintIn(finding.English), c.msg, c.hint)
			}
			if strings.ContainsAny(e.Error()+e.HintIn(finding.English), "\n\r\x1b") {
				t.Errorf("not one printable line: %q, %q", e.Error(), e.HintIn(finding.English))
			}
			if fault := bilingual.Fault(err); fault != "" {
				t.Error(fault)
			}
		})
	}
}

func TestParseDefaults(t *testing.T) {
	s, err := Parse("dir/greeting.toml", []byte(`
from = "alice"
mode = "compat"
[[step]]
send = "text"
[[step]]
name = "b"
send = "LOCATION"
from = "bob"
set.Latitude = 23.1
retry = true
duplicate = 2
`))
	if err != nil {
		t.Fatal(err)
	}
	if s.Name != "greeting" || s.File != "dir/greeting.toml" || !s.Fresh || len(s.Steps) != 2 || !s.NeedsKey() {
		t.Errorf("the scenario is %+v", s)
	}
	one, two := s.Steps[0], s.Steps[1]
	if one.From != "alice" || one.mode != "compat" || one.Repeat != 1 || one.Line != 4 {
		t.Errorf("the first step is %+v", one)
	}
	if two.From != "bob" || two.Name != "b" || two.Retry != 1 || two.Duplicate != 2 || two.typ.Event != "LOCATION" || two.set[0].value.text != "23.1" {
		t.Errorf("the second step is %+v", two)
	}
}

// TestReplyTypes: what expect.type takes are the replies there are.
func TestReplyTypes(t *testing.T) {
	for i, name := range replyTypes() {
		if is := (&reply.Reply{Type: name}).IsMessage(); is != (i < 7) {
			t.Errorf("%s: IsMessage is %t", name, is)
		}
	}
}

var commented = regexp.MustCompile(`(?m)^# (\[.*|[a-z_]+ +=.*)$`)

var languages = []finding.Lang{finding.English, finding.Chinese}

// sample is a file that explains itself.
func sample(lang finding.Lang, of func(func(string) string) *File, family string) string {
	return string(of(func(part string) string {
		id, ok := words.Named(family + part)
		if !ok {
			panic("there are no words for " + part)
		}
		return words.Get(lang, id)
	}).Append(nil))
}

// TestExampleIsTrue takes the # away from all that is TOML in the file that
// `wxdev init --scenario` writes.
func TestExampleIsTrue(t *testing.T) {
	for _, lang := range languages {
		example := sample(lang, Sample, "file.scenario.")
		s, err := Parse("f", []byte(example))
		if err != nil || len(s.Steps) != 1 {
			t.Fatalf("as it stands: %v, %v", s, err)
		}
		full := commented.ReplaceAllString(example, "$1")
		if s, err = Parse("f", []byte(full)); err != nil {
			t.Fatalf("without comment signs: %v\n%s", err, full)
		}
		if len(s.Steps) != 8 || s.Fresh || s.Name != "greeting" {
			t.Errorf("%d steps, fresh %t, name %q", len(s.Steps), s.Fresh, s.Name)
		}
		for _, key := range append(append(append([]string{}, topKeys...), stepKeys...), expectKeys...) {
			if !strings.Contains(full, key) && key != "to" && key != "raw" && key != "not_match" {
				t.Errorf("the example says nothing of %s", key)
			}
		}
	}
}

// TestExampleLaterIsTrue does the same to that of what comes later.
func TestExampleLaterIsTrue(t *testing.T) {
	for _, lang := range languages {
		example := sample(lang, SampleLater, "file.scenario-later.")
		s, err := Parse("f", []byte(example))
		if err != nil || len(s.Steps) != 1 || s.Steps[0].later == nil || s.Steps[0].Duplicate != 2 {
			t.Fatalf("as it stands: %v, %v", s, err)
		}
		full := commented.ReplaceAllString(example, "$1")
		if s, err = Parse("f", []byte(full)); err != nil || len(s.Steps) != 2 || s.Steps[1].later.times != 0 {
			t.Fatalf("without comment signs: %v\n%s", err, full)
		}
		for _, key := range laterKeys {
			if !strings.Contains(full, key) && key != "not_match" {
				t.Errorf("the example says nothing of %s", key)
			}
		}
	}
}
