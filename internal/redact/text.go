package redact

import (
	"encoding/json"
	"math/bits"
	"strings"
)

// Text hides values in text of any form: name=value, "name":"value" in JSON,
// also in JSON within a string of JSON, and <name>value</name>. A value that
// the text ends in is hidden too.
func (r Rule) Text(s string) string {
	if r.name == nil {
		return s
	}
	var out strings.Builder
	done := 0 // what is before it is in out
	for i := 0; i < len(s); {
		var from, to int
		switch s[i] {
		default:
			i++
			continue
		case '=':
			from, to = r.pair(s, i)
		case '"':
			from, to = r.member(s, i)
		case '<':
			from, to = r.element(s, i)
		}
		if from < to && from >= done {
			out.WriteString(s[done:from])
			out.WriteString(Mask)
			done, i = to, to
			continue
		}
		i++
	}
	if done == 0 {
		return s
	}
	out.WriteString(s[done:])
	return out.String()
}

// pair finds the value of the pair that has its = at i.
func (r Rule) pair(s string, i int) (from, to int) {
	start := i
	for start > 0 && i-start < maxName && isPairName(s[start-1]) {
		start--
	}
	if start == i || !r.escaped(s[start:i]) {
		return 0, 0
	}
	from = i + 1
	if n := strings.IndexAny(s[from:], "& \t\r\n\f\"\\"); n >= 0 {
		return from, from + n
	}
	return from, len(s)
}

// maxName is how long a name can be, written with the escapes of a query or of
// JSON. No text makes the search for its beginning long.
const maxName = 256

func isPairName(c byte) bool {
	return c == '_' || c == '-' || c == '.' || c == '%' || c == '+' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// member finds the value of the member whose name begins with the quotation
// mark at i.
//
// The backslashes before a quotation mark tell how deep it is in strings
// within strings: one as it is has 0 of them, one in a string 1, in a string
// of that string 3, then 7. Those that are part of the text double with each
// level: the depth is the number of ones at the end of their binary number.
func (r Rule) member(s string, i int) (from, to int) {
	end := nextQuote(s, i+1, min(len(s), i+1+maxName))
	if end < 0 {
		return 0, 0
	}
	at, ok := skip(s, end+1, ":")
	if !ok {
		return 0, 0
	}
	depth := depthOf(s, i)
	if depthOf(s, end) != depth || !r.written(s[i+1:end-escapesAt(depth)], depth) {
		return 0, 0
	}
	from, ok = skip(s, at, strings.Repeat(`\`, escapesAt(depth))+`"`)
	if !ok {
		return numberAt(s, at)
	}
	for to = from; ; to++ {
		if to = nextQuote(s, to, len(s)); to < 0 {
			return from, len(s)
		}
		if d := depthOf(s, to); d <= depth { // a lesser depth ends the string around it
			return from, to - escapesAt(d)
		}
	}
}

func nextQuote(s string, from, to int) int {
	if n := strings.IndexByte(s[from:to], '"'); n >= 0 {
		return from + n
	}
	return -1
}

// depthOf is the depth of the quotation mark at i.
func depthOf(s string, i int) int {
	n := i - len(strings.TrimRight(s[:i], `\`))
	return bits.TrailingZeros(^uint(n))
}

// escapesAt is how many backslashes a quotation mark has at a depth.
func escapesAt(depth int) int { return 1<<depth - 1 }

// written is Name for a name as it is written at a depth.
func (r Rule) written(name string, depth int) bool {
	return r.Name(name) || strings.IndexByte(name, '\\') >= 0 && r.Name(unescape(name, depth))
}

func unescape(name string, depth int) string {
	for range depth + 1 {
		if !strings.Contains(name, `\`) || json.Unmarshal([]byte(`"`+name+`"`), &name) != nil {
			return name
		}
	}
	return name
}

// skip goes past blanks and then token.
func skip(s string, i int, token string) (int, bool) {
	i = len(s) - len(strings.TrimLeft(s[i:], " \t\r\n"))
	if !strings.HasPrefix(s[i:], token) {
		return i, false
	}
	return i + len(token), true
}

func numberAt(s string, i int) (from, to int) {
	from, _ = skip(s, i, "")
	to = from
	for to < len(s) && (s[to] >= '0' && s[to] <= '9' || strings.IndexByte("+-.eE", s[to]) >= 0) {
		to++
	}
	return from, to
}

// element finds the text of the element that has its < at i. A CDATA section
// around all of it stays.
func (r Rule) element(s string, i int) (from, to int) {
	end := i + 1
	for end < len(s) && end-i < maxName && isElementName(s[end]) {
		end++
	}
	if name := s[i+1 : end]; name == "" || !r.Name(name[strings.LastIndexByte(name, ':')+1:]) {
		return 0, 0
	}
	n := strings.IndexAny(s[end:], "<>")
	if n < 0 || s[end+n] == '<' || s[end+n-1] == '/' {
		return 0, 0
	}
	from, _ = skip(s, end+n+1, "")
	to = textEnd(s, from)
	if !strings.HasPrefix(s[from:], cdata) {
		return from, to
	}
	switch closing := strings.Index(s[from:to], cdataEnd); {
	case closing < 0:
		return from + len(cdata), to
	case strings.TrimRight(s[from+closing+len(cdataEnd):to], " \t\r\n") == "":
		return from + len(cdata), from + closing
	}
	return from, to
}

const (
	cdata    = "<![CDATA["
	cdataEnd = "]]>"
)

// textEnd is where the text that begins at i ends: before the next tag.
func textEnd(s string, i int) int {
	for {
		var closing string
		switch n := strings.IndexByte(s[i:], '<'); {
		case n < 0:
			return len(s)
		case strings.HasPrefix(s[i+n:], cdata):
			i, closing = i+n, cdataEnd
		case strings.HasPrefix(s[i+n:], "<!--"):
			i, closing = i+n, "-->"
		default:
			return i + n
		}
		n := strings.Index(s[i:], closing)
		if n < 0 {
			return len(s)
		}
		i += n + len(closing)
	}
}

func isElementName(c byte) bool {
	return c == ':' || c >= 0x80 || isPairName(c) && c != '%' && c != '+'
}
