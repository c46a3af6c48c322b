package message

import (
	"bytes"
	"strings"

	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// quickXML reads one <xml> element, if its elements have no attributes and each
// has one value: bare and without references, in one CDATA section, or elements.
// It is for a body without characters that XML forbids.
func quickXML(body []byte, start int) (m *Message, end int, ok bool) {
	const root = "<xml>"
	if !bytes.HasPrefix(body[start:], []byte(root)) {
		return nil, 0, false
	}
	n := bytes.Count(body[start:], []byte("/")) // quick, and seldom too many
	if n > usualFields {
		n = bytes.Count(body[start:], []byte("</")) - 1 // the root's
	}
	if n > quickFields {
		return nil, 0, false
	}
	q := quick{s: string(body[start:]), at: len(root), base: start}
	m, q.room = newRoom(n)
	if _, ok = q.elements("xml", 1); !ok {
		return nil, 0, false
	}
	m.Fields, m.Format = q.children(0, 1), msgcrypt.XML
	return m, start + q.at, true
}

// elements reads those up to the end tag of name, and returns where that begins.
func (q *quick) elements(name string, depth int) (end int, ok bool) {
	for {
		q.blanks()
		end = q.at
		switch {
		case q.endTag(name):
			return end, true
		case depth > quickDepth || !q.element(depth):
			return 0, false
		}
	}
}

func (q *quick) element(depth int) bool {
	pos := q.at
	name, ok := q.startTag()
	if !ok {
		return false
	}
	f := q.field(name, pos, depth)
	begin := q.at
	next := strings.IndexByte(q.s[begin:], '<')
	if f == nil || next < 0 {
		return false
	}
	q.at += next
	text, end := q.s[begin:q.at], q.at
	switch {
	case strings.HasPrefix(q.s[q.at:], "</"):
		if strings.ContainsAny(text, "&>\r") { // to be resolved, refused or replaced
			return false
		}
		f.Value, ok = text, q.endTag(name)
	case !blankText(text):
		return false
	case q.skip(cdataStart):
		f.Kind = CDATA
		if f.Value, ok = q.cdata(); ok {
			q.blanks()
			end = q.at
			ok = q.endTag(name)
		}
	default:
		first := len(q.fields)
		f.Kind = Group
		if end, ok = q.elements(name, depth+1); ok {
			f.Children = q.children(first, depth+1)
		}
	}
	f.innerEnd, f.end = q.place(end), q.place(q.at)
	return ok
}

const cdataStart, cdataEnd = "<![CDATA[", "]]>"

// cdata is what a section holds whose start has been read.
func (q *quick) cdata() (string, bool) {
	n := strings.Index(q.s[q.at:], cdataEnd)
	if n < 0 {
		return "", false
	}
	text := q.s[q.at : q.at+n]
	q.at += n + len(cdataEnd)
	return text, true
}

// startTag reads <name>, with the name of letters and digits that WeChat's have.
func (q *quick) startTag() (name string, ok bool) {
	if !q.skip("<") {
		return "", false
	}
	begin := q.at
	for q.at < len(q.s) {
		switch c := q.s[q.at]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c >= '0' && c <= '9' && q.at > begin:
			q.at++
		case c == '>' && q.at > begin:
			q.at++
			return q.s[begin : q.at-1], true
		default:
			return "", false
		}
	}
	return "", false
}

// endTag reads </name> if it comes next.
func (q *quick) endTag(name string) bool {
	rest := q.s[q.at:]
	n := len("</") + len(name)
	if len(rest) <= n || rest[:2] != "</" || rest[2:n] != name || rest[n] != '>' {
		return false
	}
	q.at += n + 1
	return true
}
