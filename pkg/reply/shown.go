package reply

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wxdev/wxdev/pkg/message"
)

// maxRead is how much of a text is read as the user reads it. Phones show 2048
// bytes; a server may send megabytes.
const maxRead = 8 << 10

// beginning is what a text begins with, in whole characters.
func beginning(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// shownAs looks at a text of the reply as the user reads it: whether what was
// meant has been lost on the way. What the user wrote so is no mistake.
func (c *checker) shownAs(f *message.Field) {
	s := beginning(f.Value, maxRead)
	meant := func(want string) spot { return c.meant(f, want+f.Value[len(s):]) }
	content := shown(s)
	if encoding, text := Mojibake(s); encoding != "" && !c.wrote(s) {
		where := c.valueAt(f)
		if text != "" {
			where = meant(text)
		}
		c.add(ruleMojibake, where, "content", content, "encoding", encoding)
		return
	}
	switch asked := c.said(); {
	case c.marked(s):
		c.add(ruleLost, meant(strings.ReplaceAll(s, QuestionMarks(asked), asked)), "content", content, "sent", shown(asked))
	case asksNobody(s) && !strings.Contains(asked, "??"):
		c.add(ruleQuestionMarks, c.valueAt(f), "content", content)
	case strings.ContainsRune(s, unicode.ReplacementChar) && !oddText(asked), strings.Contains(s, lostInGBK) && !strings.Contains(asked, lostInGBK):
		c.add(ruleReplaced, c.valueAt(f), "content", content)
	}
	if escape := Newlines(s); escape != "" && !c.wrote(escape) {
		c.add(ruleNewline, meant(lineEscape.replace(s, "\n")), "content", content, "escape", escape)
	}
	if escape := Escape(s); escape != "" && !c.wrote(escape) {
		c.add(ruleUnicode, c.unescaped(f, escape), "content", content, "escape", escape)
	}
	if ref := references(s); ref != "" && !c.wrote(ref) {
		c.add(ruleEntity, c.unreferenced(f, ref), "content", content, "entity", ref)
	}
	c.unedited(f, s)
}

// marked reports whether a text repeats the message's with its Chinese turned
// into question marks.
func (c *checker) marked(s string) bool {
	if !strings.Contains(s, "??") {
		return false
	}
	asked := c.said()
	marks := QuestionMarks(asked)
	return strings.Contains(marks, "??") && !strings.Contains(asked, "??") && strings.Contains(s, marks) && !strings.Contains(s, asked)
}

// said is what the user wrote, if the message is a text.
func (c *checker) said() string {
	if c.in == nil {
		return ""
	}
	return c.in.Get("Content")
}

// wrote reports whether the message has s in it: then it is repeated.
func (c *checker) wrote(s string) bool {
	return c.in != nil && inAny(c.in.Fields, s)
}

func inAny(fields []*message.Field, s string) bool {
	for _, f := range fields {
		if strings.Contains(f.Value, s) || inAny(f.Children, s) {
			return true
		}
	}
	return false
}

// oddText reports whether a message had what XML forbids, which is right to
// replace.
func oddText(s string) bool {
	return strings.ToValidUTF8(s, "\ufffd") != s || strings.ContainsFunc(s, func(r rune) bool {
		return r == 0xfffd || r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff
	})
}
