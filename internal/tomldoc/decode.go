package tomldoc

import (
	"bytes"
	"errors"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Decode reads the text into a struct, by its fields' toml tags. It is for
// documents that a program writes as well: it makes no tree, and costs no more
// than decoding. The errors are those of [Text.Parse], and where the document
// does not fit the struct, a [*KeyError] or a [*Fault]. keys are those that an
// unknown one may have been meant for.
func (t *Text) Decode(v any, keys []string) error {
	err := toml.NewDecoder(bytes.NewReader(t.Data)).DisallowUnknownFields().Decode(v)
	if err == nil {
		return nil
	}
	root, faulty := t.Parse()
	if faulty != nil {
		return faulty
	}
	var unknown *toml.StrictMissingError
	if errors.As(err, &unknown) && len(unknown.Errors) > 0 {
		first := unknown.Errors[0]
		e := &KeyError{Path: first.Key(), Offset: t.offset(first.Position())}
		if n := len(e.Path); n > 0 {
			e.Nearest = Near(e.Path[n-1], keys)
		}
		return e
	}
	f := &Fault{Problem: Mismatch, Offset: -1, Reason: words(err)}
	var bad *toml.DecodeError
	if errors.As(err, &bad) {
		f.Offset = t.offset(bad.Position())
	}
	if strings.HasPrefix(f.Reason, "cannot decode ") { // with names of Go types, which say nothing to people
		f.First = root.at(f.Offset)
	}
	return f
}

// at finds the value at an offset, or nil.
func (n *Node) at(offset int) *Node {
	for _, c := range n.Children {
		if c.At == offset && c.Kind != Table {
			return c
		}
		if found := c.at(offset); found != nil {
			return found
		}
	}
	return nil
}

// offset is that of a line and a column in bytes, both from 1.
func (t *Text) offset(line, column int) int {
	at := 0
	for range line - 1 {
		at += bytes.IndexByte(t.Data[at:], '\n') + 1
	}
	return at + column - 1
}
