// Package tomldoc reads TOML for files that people write by hand: whatever is
// wrong in one has its line and column, and a hint that says what to do.
//
// Make a [Text] of the file. [Text.Parse] reads it into one tree of [Node]s,
// each with its place, and [Text.Explain] says why there is none:
//
//	t := tomldoc.New("wxdev.toml", data)
//	root, err := t.Parse()
//	if err != nil {
//		return t.Explain(err, hints)
//	}
//
// The getters of a Node check its kind. Their errors, and that of
// [Node.Unknown], become the file's with [Text.Refuse]; mistakes that a caller
// finds itself are made with [Text.Fail]:
//
//	name, err := root.Get("name").AsText()
//	if err != nil {
//		return t.Refuse(err, tomldoc.Write(`name = "…"`))
//	}
//
// [Text.Decode] reads a whole file into a struct, where that will do.
// [EncodeString] and [EncodeKey] are for writing one.
//
// The parser is go-toml's, and so is its grammar; its own errors would quote the
// document, a line of which may hold a secret. No error of this package shows
// anything of a line but a key, or a character outside of quotes.
package tomldoc

import (
	"bytes"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/source"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// MaxShown is how many bytes of a name from a file an error shows.
const MaxShown = 64

// Text is a file's content. Offsets are bytes of Data.
type Text struct {
	Name string // what errors call the file, fit to print
	Data []byte
}

// New returns the text of a file, without a byte order mark.
func New(name string, data []byte) *Text {
	return &Text{Name: name, Data: slices.Clip(bytes.TrimPrefix(data, []byte(source.BOM)))}
}

// Position is an offset as line and column, both from 1. Columns count
// characters, as editors do.
func (t *Text) Position(offset int) (line, column int) {
	return source.Position(t.Data, offset)
}

// Fail is an error at an offset; hint may be nil.
func (t *Text) Fail(offset int, hint *finding.Reason, why finding.Fact) *finding.FileError {
	line, column := t.Position(offset)
	e := &finding.FileError{
		Place: finding.Place{File: t.Name, Offset: offset, Line: line, Column: column},
		Msg:   why,
	}
	if hint != nil {
		e.Hint = hint
	}
	return e
}

// refuse is an error about the whole file.
func (t *Text) refuse(why finding.Fact) *finding.FileError {
	return &finding.FileError{Place: finding.Place{File: t.Name}, Msg: why}
}

// Near is [text.Nearest] for words from a file, where the whole file can be one.
func Near(word string, candidates []string) string {
	if len(word) > MaxShown {
		return ""
	}
	return text.Nearest(word, candidates)
}

// Quote is a name from a file for an error, in quotes and not too long.
func Quote(name string) finding.Quote { return finding.Quote{Text: name, Limit: MaxShown} }

// Dotted is a path as it is written in TOML, and quoted where it is odd.
func Dotted(path []string) string {
	s := text.Quote([]byte(strings.Join(path, ".")), MaxShown)
	if strings.ContainsAny(s, "\\…") {
		return s
	}
	return strings.Trim(s, `"`)
}

// Write is the hint to write something like an example.
func Write(example string) *finding.Reason {
	return finding.Because(reason.HintWrite, "example", example)
}

// DidYouMean is the hint that names the right word.
func DidYouMean(word string) *finding.Reason {
	return finding.Because(reason.HintMeant, "word", word)
}

// PutInQuotes is the hint that the value of a key is text.
func PutInQuotes(key string) *finding.Reason {
	return finding.Because(reason.HintInQuotes, "example", key+` = "…"`)
}
