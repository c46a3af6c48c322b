package scenario

import (
	"regexp"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// template is a text that may have {{variables}} in it.
type template struct {
	text   string
	offset int // in the file
	line   int
	uses   []use
}

// use is one variable of a template.
type use struct {
	start, end int
	name       string
	step       int // which step captures it; -1 for those that are built in
}

// variable is how one is written. Anything else in double braces is text: a bot
// may show its users what a template engine left.
var variable = lazy.Regexp(`\{\{ *([A-Za-z_][A-Za-z0-9_]*) *\}\}`)

// builtIn are the variables that need no capture.
var builtIn = []string{"openid", "n"}

// builtInMeaning is what they stand for.
func builtInMeaning(name string) *finding.Reason {
	if name == "openid" {
		return finding.Because(reason.VariableOpenid)
	}
	return finding.Because(reason.VariableN)
}

func parseTemplate(text string, offset, line int) *template {
	t := &template{text: text, offset: offset, line: line}
	for _, m := range variable.Get().FindAllStringSubmatchIndex(text, -1) {
		t.uses = append(t.uses, use{start: m[0], end: m[1], name: text[m[2]:m[3]], step: -1})
	}
	return t
}

// expand puts values in place of the variables.
func (t *template) expand(value func(use) string) string {
	if len(t.uses) == 0 {
		return t.text
	}
	var s strings.Builder
	at := 0
	for _, u := range t.uses {
		s.WriteString(t.text[at:u.start])
		s.WriteString(value(u))
		at = u.end
	}
	s.WriteString(t.text[at:])
	return s.String()
}

// expandPattern is expand for a regular expression, in which a value is text.
func (t *template) expandPattern(value func(use) string) string {
	return t.expand(func(u use) string { return regexp.QuoteMeta(value(u)) })
}
