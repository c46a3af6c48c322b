package message

import (
	"bytes"
	"strings"

	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// quickJSON reads one object, if it has no arrays, no characters escaped as
// numbers and no numbers but integers. It is for a body in UTF-8.
func quickJSON(body []byte, start int) (m *Message, end int, ok bool) {
	n := bytes.Count(body[start:], []byte(":"))
	if n > quickFields || !bytes.HasPrefix(body[start:], []byte("{")) {
		return nil, 0, false
	}
	q := quick{s: string(body[start:]), at: 1, base: start}
	m, q.room = newRoom(n)
	if !q.members(1) {
		return nil, 0, false
	}
	m.Fields, m.Format = q.children(0, 1), msgcrypt.JSON
	return m, start + q.at, true
}

// members reads those of an object whose { has been read.
func (q *quick) members(depth int) bool {
	first := len(q.fields)
	if q.blanks(); q.skip("}") {
		return true
	}
	for depth <= quickDepth && q.member(first, depth) {
		q.blanks()
		if q.skip("}") {
			return true
		}
		if !q.skip(",") {
			return false
		}
		q.blanks()
	}
	return false
}

// member reads a member of the object whose fields begin at first.
func (q *quick) member(first, depth int) bool {
	pos := q.at
	name, ok := q.text()
	if q.blanks(); !ok || !q.skip(":") || q.has(first, depth, name) {
		return false
	}
	q.blanks()
	f := q.field(name, pos, depth)
	if f == nil {
		return false
	}
	begin := q.at
	switch {
	case strings.HasPrefix(q.s[begin:], `"`):
		f.Kind = CDATA
		f.Value, ok = q.text()
	case q.skip("{"):
		f.Kind = Group
		inside := len(q.fields)
		if ok = q.members(depth + 1); ok {
			f.Children = q.children(inside, depth+1)
		}
	default:
		f.Value, ok = q.literal()
	}
	f.innerEnd, f.end = q.place(q.at), q.place(q.at)
	return ok
}

// has reports whether the object whose fields begin at first has a name already.
func (q *quick) has(first, depth int, name string) bool {
	for i := first; i < len(q.fields); i++ {
		if int(q.depths[i]) == depth && q.fields[i].Name == name {
			return true
		}
	}
	return false
}

// text reads a string.
func (q *quick) text() (string, bool) {
	if !q.skip(`"`) {
		return "", false
	}
	for begin := q.at; q.at < len(q.s); q.at++ {
		switch c := q.s[q.at]; {
		case c == '"':
			q.at++
			return q.s[begin : q.at-1], true
		case c == '\\':
			return q.escaped(begin)
		case c < ' ':
			return "", false
		}
	}
	return "", false
}

// escaped reads on in a string that begins at begin and has escapes, of which
// those with numbers are not for it.
func (q *quick) escaped(begin int) (string, bool) {
	const letters, characters = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	text := []byte(q.s[begin:q.at])
	for q.at+1 < len(q.s) {
		c := q.s[q.at]
		q.at++
		switch {
		case c == '"':
			return string(text), true
		case c < ' ':
			return "", false
		case c == '\\':
			i := strings.IndexByte(letters, q.s[q.at])
			if i < 0 {
				return "", false
			}
			c = characters[i]
			q.at++
		}
		text = append(text, c)
	}
	return "", false
}

// literal reads an integer, true, false or null.
func (q *quick) literal() (string, bool) {
	begin := q.at
	for _, word := range [...]string{"true", "false", "null"} {
		if q.skip(word) {
			return word, q.ended()
		}
	}
	q.skip("-")
	digits := q.at
	for q.at < len(q.s) && q.s[q.at] >= '0' && q.s[q.at] <= '9' {
		q.at++
	}
	n := q.at - digits
	return q.s[begin:q.at], (n == 1 || n > 1 && q.s[digits] != '0') && q.ended()
}

// ended reports whether a literal ends here.
func (q *quick) ended() bool {
	return q.at < len(q.s) && (isBlankByte(q.s[q.at]) || q.s[q.at] == ',' || q.s[q.at] == '}')
}
