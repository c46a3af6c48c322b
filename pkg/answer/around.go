package answer

import (
	"bytes"
	"html"
	"regexp"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/finding"
)

// Around quotes a body around the first place where it has the mark, in any
// case. Of a page it quotes what a reader sees, if the mark is in that. Without
// a mark, or where the body does not have it, it quotes around what an error
// page is about: see [causeIn].
func Around(body []byte, mark string) finding.Quote {
	if len(body) == 0 {
		return finding.Quote{}
	}
	plain := legible(body)
	if mark == "" {
		const enough = 60 // what follows may be cut inside an entity
		cause := causeIn(body)
		mark = cause[:atRune(cause, min(len(cause), enough))]
	}
	for _, t := range []string{plain, string(body)} {
		if at := index(t, mark); at >= 0 {
			return cut(t, at, len(mark))
		}
	}
	return cut(plain, 0, 0)
}

// index finds the mark in any case of its ASCII letters.
func index(t, mark string) int {
	return bytes.Index(text.Lower([]byte(t)), text.Lower([]byte(mark)))
}

// cut keeps of a text what fits into a line of a report, with the mark in its
// first half, and says where something is left out.
func cut(t string, at, length int) finding.Quote {
	const most, before = text.ExcerptLimit, text.ExcerptLimit / 3
	if len(t) <= most {
		return finding.Excerpt(t)
	}
	start := 0
	if at+length > most {
		start = max(0, at-before)
	}
	end := min(len(t), start+most)
	start, end = atRune(t, start), atRune(t, end)
	part := t[start:end]
	if start > 0 {
		part = "…" + part
	}
	if end < len(t) {
		part += "…"
	}
	return finding.Quote{Text: part}
}

// atRune moves an offset back to where a character begins.
func atRune(t string, at int) int {
	for back := 0; back < 3 && at > 0 && at < len(t) && t[at]&0xC0 == 0x80; back++ {
		at--
	}
	return at
}

// legible is a body as a reader sees it: a page without its markup, with
// single blanks.
func legible(body []byte) string {
	body = unmarked(body)
	if !IsHTML(body) && !bytes.Contains(body, []byte("<b>")) {
		return string(body)
	}
	if plain := oneLine(string(withoutMarkup(body))); plain != "" {
		return plain
	}
	return string(body)
}

// underlines are what Python writes below the part of a line that failed.
var underlines = lazy.Regexp(`(?m)^[ \t]*~*\^+~*[ \t]*\n`)

// unmarked is a traceback without the lines that only underline: a quote has no
// room for them.
func unmarked(body []byte) []byte {
	if !bytes.Contains(body, []byte("^\n")) && !bytes.Contains(body, []byte("~\n")) { // the pattern is slow
		return body
	}
	return underlines.Get().ReplaceAll(body, nil)
}

// causes are the lines by which languages and frameworks say what went wrong,
// the surest first.
var causes = lazy.Value[[]*regexp.Regexp]{Make: func() []*regexp.Regexp {
	var all []*regexp.Regexp
	for _, pattern := range []string{
		`(?s)Traceback \(most recent call last\).*?\n([A-Za-z_][\w.]*(?::[^\n]{0,300})?)(?:\r?\n|<|$)`,
		`(?i)((?:fatal error|parse error|uncaught [\w\\]+|warning|notice|deprecated) ?: [^\n]{3,300})`,
		`\b((?:[A-Za-z_$][\w$]*[.\\]{1,2})*[A-Z]\w*(?:Error|Exception|Exist|DoesNotExist|Fault)\b[^\n<]{0,300})`,
		`\b(Error: [^\n<]{3,300})`,
		`(panic: [^\n]{3,300}|runtime error: [^\n]{3,300})`,
		`"(?:errorMessage|message|msg|detail)"\s*:\s*"((?:[^"\\]|\\.){3,300})"`,
		`"error"\s*:\s*"((?:[^"\\]|\\.){3,300})"`,
	} {
		all = append(all, regexp.MustCompile(pattern))
	}
	return all
}}

// causeIn is what an error page says went wrong, such as the line of an
// exception; "" for a body that says no such thing.
func causeIn(body []byte) string {
	said := withoutMarkup(body[:min(len(body), 64<<10)])
	said = said[:min(len(said), patternLimit)]
	for _, re := range causes.Get() {
		if m := re.FindSubmatch(said); m != nil {
			return oneLine(string(m[1]))
		}
	}
	return ""
}

func oneLine(s string) string {
	return strings.Join(strings.Fields(html.UnescapeString(s)), " ")
}
