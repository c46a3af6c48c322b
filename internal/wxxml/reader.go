package wxxml

import (
	"bytes"
	"encoding/xml"
)

// TokenKind says what a [Token] is.
type TokenKind uint8

// The kinds of tokens. <a/> is a Start and an End.
const (
	Start TokenKind = iota
	End
	Text
	CDATA // one section
)

// Token is a piece of a body. It is valid until the next one is read.
type Token struct {
	Kind   TokenKind
	Offset int // where it begins in the body, in bytes from 0
	Depth  int // of Start and End: 1 is the root; of text, how many elements are around it

	Name      string // of Start and End, as it is written, a prefix included
	Qualified string // of Start: Name with its namespace, if one is declared, as "urn:x:name"

	// Text is the value with references resolved and line ends as LF. Raw is
	// what a CDATA section holds, byte for byte.
	Text, Raw []byte
}

// Reader reads the tokens of a body and makes sure that its elements are
// closed in order. Comments and processing instructions are left out. It has a
// stack of its own: deep nesting costs a refusal, not a recursion.
type Reader struct {
	body   []byte
	base   int // where in body the decoder began
	limit  int
	dec    *xml.Decoder
	open   []element
	rooted bool
	spaces []space
	token  Token
}

// element is one whose end has not come yet.
type element struct {
	name  string
	cdata bool // a section has ended in it
}

// space is a namespace that the element at depth declares for a prefix, which
// is empty for the default.
type space struct {
	depth       int
	prefix, uri string
}

// NewReader reads body from start on, with at most limit elements within each
// other.
func NewReader(body []byte, start, limit int) *Reader {
	const usual = 4 // levels
	return &Reader{body: body, base: start, limit: limit, dec: xml.NewDecoder(bytes.NewReader(body[start:])), open: make([]element, 0, usual)}
}

// Offset is where the last token ends.
func (r *Reader) Offset() int { return r.base + int(r.dec.InputOffset()) }

// Next returns the next token. After a root and its end the error is io.EOF
// when the body ends, else it is an [*Error]. What is text outside of the
// root, or another root, is for the caller to judge.
func (r *Reader) Next() (*Token, error) {
	for {
		at := r.Offset()
		token, err := r.dec.RawToken()
		if err != nil {
			return nil, r.failure(at, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			return r.start(at, t)
		case xml.EndElement:
			return r.end(at, t)
		case xml.CharData:
			return r.text(at, t), nil
		case xml.Directive:
			return nil, &Error{Kind: Declaration, Offset: at, Stop: r.Offset(), Detail: string(t)}
		}
	}
}

func (r *Reader) start(at int, t xml.StartElement) (*Token, error) {
	name := written(t.Name)
	if len(r.open) == r.limit {
		return nil, &Error{Kind: TooDeep, Offset: at, Stop: r.Offset()}
	}
	r.rooted = true
	r.open = append(r.open, element{name: name})
	r.token = Token{Kind: Start, Offset: at, Depth: len(r.open), Name: name, Qualified: r.qualify(name, t)}
	return &r.token, nil
}

func (r *Reader) end(at int, t xml.EndElement) (*Token, error) {
	name, depth := written(t.Name), len(r.open)
	if depth == 0 {
		return nil, &Error{Kind: Unopened, Offset: at, Stop: r.Offset(), Name: name}
	}
	if open := r.open[depth-1].name; open != name {
		return nil, &Error{Kind: Mismatch, Offset: at, Stop: r.Offset(), Name: name, Open: open}
	}
	r.open = r.open[:depth-1]
	for n := len(r.spaces); n > 0 && r.spaces[n-1].depth == depth; n-- {
		r.spaces = r.spaces[:n-1]
	}
	r.token = Token{Kind: End, Offset: at, Depth: depth, Name: name}
	return &r.token, nil
}

// text takes the bytes of CDATA from the body itself: the decoder does not
// tell it from other text, and makes LF of CR.
func (r *Reader) text(at int, t xml.CharData) *Token {
	r.token = Token{Kind: Text, Offset: at, Depth: len(r.open), Text: t}
	if r.body[at] == '<' { // no other text begins with it
		r.token.Kind, r.token.Raw = CDATA, r.body[at+len(cdataStart):r.Offset()-len(cdataEnd)]
		if len(r.open) > 0 {
			r.open[len(r.open)-1].cdata = true
		}
	}
	return &r.token
}

// qualify notes the namespaces that an element declares, and puts its own in
// place of its prefix.
func (r *Reader) qualify(name string, t xml.StartElement) string {
	if len(t.Attr)+len(r.spaces) == 0 {
		return name
	}
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" {
			r.spaces = append(r.spaces, space{len(r.open), a.Name.Local, a.Value})
		} else if a.Name.Space == "" && a.Name.Local == "xmlns" {
			r.spaces = append(r.spaces, space{len(r.open), "", a.Value})
		}
	}
	for i := len(r.spaces) - 1; i >= 0; i-- {
		if s := r.spaces[i]; s.prefix == t.Name.Space {
			return written(xml.Name{Space: s.uri, Local: t.Name.Local})
		}
	}
	return name
}

func written(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}
