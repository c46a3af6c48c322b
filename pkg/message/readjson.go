package message

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/wxdev/wxdev/internal/source"
	"github.com/wxdev/wxdev/internal/wxjson"
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
	if i := source.InvalidUTF8(body[start:]); i >= 0 {
		return nil, 0, forbiddenAt(msgcrypt.JSON, body, start+i)
	}
	if m, end, ok := quickJSON(body, start); ok {
		return m, end, nil
	}
	return generalJSON(body, start)
}

// generalJSON is readJSON for all there is, and says what is wrong.
func generalJSON(body []byte, start int) (*Message, int, error) {
	r := jsonReader{body: body, tokens: wxjson.NewReader(body, start)}
	root := &Field{Kind: Group, span: span{pos: int32(start)}}
	if _, _, err := r.tokens.Next(); err != nil { // the {, which is there
		return nil, 0, r.failure(err)
	}
	if err := r.object(root, 0); err != nil {
		return nil, 0, err
	}
	return &Message{Fields: root.Children, Format: msgcrypt.JSON}, r.tokens.Offset(), nil
}

type jsonReader struct {
	body   []byte
	tokens *wxjson.Reader
}

// object reads the members of an object whose { has been read. It calls
// itself for each level, of which there are at most MaxDepth.
func (r *jsonReader) object(into *Field, depth int) error {
	seen := map[string]bool{}
	for r.tokens.More() {
		token, at, err := r.tokens.Next()
		if err != nil {
			return r.failure(err)
		}
		name, _ := token.(string) // encoding/json has made sure of it
		if seen[name] {
			return syntaxError(msgcrypt.JSON, r.body, at, reason.NameTwice, "name", excerpt([]byte(name), 60))
		}
		seen[name] = true
		if depth >= MaxDepth {
			return r.failure(&wxjson.Error{Kind: wxjson.TooDeep, Offset: at})
		}
		if into.Children, err = r.member(into.Children, name, at, depth+1); err != nil {
			return err
		}
	}
	if _, _, err := r.tokens.Next(); err != nil { // the }
		return r.failure(err)
	}
	return nil
}

// member reads a value and appends it to fields: an array as one field for
// each element.
func (r *jsonReader) member(fields []*Field, name string, pos, depth int) ([]*Field, error) {
	token, begin, err := r.tokens.Next()
	if err != nil {
		return nil, r.failure(err)
	}
	if token != json.Delim('[') {
		f, err := r.value(token, name, span{pos: int32(pos), inner: int32(begin)}, depth)
		return append(fields, f), err
	}
	n := len(fields)
	for r.tokens.More() {
		token, at, err := r.tokens.Next()
		if err != nil {
			return nil, r.failure(err)
		}
		var f *Field
		if token == json.Delim('[') {
			f, err = r.nested(name, at)
		} else {
			f, err = r.value(token, name, span{pos: int32(at), inner: int32(at)}, depth)
		}
		if err != nil {
			return nil, err
		}
		f.JSON = Array
		fields = append(fields, f)
	}
	if _, _, err := r.tokens.Next(); err != nil { // the ]
		return nil, r.failure(err)
	}
	if len(fields) == n {
		end := int32(r.tokens.Offset())
		fields = append(fields, &Field{Name: name, Kind: Literal, Value: "[]", span: span{int32(pos), int32(begin), end, end}})
	}
	return fields, nil
}

func (r *jsonReader) value(token json.Token, name string, at span, depth int) (*Field, error) {
	f := &Field{Name: name, Kind: Bare, span: at}
	defer func() {
		f.end = int32(r.tokens.Offset())
		f.innerEnd = f.end
	}()
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
	if err := r.tokens.Skip(MaxDepth); err != nil {
		return nil, r.failure(err)
	}
	var text bytes.Buffer
	if err := json.Compact(&text, r.body[at:r.tokens.Offset()]); err != nil {
		panic(err) // its tokens have been read
	}
	end := int32(r.tokens.Offset())
	return &Field{Name: name, Kind: Literal, Value: text.String(), span: span{int32(at), int32(at), end, end}}, nil
}

// failure words why a body is not JSON.
func (r *jsonReader) failure(err error) error {
	var e *wxjson.Error
	if !errors.As(err, &e) {
		panic(err) // the reader has no other errors
	}
	switch e.Kind {
	case wxjson.Truncated:
		return syntaxError(msgcrypt.JSON, r.body, e.Offset, reason.ObjectCut).as(Truncated)
	case wxjson.TooDeep:
		return syntaxError(msgcrypt.JSON, r.body, e.Offset, reason.TooManyLevels, "limit", MaxDepth).as(TooDeep)
	case wxjson.Malformed:
	}
	return syntaxError(msgcrypt.JSON, r.body, e.Offset, reason.ParserSays, "error", finding.Verbatim(e.Detail))
}
