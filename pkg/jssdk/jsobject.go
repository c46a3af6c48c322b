package jssdk

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/source"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// jsKind is what a value of an object literal is.
type jsKind int

const (
	jsText jsKind = iota
	jsNumber
	jsOther // true, false, null, undefined
	jsList
	jsObject
	jsExpression // whatever else, as it is written
)

type jsValue struct {
	kind    jsKind
	text    string
	items   []*jsValue
	members []jsMember
	end     int // after its last character
}

type jsMember struct {
	name  string
	value *jsValue
}

// maxDepth is how deep an object may be nested.
const maxDepth = 32

// parseObject reads the JavaScript object literal, or the JSON, whose brace is
// at start.
func parseObject(text string, start int) (*jsValue, error) {
	p := &jsParser{text: text, i: start}
	v, err := p.object(0)
	if err != nil {
		line, column := source.Position([]byte(text), p.i)
		return nil, finding.Because(reason.AtLineColumn, "line", line, "column", column, "error", err)
	}
	return v, nil
}

// jsParser reads literals and steps over expressions. It evaluates nothing.
type jsParser struct {
	text string
	i    int
}

var errUnclosed = &finding.Reason{ID: reason.JSObjectCut}

func errDeep() *finding.Reason { return finding.Because(reason.JSNested, "limit", maxDepth) }

func (p *jsParser) peek() byte {
	if p.i < len(p.text) {
		return p.text[p.i]
	}
	return 0
}

// space steps over white space and comments.
func (p *jsParser) space() {
	for p.i < len(p.text) {
		rest := p.text[p.i:]
		switch r, n := utf8.DecodeRuneInString(rest); {
		case unicode.IsSpace(r) || r == '\uFEFF':
			p.i += n
		case strings.HasPrefix(rest, "//"):
			line, _, _ := strings.Cut(rest, "\n")
			p.i += len(line)
		case strings.HasPrefix(rest, "/*"):
			comment, _, ok := strings.Cut(rest[2:], "*/")
			if !ok {
				p.i = len(p.text)
				return
			}
			p.i += len(comment) + 4
		default:
			return
		}
	}
}

// elements reads what is between brackets, one element each time.
func (p *jsParser) elements(closing byte, one func() error) error {
	p.i++
	for {
		p.space()
		switch c := p.peek(); {
		case p.i >= len(p.text):
			return errUnclosed
		case c == closing:
			p.i++
			return nil
		case c == ',': // one too many is tolerated, as JavaScript does after the last
			p.i++
			continue
		}
		if err := one(); err != nil {
			return err
		}
		if p.space(); p.peek() != ',' && p.peek() != closing {
			if p.i >= len(p.text) {
				return errUnclosed
			}
			return finding.Because(reason.JSNoComma)
		}
	}
}

func (p *jsParser) object(depth int) (*jsValue, error) {
	if depth >= maxDepth {
		return nil, errDeep()
	}
	v := &jsValue{kind: jsObject}
	err := p.elements('}', func() error {
		name, err := p.name()
		if err != nil {
			return err
		}
		p.space()
		m := jsMember{name, &jsValue{kind: jsExpression, text: name}} // {signature} is short for signature: signature
		if p.peek() == ':' {
			p.i++
			if m.value, err = p.value(depth + 1); err != nil {
				return err
			}
		}
		v.members = append(v.members, m)
		return nil
	})
	v.end = p.i
	return v, err
}

func (p *jsParser) name() (string, error) {
	if c := p.peek(); c == '"' || c == '\'' {
		return p.string()
	}
	if word := p.word(); word != "" {
		p.i += len(word)
		return word, nil
	}
	return "", finding.Because(reason.JSNoName)
}

// word is the identifier or number that comes next.
func (p *jsParser) word() string {
	rest := p.text[p.i:]
	for i, r := range rest {
		if r != '_' && r != '$' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return rest[:i]
		}
	}
	return rest
}

func (p *jsParser) value(depth int) (*jsValue, error) {
	p.space()
	start := p.i
	v, err := p.literal(depth)
	if err != nil {
		return nil, err
	}
	if p.space(); v != nil && strings.IndexByte(",}]", p.peek()) >= 0 && p.i < len(p.text) {
		return v, nil
	}
	// An operator follows, or it was no literal to begin with.
	p.i = start
	if err := p.skip(); err != nil {
		return nil, err
	}
	text := strings.TrimSpace(p.text[start:p.i])
	if text == "" {
		return nil, finding.Because(reason.JSNoValue)
	}
	return &jsValue{kind: jsExpression, text: text, end: p.i}, nil
}

// literal reads a value that can be read; it is nil if there is none.
func (p *jsParser) literal(depth int) (*jsValue, error) {
	switch c := p.peek(); {
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.list(depth)
	case c == '"' || c == '\'' || c == '`':
		text, err := p.string()
		return &jsValue{kind: jsText, text: text}, err
	}
	word := p.word()
	switch word {
	case "true", "false", "null", "undefined":
		p.i += len(word)
		return &jsValue{kind: jsOther, text: word}, nil
	}
	if word != "" && strings.Trim(word, "0123456789") == "" {
		p.i += len(word)
		return &jsValue{kind: jsNumber, text: word}, nil
	}
	return nil, nil
}

func (p *jsParser) list(depth int) (*jsValue, error) {
	if depth >= maxDepth {
		return nil, errDeep()
	}
	v := &jsValue{kind: jsList}
	err := p.elements(']', func() error {
		item, err := p.value(depth + 1)
		v.items = append(v.items, item)
		return err
	})
	v.end = p.i
	return v, err
}

// skip steps over an expression: to the comma or bracket that ends it.
func (p *jsParser) skip() error {
	for open := 0; p.i < len(p.text); {
		switch c := p.peek(); {
		case c == '"' || c == '\'' || c == '`':
			if _, err := p.string(); err != nil {
				return err
			}
			continue
		case c == '(' || c == '[' || c == '{':
			open++
		case open > 0 && (c == ')' || c == ']' || c == '}'):
			open--
		case open == 0 && (c == ',' || c == ')' || c == ']' || c == '}'):
			return nil
		}
		p.i++
	}
	return errUnclosed
}

// string reads a string in any of JavaScript's quotes. A template's ${…}
// stays as it is: it is not the value, and a signature never has it.
func (p *jsParser) string() (string, error) {
	quote := p.text[p.i]
	var s strings.Builder
	for p.i++; p.i < len(p.text); {
		switch c := p.text[p.i]; {
		case c == quote:
			p.i++
			return s.String(), nil
		case c == '\n' && quote != '`':
			return "", finding.Because(reason.JSStringOpen)
		case c == '\\':
			if err := p.escape(&s); err != nil {
				return "", err
			}
		default:
			s.WriteByte(c)
			p.i++
		}
	}
	return "", errUnclosed
}

// escape reads what follows a backslash.
func (p *jsParser) escape(s *strings.Builder) error {
	rest := p.text[p.i+1:]
	if rest == "" {
		return errUnclosed
	}
	switch c := rest[0]; c {
	case 'x':
		return p.hexEscape(s, 2, 2)
	case 'u':
		if strings.HasPrefix(rest, "u{") {
			end := strings.IndexByte(rest[:min(len(rest), 10)], '}')
			r, err := strconv.ParseUint(rest[2:max(end, 2)], 16, 21)
			if err != nil {
				return finding.Because(reason.JSBadEscape)
			}
			s.WriteRune(rune(r))
			p.i += 2 + end
			return nil
		}
		return p.hexEscape(s, 2, 4)
	case '\n': // the string continues on the next line
		p.i += 2
	default:
		if i := strings.IndexByte("nrtbfv0", c); i >= 0 {
			s.WriteByte("\n\r\t\b\f\v\x00"[i])
		} else {
			s.WriteByte(c)
		}
		p.i += 2
	}
	return nil
}

// hexEscape reads \xXX or \uXXXX, a pair of surrogates as one character.
func (p *jsParser) hexEscape(s *strings.Builder, skip, digits int) error {
	unit := func(at int) (rune, bool) {
		if at+skip+digits > len(p.text) {
			return 0, false
		}
		n, err := strconv.ParseUint(p.text[at+skip:at+skip+digits], 16, 32)
		return rune(n), err == nil
	}
	r, ok := unit(p.i)
	if !ok {
		return finding.Because(reason.JSBadEscape)
	}
	p.i += skip + digits
	if utf16.IsSurrogate(r) && strings.HasPrefix(p.text[p.i:], `\u`) {
		if low, ok := unit(p.i); ok && utf16.DecodeRune(r, low) != utf8.RuneError {
			r = utf16.DecodeRune(r, low)
			p.i += skip + digits
		}
	}
	s.WriteRune(r)
	return nil
}
