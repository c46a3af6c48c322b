package menu

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// text reads a string, whose quote is next.
func (p *jsonParser) text() (string, bool) {
	start := p.i
	escaped := false
	for p.i++; ; {
		if p.i >= len(p.data) {
			p.add(ruleUnclosed, start, "open", `"`, "line", p.line(start))
			return "", false
		}
		switch c := p.data[p.i]; {
		case c == '"':
			p.i++
			return p.decode(p.data[start:p.i], escaped), true
		case c == '\n' || c == '\r':
			p.add(ruleLineEnd, p.i)
			return "", false
		case c < ' ':
			p.add(ruleRawControl, p.i, "char", fmt.Sprintf("%U", c))
			return "", false
		case c == '\\':
			escaped = true
			n := p.escape()
			if n == 0 {
				return "", false
			}
			p.i += n
		default:
			p.i++
		}
	}
}

func (p *jsonParser) decode(raw []byte, escaped bool) string {
	p.end = p.i
	if !escaped {
		return string(raw[1 : len(raw)-1])
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		panic(err) // its escapes were checked
	}
	return s
}

// escape returns the length of the escape at the place, 0 if there is none.
func (p *jsonParser) escape() int {
	rest := p.data[p.i:]
	if len(rest) > 1 && bytes.IndexByte([]byte(`"\/bfnrt`), rest[1]) >= 0 {
		return 2
	}
	unit, ok := unicodeEscape(rest)
	if !ok {
		_, n := utf8.DecodeRune(rest[min(1, len(rest)-1):])
		p.add(ruleBadEscape, p.i, "escape", quote(string(rest[:min(1+n, len(rest))])))
		return 0
	}
	if p.escapes == 0 {
		p.firstEscape = p.i
	}
	p.escapes++
	switch {
	case unit >= 0xDC00 && unit <= 0xDFFF:
	case unit >= 0xD800 && unit <= 0xDBFF:
		if low, ok := unicodeEscape(rest[6:]); ok && low >= 0xDC00 && low <= 0xDFFF {
			p.escapes++
			return 12
		}
	default:
		return 6
	}
	p.add(ruleSurrogate, p.i, "escape", string(rest[:6]))
	return 6
}

// unicodeEscape reads \uXXXX.
func unicodeEscape(s []byte) (unit uint64, ok bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(s[2:6]), 16, 16)
	return unit, err == nil
}

// unexpected reports what is wrong where a value or a key should be.
func (p *jsonParser) unexpected() {
	if p.i >= len(p.data) {
		if len(p.open) == 0 {
			p.add(ruleEmpty, 0)
			return
		}
		start := p.open[len(p.open)-1]
		p.add(ruleUnclosed, p.i, "open", string(p.data[start]), "line", p.line(start))
		return
	}
	r, n := utf8.DecodeRune(p.data[p.i:])
	found := quote(string(p.data[p.i : p.i+n]))
	switch {
	case strings.ContainsRune("'`“”‘’＂「」", r):
		p.add(ruleQuotes, p.i, "found", found)
	case r == ',':
		p.add(ruleExtraComma, p.i)
	case strings.ContainsRune("，：｛｝［］【】", r):
		p.add(ruleFullWidth, p.i, "found", found, "want", quote(string(asciiTwin(r))))
	case p.letters() != "":
		p.unexpectedWord(p.letters())
	default:
		p.add(ruleUnexpected, p.i, "found", found)
	}
}

func (p *jsonParser) unexpectedWord(word string) {
	at := p.i
	rest := bytes.TrimLeft(p.data[p.i+len(word):], " \t\r\n")
	switch {
	case bytes.HasPrefix(rest, []byte(":")):
		p.add(ruleBareKey, at, "found", quote(word))
	case word[0] >= '0' && word[0] <= '9':
		p.add(ruleNumber, at, "found", quote(word))
	default:
		p.add(ruleLiteral, at, "found", quote(word))
	}
}

func asciiTwin(r rune) rune {
	switch r {
	case '，':
		return ','
	case '：':
		return ':'
	case '｛':
		return '{'
	case '｝':
		return '}'
	case '［', '【':
		return '['
	}
	return ']'
}
