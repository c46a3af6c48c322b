package message

import "strings"

// Nearly all bodies are written in the same plain way, and encoding/xml and
// encoding/json are slow. So the readers first try quickXML and quickJSON: they
// take what is plain and leave everything else, right or wrong, to the general
// readers, whose words and places are the only ones. A fuzz test holds them to
// read the same.

// quick is what both quick readers have in common.
type quick struct {
	s      string             // what is read
	at     int                // how far
	base   int                // where s begins in the body
	depths [quickFields]uint8 // of the fields
	room
}

// quickFields is how many fields a message may have, and quickDepth how deep they
// may be, to be read quickly.
const (
	quickFields = 64
	quickDepth  = 8
)

// blanks skips white space.
func (q *quick) blanks() {
	for q.at < len(q.s) && isBlankByte(q.s[q.at]) {
		q.at++
	}
}

// skip skips text if it comes next.
func (q *quick) skip(text string) bool {
	if !strings.HasPrefix(q.s[q.at:], text) {
		return false
	}
	q.at += len(text)
	return true
}

// field adds a field, if there is room.
func (q *quick) field(name string, pos, depth int) *Field {
	if len(q.fields) == cap(q.fields) {
		return nil
	}
	q.fields = append(q.fields, Field{Name: name, Kind: Bare, span: span{pos: q.place(pos), inner: q.place(q.at)}})
	q.depths[len(q.fields)-1] = uint8(depth)
	return &q.fields[len(q.fields)-1]
}

func (q *quick) place(at int) int32 { return int32(q.base + at) }

// children are the fields from first on that are at a depth.
func (q *quick) children(first, depth int) []*Field {
	begin := len(q.list)
	for i := first; i < len(q.fields); i++ {
		if int(q.depths[i]) == depth {
			q.list = append(q.list, &q.fields[i])
		}
	}
	if len(q.list) == begin {
		return nil
	}
	return q.list[begin:len(q.list):len(q.list)]
}

func isBlankByte(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

func blankText(s string) bool {
	for i := range len(s) {
		if !isBlankByte(s[i]) {
			return false
		}
	}
	return true
}
