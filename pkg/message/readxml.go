package message

import (
	"bytes"
	"errors"
	"strings"

	"github.com/wxdev/wxdev/internal/wxxml"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// parseXML reads body, which has nothing but <xml> from start on.
func parseXML(body []byte, start int) (*Message, error) {
	m, end, err := readXML(body, start)
	if err != nil {
		return nil, err
	}
	rest := bytes.TrimLeft(body[end:], blanks)
	if len(rest) > 0 {
		return nil, syntaxError(msgcrypt.XML, body, len(body)-len(rest), reason.AfterXML, "rest", excerpt(rest, 40))
	}
	return m, nil
}

// readXML reads one <xml> element and returns where it ends.
func readXML(body []byte, start int) (*Message, int, error) {
	if i := wxxml.Forbidden(body[start:]); i >= 0 {
		return nil, 0, forbiddenAt(msgcrypt.XML, body, start+i)
	}
	if m, end, ok := quickXML(body, start); ok {
		return m, end, nil
	}
	return generalXML(body, start)
}

// generalXML is readXML for all there is, and says what is wrong.
func generalXML(body []byte, start int) (*Message, int, error) {
	r := xmlReader{body: body, tokens: wxxml.NewReader(body, start, MaxDepth+1), open: make([]xmlElement, 0, usualDepth)} // the root is none of a message's levels
	for {
		token, err := r.tokens.Next()
		if err != nil {
			return nil, 0, xmlError(body, err)
		}
		if err := r.token(token); err != nil {
			return nil, 0, err
		}
		if token.Kind == wxxml.End && token.Depth == 1 {
			m := &Message{Fields: r.root.Children, Format: msgcrypt.XML}
			m.loose = strings.Trim(r.root.Value, blanks)
			return m, r.tokens.Offset(), nil
		}
	}
}

// xmlReader builds the tree.
type xmlReader struct {
	body   []byte
	tokens *wxxml.Reader
	open   []xmlElement
	root   *Field // when it has been read
}

// usualDepth is how deep the elements of most messages are.
const usualDepth = 4

// xmlElement is an element whose end has not come yet.
type xmlElement struct {
	field       *Field
	value       []byte // its text, that of CDATA sections included
	cdata       bool
	first, last int // the part of value from the first section to the last
}

func (r *xmlReader) token(t *wxxml.Token) error {
	switch t.Kind {
	case wxxml.Start:
		if t.Depth == 1 && t.Name != "xml" {
			return syntaxError(msgcrypt.XML, r.body, t.Offset, reason.RootNotXML, "root", t.Name).as(WrongRoot)
		}
		r.start(&Field{Name: t.Name, Kind: Bare, span: span{pos: int32(t.Offset), inner: int32(r.tokens.Offset())}})
	case wxxml.End:
		r.end(t)
	case wxxml.Text, wxxml.CDATA:
		if t.Depth > 0 {
			r.open[len(r.open)-1].add(t)
		} else if rest := bytes.TrimLeft(t.Text, blanks); len(rest) > 0 {
			return syntaxError(msgcrypt.XML, r.body, t.Offset, reason.TextOutsideXML, "text", excerpt(rest, 40))
		}
	}
	return nil
}

// start takes the room for the value from the last element of this level.
func (r *xmlReader) start(f *Field) {
	var room []byte
	if n := len(r.open); n < cap(r.open) {
		room = r.open[:n+1][n].value[:0]
	}
	r.open = append(r.open, xmlElement{field: f, value: room})
}

func (r *xmlReader) end(t *wxxml.Token) {
	e := &r.open[len(r.open)-1]
	e.finish()
	e.field.innerEnd, e.field.end = int32(t.Offset), int32(r.tokens.Offset())
	r.open = r.open[:len(r.open)-1]
	if len(r.open) == 0 {
		r.root = e.field
		return
	}
	parent := r.open[len(r.open)-1].field
	if parent.Children == nil {
		parent.Children = make([]*Field, 0, usualFields)
	}
	parent.Children = append(parent.Children, e.field)
}

// add takes CDATA byte for byte, its line ends included.
func (e *xmlElement) add(t *wxxml.Token) {
	if t.Kind == wxxml.Text {
		e.value = append(e.value, t.Text...)
		return
	}
	if !e.cdata {
		e.cdata, e.first = true, len(e.value)
	}
	e.value = append(e.value, t.Raw...)
	e.last = len(e.value)
}

// finish decides what an element was. Blanks between elements are layout, and
// so are those around CDATA.
func (e *xmlElement) finish() {
	f := e.field
	switch {
	case len(f.Children) > 0:
		f.Kind = Group
		f.Value = string(bytes.Trim(e.value, blanks))
	case e.cdata:
		f.Kind = CDATA
		value := e.value
		if isBlank(value[e.last:]) {
			value = value[:e.last]
		}
		if isBlank(value[:e.first]) {
			value = value[e.first:]
		}
		f.Value = string(value)
	default:
		f.Value = string(e.value)
	}
}

func isBlank(b []byte) bool { return len(bytes.Trim(b, blanks)) == 0 }

// xmlError words why a body is not XML.
func xmlError(body []byte, failure error) error {
	var e *wxxml.Error
	if !errors.As(failure, &e) {
		panic(failure) // io.EOF comes after the root's end, where reading stops
	}
	fail := func(why reason.ID, pairs ...any) *SyntaxError {
		return syntaxError(msgcrypt.XML, body, e.Offset, why, pairs...)
	}
	switch e.Kind {
	case wxxml.NoRoot:
		return fail(reason.CutBeforeXML).as(Truncated)
	case wxxml.Truncated:
		if e.Name == "" {
			return fail(reason.CutBeforeXML).as(Truncated)
		}
		return fail(reason.CutInside, "open", e.Name).as(Truncated)
	case wxxml.Mismatch:
		return fail(reason.ClosesOther, "name", e.Name, "open", e.Open)
	case wxxml.Unopened:
		return fail(reason.ClosesNothing, "name", e.Name)
	case wxxml.BareCDATAEnd:
		return fail(reason.CDATAEndInText)
	case wxxml.LooseCDATAEnd:
		return fail(reason.LooseCDATAEnd).as(LooseCDATAEnd)
	case wxxml.Encoding:
		return fail(reason.NotUTF8Encoding, "error", finding.Verbatim(e.Detail)).as(BadEncoding)
	case wxxml.Declaration:
		return fail(reason.DocumentType)
	case wxxml.TooDeep:
		return fail(reason.TooManyLevels, "limit", MaxDepth).as(TooDeep)
	case wxxml.Malformed:
	}
	return fail(reason.ParserSays, "error", finding.Verbatim(e.Detail))
}
