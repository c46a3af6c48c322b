package message

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

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
	if i := forbidden(body[start:]); i >= 0 {
		return nil, 0, forbiddenAt(msgcrypt.XML, body, start+i)
	}
	r := xmlReader{body: body, base: start, dec: xml.NewDecoder(bytes.NewReader(body[start:]))}
	for {
		at := r.offset()
		token, err := r.dec.RawToken()
		if err != nil {
			return nil, 0, r.failure(at, err)
		}
		if err := r.token(at, token); err != nil {
			return nil, 0, err
		}
		if r.closed {
			root := r.root.field
			m := &Message{Fields: root.Children, Format: msgcrypt.XML}
			m.loose = strings.Trim(root.Value, blanks)
			return m, r.offset(), nil
		}
	}
}

// xmlReader builds the tree with a stack of its own: deep nesting costs a
// refusal, not a recursion, and every field gets its place.
type xmlReader struct {
	body   []byte
	base   int // where in body the decoder began
	dec    *xml.Decoder
	open   []xmlElement
	root   xmlElement
	closed bool
}

// xmlElement is an element whose end has not come yet.
type xmlElement struct {
	field       *Field
	value       []byte // its text, that of CDATA sections included
	cdata       bool
	first, last int // the part of value from the first section to the last
}

func (r *xmlReader) offset() int { return r.base + int(r.dec.InputOffset()) }

func (r *xmlReader) token(at int, token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		return r.start(at, t)
	case xml.EndElement:
		return r.end(at, t)
	case xml.CharData:
		return r.text(at, t)
	case xml.Directive:
		return syntaxError(msgcrypt.XML, r.body, at, reason.DocumentType)
	}
	return nil // comments and processing instructions say nothing
}

func (r *xmlReader) start(at int, t xml.StartElement) error {
	name := xmlName(t.Name)
	if len(r.open) == 0 && name != "xml" {
		return syntaxError(msgcrypt.XML, r.body, at, reason.RootNotXML, "root", name).as(WrongRoot)
	}
	if len(r.open) > MaxDepth {
		return syntaxError(msgcrypt.XML, r.body, at, reason.TooManyLevels, "limit", MaxDepth).as(TooDeep)
	}
	r.open = append(r.open, xmlElement{field: &Field{Name: name, Kind: Bare, pos: at}})
	return nil
}

func (r *xmlReader) end(at int, t xml.EndElement) error {
	name := xmlName(t.Name)
	if len(r.open) == 0 {
		return syntaxError(msgcrypt.XML, r.body, at, reason.ClosesNothing, "name", name)
	}
	e := r.open[len(r.open)-1]
	if e.field.Name != name {
		return syntaxError(msgcrypt.XML, r.body, at, reason.ClosesOther, "name", name, "open", e.field.Name)
	}
	e.finish()
	r.open = r.open[:len(r.open)-1]
	if len(r.open) == 0 {
		r.root, r.closed = e, true
		return nil
	}
	parent := r.open[len(r.open)-1].field
	parent.Children = append(parent.Children, e.field)
	return nil
}

// text takes the bytes of CDATA from the body itself: the decoder does not
// tell it from other text, and makes LF of CR.
func (r *xmlReader) text(at int, t xml.CharData) error {
	if len(r.open) == 0 {
		if rest := bytes.TrimLeft(t, blanks); len(rest) > 0 {
			return syntaxError(msgcrypt.XML, r.body, at, reason.TextOutsideXML, "text", excerpt(rest, 40))
		}
		return nil
	}
	e := &r.open[len(r.open)-1]
	const head, tail = "<![CDATA[", "]]>"
	if raw := r.body[at:r.offset()]; bytes.HasPrefix(raw, []byte(head)) {
		if !e.cdata {
			e.cdata, e.first = true, len(e.value)
		}
		e.value = append(e.value, raw[len(head):len(raw)-len(tail)]...)
		e.last = len(e.value)
		return nil
	}
	e.value = append(e.value, t...)
	return nil
}

// finish decides what an element was. Blanks between elements are layout, and
// so are those before and behind CDATA.
func (e *xmlElement) finish() {
	f := e.field
	switch {
	case len(f.Children) > 0:
		f.Kind = Group
		f.Value = strings.Trim(string(e.value), blanks)
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

// failure gives the decoder's error a place, and words where its own are hard
// to understand.
func (r *xmlReader) failure(at int, err error) error {
	var syntax *xml.SyntaxError
	switch {
	case errors.Is(err, io.EOF), errors.As(err, &syntax) && strings.Contains(syntax.Msg, "unexpected EOF"):
		if len(r.open) == 0 {
			return syntaxError(msgcrypt.XML, r.body, len(r.body), reason.CutBeforeXML).as(Truncated)
		}
		open := r.open[len(r.open)-1].field.Name
		return syntaxError(msgcrypt.XML, r.body, len(r.body), reason.CutInside, "open", open).as(Truncated)
	case errors.As(err, &syntax) && strings.Contains(syntax.Msg, "unescaped ]]>") && (len(r.open) == 0 || !r.open[len(r.open)-1].cdata):
		return syntaxError(msgcrypt.XML, r.body, at, reason.CDATAEndInText)
	case errors.As(err, &syntax) && strings.Contains(syntax.Msg, "unescaped ]]>"):
		return syntaxError(msgcrypt.XML, r.body, at, reason.LooseCDATAEnd).as(LooseCDATAEnd)
	case errors.As(err, &syntax):
		return syntaxError(msgcrypt.XML, r.body, at, reason.ParserSays, "error", finding.Verbatim(syntax.Msg))
	}
	return syntaxError(msgcrypt.XML, r.body, at, reason.NotUTF8Encoding, "error", finding.Verbatim(strings.TrimPrefix(err.Error(), "xml: "))).as(BadEncoding)
}

func xmlName(n xml.Name) string {
	if n.Space != "" {
		return n.Space + ":" + n.Local
	}
	return n.Local
}
