// Package tomldoc reads TOML for files that people write by hand: whatever is
// wrong in one has its line and column, and a hint that says what to do.
//
// Make a [Text] of the file, check it with [Text.CheckEncoding], visit its
// syntax tree with [Text.Walk], and at the end have [Text.CheckWhole] look for
// what only the whole document shows:
//
//	t := tomldoc.New("wxdev.toml", data)
//	err := t.Walk(forms, func(e *unstable.Node) error { … })
//
// Mistakes that a caller finds itself are made with [Text.Errorf], which adds
// the place.
//
// The tree is go-toml's, https://pkg.go.dev/github.com/pelletier/go-toml/v2/unstable .
// A decoded struct would not do: it has no places, and go-toml's own errors
// quote the document, a line of which may hold a secret. No error of this
// package shows anything of a line but a key that is known to the caller.
package tomldoc

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/wxdev/wxdev/internal/source"
	"github.com/wxdev/wxdev/internal/text"
)

// MaxShown is how many bytes of a name from a file an error shows.
const MaxShown = 64

// Error is a mistake in a file, for people.
type Error struct {
	File         string // as [Text].Name; empty where Msg names it
	Offset       int    // in bytes, from 0
	Line, Column int    // from 1; 0 where the mistake has no place
	Msg          string // without the place
	Hint         string // what to do about it; may be empty
}

func (e *Error) Error() string {
	switch {
	case e.File == "":
		return e.Msg
	case e.Line == 0:
		return e.File + ": " + e.Msg
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Msg)
}

// Text is a file's content. Offsets are bytes of Data.
type Text struct {
	Name string // what errors call the file, fit to print
	Data []byte
}

// New returns the text of a file, without a byte order mark.
func New(name string, data []byte) *Text {
	return &Text{Name: name, Data: slices.Clip(bytes.TrimPrefix(data, []byte("\uFEFF")))}
}

// Position is an offset as line and column, both from 1. Columns count
// characters, as editors do.
func (t *Text) Position(offset int) (line, column int) {
	return source.Position(t.Data, offset)
}

// Errorf is an Error at an offset.
func (t *Text) Errorf(offset int, hint, format string, args ...any) *Error {
	line, column := t.Position(offset)
	return &Error{
		File: t.Name, Offset: offset, Line: line, Column: column,
		Msg: fmt.Sprintf(format, args...), Hint: hint,
	}
}

// CheckEncoding demands UTF-8 without NUL.
func (t *Text) CheckEncoding() error {
	const hint = "save it as UTF-8"
	var bad *source.EncodingError
	if !errors.As(source.Check(t.Data), &bad) {
		return nil
	}
	switch bad.Fault {
	case source.UTF16:
		return t.Errorf(bad.Offset, hint, "the file is UTF-16")
	case source.NUL:
		return t.Errorf(bad.Offset, hint, "a NUL byte: the file is UTF-16, or no text")
	}
	return t.Errorf(bad.Offset, hint, "not UTF-8; it may be GBK")
}

// Walk calls visit for each table header and each key at the top of a table,
// in order, until one fails or the text is no TOML. The node is gone after
// the call.
func (t *Text) Walk(forms Hints, visit func(*unstable.Node) error) error {
	var tree unstable.Parser
	tree.Reset(t.Data)
	for tree.NextExpression() {
		if err := visit(tree.Expression()); err != nil {
			return err
		}
	}
	var bad *unstable.ParserError
	if errors.As(tree.Error(), &bad) {
		return t.syntax(int(tree.Range(bad.Highlight).Offset), forms)
	}
	return nil
}

// CheckWhole finds what only the whole document shows, such as one table
// written in two ways.
func (t *Text) CheckWhole() error {
	var all map[string]any
	err := toml.Unmarshal(t.Data, &all)
	if err == nil {
		return nil
	}
	offset := 0
	var bad *toml.DecodeError
	if errors.As(err, &bad) {
		line, column := bad.Position() // in bytes
		for range line - 1 {
			offset += bytes.IndexByte(t.Data[offset:], '\n') + 1
		}
		offset += column - 1
	}
	if t.atNumber(offset) {
		return t.Errorf(offset, "put it in quotes if it is text", "not TOML: this is no number, date or time, or too large for one")
	}
	return t.Errorf(offset, "write each table once, and each key of it once", "this was defined before in another way")
}

// atNumber reports whether offset is in a number, a date or a time.
func (t *Text) atNumber(offset int) bool {
	before := bytes.TrimRight(t.Data[:min(offset+1, len(t.Data))], "+-.:0123456789TZ_")
	before = bytes.TrimRight(before, " \t\r\n")
	return len(before) > 0 && len(before) <= offset && bytes.IndexByte([]byte("=,["), before[len(before)-1]) >= 0
}

// KeyPath reads the key of a header or a pair behind prefix, and where its
// last part stands.
func KeyPath(prefix []string, e *unstable.Node) (path []string, offset int) {
	path = slices.Clone(prefix)
	for it := e.Key(); it.Next(); {
		path = append(path, string(it.Node().Data))
		offset = int(it.Node().Raw.Offset)
	}
	return path, offset
}

// KindName is what people call a kind of value.
func KindName(k unstable.Kind) string {
	switch k {
	case unstable.Integer, unstable.Float:
		return "a number"
	case unstable.Bool:
		return "true or false"
	case unstable.Array:
		return "a list"
	case unstable.InlineTable:
		return "a table"
	case unstable.String:
		return "text"
	}
	return "a date or a time"
}

// Near is [text.Of] for words from a file, where the whole file can be one.
func Near(word string, candidates []string) string {
	if len(word) > MaxShown {
		return ""
	}
	return text.Nearest(word, candidates)
}

// Quote is a name from a file, in quotes and not too long.
func Quote(name string) string { return text.Quote([]byte(name), MaxShown) }

// Dotted is a path as it is written in TOML, and quoted where it is odd.
func Dotted(path []string) string {
	s := Quote(strings.Join(path, "."))
	if strings.ContainsAny(s, "\\…") {
		return s
	}
	return strings.Trim(s, `"`)
}

// List is "a, b and c" for the last word "and".
func List(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	n := len(words) - 1
	return strings.Join(words[:n], ", ") + " " + last + " " + words[n]
}
