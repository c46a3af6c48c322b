package menu

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/wxdev/wxdev/pkg/finding"
)

// maxDepth is how deep a file may be nested. A menu needs seven levels.
const maxDepth = 32

// jsonParser reads JSON with the place of every value. encoding/json keeps no
// places, takes a key that is there twice and stops at the first mistake; this
// one names the mistakes that people make most and goes on after them, so that
// all are told at once. That is why it is not the reader of package wxjson.
// What it takes without a problem is what encoding/json takes, which a fuzz
// test holds it to.
type jsonParser struct {
	*collector
	i       int
	open    []int // where the brackets begin that are not closed yet
	end     int   // of the last value
	comment bool  // reported already

	escapes, firstEscape int
}

// parseJSON returns the value that the file is. It is nil if it ends in a
// syntax error; then at least one problem is an error.
func parseJSON(c *collector) *node {
	p := &jsonParser{collector: c}
	root := p.value()
	if root != nil {
		if p.space(); p.i < len(p.data) {
			p.add(ruleAfterEnd, p.i, "found", p.excerpt(p.i))
			root = nil
		}
	}
	if p.escapes > 0 {
		p.add(ruleEscape, p.firstEscape, "escape", string(p.data[p.firstEscape:p.firstEscape+6]), "count", p.escapes)
	}
	return root
}

// excerpt shows what is at i, up to the end of the line.
func (p *jsonParser) excerpt(i int) finding.Quote {
	line, _, _ := bytes.Cut(p.data[i:], []byte("\n"))
	return quote(strings.TrimRight(string(line), " \t\r"))
}

// peek returns the next byte, 0 at the end.
func (p *jsonParser) peek() byte {
	if p.i < len(p.data) {
		return p.data[p.i]
	}
	return 0
}

// space steps over whitespace and comments, and over characters that only look
// like whitespace.
func (p *jsonParser) space() {
	for p.i < len(p.data) {
		switch c := p.data[p.i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			p.i++
		case c == '/' || c == '#':
			if !p.skipComment() {
				return
			}
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRune(p.data[p.i:])
			if !strings.ContainsRune("\u00a0\u2003\u2028\u2029\u200b\u3000\ufeff", r) {
				return
			}
			p.add(ruleOddBlank, p.i, "char", fmt.Sprintf("%U", r))
			p.i += n
		default:
			return
		}
	}
}

// skipComment steps over // … , # … and /* … */. It reports only the first: a
// file with comments has many.
func (p *jsonParser) skipComment() bool {
	rest, start := p.data[p.i:], p.i
	switch {
	case bytes.HasPrefix(rest, []byte("/*")):
		n := bytes.Index(rest, []byte("*/"))
		if n < 0 {
			return false
		}
		p.i += n + 2
	case rest[0] == '#', bytes.HasPrefix(rest, []byte("//")):
		line, _, _ := bytes.Cut(rest, []byte("\n"))
		p.i += len(line)
	default:
		return false
	}
	if !p.comment {
		p.comment = true
		p.add(ruleComment, start, "found", p.excerpt(start))
	}
	return true
}

// value reads one value. It is nil after a syntax error, which is reported.
func (p *jsonParser) value() *node {
	p.space()
	n := &node{at: p.i}
	switch c := p.peek(); {
	case c == '{':
		n.kind = isObject
		return p.object(n)
	case c == '[':
		n.kind = isArray
		return p.array(n)
	case c == '"':
		n.kind = isString
		text, ok := p.text()
		if !ok {
			return nil
		}
		n.text = text
	case c == '-' || c >= '0' && c <= '9':
		n.kind = isNumber
		if !p.number(n) {
			return nil
		}
	default:
		if !p.word(n) {
			p.unexpected()
			return nil
		}
	}
	p.end = p.i
	return n
}

// enter steps into an array or object.
func (p *jsonParser) enter() bool {
	if len(p.open) == maxDepth {
		p.add(ruleTooDeep, p.i, "limit", maxDepth)
		return false
	}
	p.open = append(p.open, p.i)
	p.i++
	return true
}

func (p *jsonParser) array(n *node) *node {
	if !p.enter() {
		return nil
	}
	for {
		more, ok := p.more(']', len(n.items) == 0)
		if !ok {
			return nil
		}
		if !more {
			return n
		}
		item := p.value()
		if item == nil {
			return nil
		}
		n.items = append(n.items, item)
	}
}

func (p *jsonParser) object(n *node) *node {
	if !p.enter() {
		return nil
	}
	index := map[string]int{}
	for {
		more, ok := p.more('}', len(index) == 0)
		if !ok {
			return nil
		}
		if !more {
			return n
		}
		m, ok := p.member()
		if !ok {
			return nil
		}
		if i, again := index[m.name]; again {
			if !p.full() { // counting lines takes time
				p.add(ruleDuplicateKey, m.at, "field", quote(m.name), "line", p.line(n.members[i].at))
			}
			n.members[i] = m // the last counts, as in most readers
			continue
		}
		index[m.name] = len(n.members)
		n.members = append(n.members, m)
	}
}

func (p *jsonParser) member() (m member, ok bool) {
	m.at = p.i
	if p.peek() != '"' {
		p.unexpected()
		return m, false
	}
	if m.name, ok = p.text(); !ok {
		return m, false
	}
	p.space()
	if !p.punctuation(':', "：") {
		p.add(ruleMissingColon, p.i, "field", quote(m.name))
		return m, false
	}
	m.value = p.value()
	return m, m.value != nil
}

// punctuation steps over c, or over its full-width twin, which is reported.
func (p *jsonParser) punctuation(c byte, wide string) bool {
	if p.peek() == c {
		p.i++
		return true
	}
	if !bytes.HasPrefix(p.data[p.i:], []byte(wide)) {
		return false
	}
	p.add(ruleFullWidth, p.i, "found", quote(wide), "want", quote(string(c)))
	p.i += len(wide)
	return true
}

// more steps over a comma or the closing bracket, and reports whether another
// element follows. Not ok is a syntax error.
func (p *jsonParser) more(closing byte, first bool) (more, ok bool) {
	p.space()
	comma := p.i
	c := p.peek()
	switch {
	case c == closing:
		p.leave()
		return false, true
	case c == '}' || c == ']':
		start := p.open[len(p.open)-1]
		p.add(ruleMismatch, p.i, "found", string(c), "want", string(closing), "line", p.line(start))
		return false, false
	case p.i == len(p.data):
		p.unexpected()
		return false, false
	case first:
		return true, true
	case p.punctuation(',', "，"):
		if p.space(); p.peek() == closing {
			p.add(ruleTrailingComma, comma)
			p.leave()
			return false, true
		}
		return true, true
	case c == '"' || c == '{' || c == '[':
		p.add(ruleMissingComma, p.end)
		return true, true
	}
	p.unexpected()
	return false, false
}

func (p *jsonParser) leave() {
	p.i++
	p.end = p.i
	p.open = p.open[:len(p.open)-1]
}

func (p *jsonParser) number(n *node) bool {
	length := 0
	for _, c := range p.data[p.i:] {
		if !strings.ContainsRune("+-.0123456789eE", rune(c)) {
			break
		}
		length++
	}
	raw := p.data[p.i : p.i+length]
	if !json.Valid(raw) {
		p.add(ruleNumber, p.i, "found", quote(string(raw)))
		return false
	}
	n.text = string(raw)
	p.i += length
	return true
}

// word reads true, false or null.
func (p *jsonParser) word(n *node) bool {
	word := p.letters()
	switch word {
	case "true", "false":
		n.kind = isBoolean
	case "null":
		n.kind = isNull
	default:
		return false
	}
	n.text = word
	p.i += len(word)
	return true
}

// letters returns the word at the place, empty if there is none.
func (p *jsonParser) letters() string {
	rest := p.data[p.i:]
	for i, c := range rest {
		if c != '_' && c != '$' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return string(rest[:i])
		}
	}
	return string(rest)
}
