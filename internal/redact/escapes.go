package redact

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth is how often escapes are undone: JSON in JSON in a URL.
const maxDepth = 3

// view is a text with its escapes undone, and where in the text each byte of
// it is written.
type view struct {
	text string
	at   []int32 // nil: as it is
}

func (v view) place(i int) int {
	if v.at == nil {
		return i
	}
	return int(v.at[i])
}

// The escapes that a text may have: those of JSON alone, or all.
const (
	jsonEscape = `\`
	anyEscape  = `\%&`
)

// decoded undoes one level of escapes. It reports false where there are none,
// which is nearly always, and copies nothing then.
func (v view) decoded(kinds string) (view, bool) {
	next, char, n := v.escape(0, kinds)
	if next < 0 {
		return v, false
	}
	out := view{at: make([]int32, 0, len(v.text)+1)}
	plain := make([]byte, 0, len(v.text))
	for i := 0; i < len(v.text); {
		if i != next {
			out.at = append(out.at, int32(v.place(i)))
			plain = append(plain, v.text[i])
			i++
			continue
		}
		for range len(char) {
			out.at = append(out.at, int32(v.place(i)))
		}
		plain = append(plain, char...)
		i += n
		next, char, n = v.escape(i, kinds)
	}
	out.at = append(out.at, int32(v.place(len(v.text))))
	out.text = string(plain)
	return out, true
}

// escape finds the first escape from a place on, what it stands for, and how
// long it is; next is -1 where there is none.
func (v view) escape(from int, kinds string) (next int, char string, n int) {
	for {
		i := strings.IndexAny(v.text[from:], kinds)
		if i < 0 {
			return -1, "", 0
		}
		from += i
		if char, n = unescaped(v.text[from:]); n > 0 {
			return from, char, n
		}
		from++
	}
}

// unescaped is what the escape at the beginning of s stands for, and how long
// it is; 0 for none.
func unescaped(s string) (char string, n int) {
	switch {
	case s[0] == '%':
		return code(s, 1, 3, 16)
	case s[0] == '&':
		return entity(s)
	case len(s) < 2:
		return "", 0
	case s[1] == 'u':
		return code(s, 2, 6, 16)
	case s[1] == 'x':
		return code(s, 2, 4, 16)
	case strings.IndexByte(`\/"'`, s[1]) >= 0:
		return s[1:2], 2
	case strings.IndexByte("nrtbf", s[1]) >= 0:
		return " ", 2 // no secret has one
	}
	return "", 0
}

// code is the character with the number that s has between from and to.
func code(s string, from, to, base int) (string, int) {
	if to > len(s) {
		return "", 0
	}
	c, err := strconv.ParseUint(s[from:to], base, 21)
	if err != nil {
		return "", 0
	}
	if to-from == 2 { // of a byte
		return string([]byte{byte(c)}), to
	}
	return string(rune(c)), to
}

// entities are those of XML and HTML that an escaped text has.
var entities = []struct{ name, char string }{
	{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", `"`}, {"&apos;", "'"},
}

func entity(s string) (string, int) {
	for _, e := range entities {
		if strings.HasPrefix(s, e.name) {
			return e.char, len(e.name)
		}
	}
	end := strings.IndexByte(s[:min(len(s), 10)], ';')
	if end < 0 || !strings.HasPrefix(s, "&#") {
		return "", 0
	}
	from, base := 2, 10
	if len(s) > 2 && s[2]|0x20 == 'x' {
		from, base = 3, 16
	}
	if from >= end {
		return "", 0
	}
	c, err := strconv.ParseUint(s[from:end], base, 21)
	if err != nil {
		return "", 0
	}
	return string(utf8.AppendRune(nil, rune(c))), end + 1
}

// document is Text for what may be JSON documents, one after another: there
// only strings are searched, since a number that is hidden would be none, and
// no escape is cut in two.
func (r *Redactor) document(s string) string {
	if r == nil {
		return s
	}
	found := r.spans(view{text: s})
	if found == nil || !strings.HasPrefix(s, "{") || !isJSON(s) {
		return r.cover(s, found)
	}
	var out strings.Builder
	for {
		n := strings.IndexByte(s, '"')
		if n < 0 {
			break
		}
		end := n + 1
		for s[end] != '"' { // it is valid, so there is one
			if s[end] == '\\' {
				end++
			}
			end++
		}
		content := s[n+1 : end]
		plain, ok := view{text: content}.decoded(jsonEscape)
		if !ok {
			plain = view{text: content}
		}
		out.WriteString(s[:n+1] + r.cover(content, r.spans(plain)) + `"`)
		s = s[end+1:]
	}
	out.WriteString(s)
	return out.String()
}

// isJSON reports whether s is documents and nothing else.
func isJSON(s string) bool {
	d := json.NewDecoder(strings.NewReader(s))
	for {
		var doc json.RawMessage
		switch err := d.Decode(&doc); {
		case errors.Is(err, io.EOF):
			return true
		case err != nil:
			return false
		case !bytes.HasPrefix(doc, []byte("{")):
			return false
		}
	}
}
