package message

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/wxdev/wxdev/internal/source"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// parseJSON reads body, which has nothing but one object from start on.
func parseJSON(body []byte, start int) (*Message, error) {
	m, end, err := readJSON(body, start)
	if err != nil {
		return nil, err
	}
	rest := bytes.TrimLeft(body[end:], blanks)
	if len(rest) > 0 {
		return nil, syntaxError(msgcrypt.JSON, body, len(body)-len(rest), reason.AfterObject, "rest", excerpt(rest, 40))
	}
	return m, nil
}

// readJSON reads one object and returns where it ends.
func readJSON(body []byte, start int) (*Message, int, error) {
	if at := source.InvalidUTF8(body[start:]); at >= 0 {
		return nil, 0, forbiddenAt(msgcrypt.JSON, body, start+at)
	}
	r := jsonReader{body: body, base: start, dec: json.NewDecoder(bytes.NewReader(body[start:]))}
	r.dec.UseNumber()
	root := &Field{Kind: Group, pos: start}
	if _, err := r.dec.Token(); err != nil { // the {, which is there
		return nil, 0, r.failure(start, err)
	}
	if err := r.object(root, 0); err != nil {
		return nil, 0, err
	}
	return &Message{Fields: root.Children, Format: msgcrypt.JSON}, r.offset(), nil
}

type jsonReader struct {
	body []byte
	base int
	dec  *json.Decoder
}

func (r *jsonReader) offset() int { return r.base + int(r.dec.InputOffset()) }

// next skips to where the next token begins, for its place. The decoder's
// own offset is behind the last one, before comma, colon and blanks.
func (r *jsonReader) next() int {
	rest := r.body[r.offset():]
	return len(r.body) - len(bytes.TrimLeft(rest, blanks+",:"))
}

// object reads the members of an object whose { has been read. It calls
// itself for each level, of which there are at most MaxDepth.
func (r *jsonReader) object(into *Field, depth int) error {
	seen := map[string]bool{}
	for r.dec.More() {
		at := r.next()
		token, err := r.dec.Token()
		if err != nil {
			return r.failure(at, err)
		}
		name, _ := token.(string) // json.Decoder has made sure of it
		if seen[name] {
			return syntaxError(msgcrypt.JSON, r.body, at, reason.NameTwice, "name", excerpt([]byte(name), 60))
		}
		seen[name] = true
		if depth >= MaxDepth {
			return syntaxError(msgcrypt.JSON, r.body, at, reason.TooManyLevels, "limit", MaxDepth).as(TooDeep)
		}
		if into.Children, err = r.member(into.Children, name, at, depth+1); err != nil {
			return err
		}
	}
	at := r.next()
	if _, err := r.dec.Token(); err != nil { // the }
		return r.failure(at, err)
	}
	return nil
}

// member reads a value and appends it to fields: an array as one field for
// each element.
func (r *jsonReader) member(fields []*Field, name string, pos, depth int) ([]*Field, error) {
	at := r.next()
	token, err := r.dec.Token()
	if err != nil {
		return nil, r.failure(at, err)
	}
	if token != json.Delim('[') {
		f, err := r.value(token, name, pos, depth)
		return append(fields, f), err
	}
	n := len(fields)
	for r.dec.More() {
		at := r.next()
		token, err := r.dec.Token()
		if err != nil {
			return nil, r.failure(at, err)
		}
		var f *Field
		if token == json.Delim('[') {
			f, err = r.nested(name, at)
		} else {
			f, err = r.value(token, name, at, depth)
		}
		if err != nil {
			return nil, err
		}
		f.JSON = Array
		fields = append(fields, f)
	}
	at = r.next()
	if _, err := r.dec.Token(); err != nil { // the ]
		return nil, r.failure(at, err)
	}
	if len(fields) == n {
		fields = append(fields, &Field{Name: name, Kind: Literal, Value: "[]", pos: pos})
	}
	return fields, nil
}

func (r *jsonReader) value(token json.Token, name string, pos, depth int) (*Field, error) {
	f := &Field{Name: name, Kind: Bare, pos: pos}
	switch t := token.(type) {
	case string:
		f.Kind, f.Value = CDATA, t
	case json.Number:
		f.Value = t.String()
	case bool:
		f.Value = "false"
		if t {
			f.Value = "true"
		}
	case nil:
		f.Value = "null"
	case json.Delim: // a {: arrays are not given to value
		f.Kind = Group
		return f, r.object(f, depth)
	}
	return f, nil
}

// nested keeps an array in an array, whose [ has been read, as its text: XML
// has nothing like it.
func (r *jsonReader) nested(name string, at int) (*Field, error) {
	for open := 1; open > 0; {
		here := r.next()
		token, err := r.dec.Token()
		if err != nil {
			return nil, r.failure(here, err)
		}
		switch token {
		case json.Delim('['), json.Delim('{'):
			open++
		case json.Delim(']'), json.Delim('}'):
			open--
		}
		if open > MaxDepth {
			return nil, syntaxError(msgcrypt.JSON, r.body, here, reason.TooManyLevels, "limit", MaxDepth).as(TooDeep)
		}
	}
	var text bytes.Buffer
	if err := json.Compact(&text, r.body[at:r.offset()]); err != nil {
		return nil, r.failure(at, err)
	}
	return &Field{Name: name, Kind: Literal, Value: text.String(), pos: at}, nil
}

func (r *jsonReader) failure(at int, err error) error {
	var syntax *json.SyntaxError
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return syntaxError(msgcrypt.JSON, r.body, len(r.body), reason.ObjectCut).as(Truncated)
	}
	if errors.As(err, &syntax) {
		err = syntax
	}
	return syntaxError(msgcrypt.JSON, r.body, at, reason.ParserSays, "error", finding.Verbatim(err.Error()))
}
