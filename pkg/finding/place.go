package finding

import "slices"

// Part names the bytes that a [Place] counts in.
type Part string

// The parts. InFile is the file that the Place names. A reply that was not
// encrypted is the body itself, and its places are InBody.
const (
	InFile     Part = ""
	InReply    Part = "reply_plain" // a reply that was encrypted, out of its envelope
	InBody     Part = "body"        // of an HTTP answer, without the framing of chunks
	InReceived Part = "received"    // all that came, from the status line on
)

// Place is where something is in a file or a body. Offset and Length are
// bytes; Line and Column count from 1, in characters, as editors do. Length is 0
// where something is missing, and where no rule says how long the thing is.
type Place struct {
	File string // as it was given; empty for a body
	Path string // within the document, such as "button[0].sub_button[2].url"; may be empty
	In   Part

	Offset, Length int
	Line, Column   int

	// Expected is what should stand there in place of the Length bytes, as the
	// document writes it: escaped, if need be. Remove says that nothing should.
	// Without either it is not known.
	Expected string
	Remove   bool

	And *Place // another place in the same bytes that is wrong with this one; nil where there is none
}

// Known reports whether it is known what should stand there.
func (p *Place) Known() bool { return p.Expected != "" || p.Remove }

// Mend returns text, the bytes that the place counts in, with what should stand
// there in its place, and in that of And. It reports false where that is not
// known.
func (p *Place) Mend(text []byte) ([]byte, bool) {
	if !p.Known() || p.Offset < 0 || p.Length < 0 || p.Offset+p.Length > len(text) {
		return nil, false
	}
	end := p.Offset + p.Length
	switch {
	case p.And == nil:
		return slices.Concat(text[:p.Offset], []byte(p.Expected), text[end:]), true
	case p.And.Offset >= end:
		rest := *p.And
		rest.Offset -= end
		mended, ok := rest.Mend(text[end:])
		return slices.Concat(text[:p.Offset], []byte(p.Expected), mended), ok
	}
	first, second := *p.And, *p // And comes before it
	second.And = nil
	first.And = &second
	return first.Mend(text)
}

// PlaceView is a place in an answer as JSON has it.
type PlaceView struct {
	In Part `json:"in"` // which bytes the numbers count in
	Span

	And *Span `json:"and,omitempty"` // another place in the same bytes that is wrong with this one
}

// Span is where in some bytes something is.
type Span struct {
	Line     int     `json:"line"`
	Column   int     `json:"column"`
	Offset   int     `json:"offset"`
	Length   int     `json:"length"`
	Expected *string `json:"expected,omitempty"` // what should stand there; empty for nothing, absent where it is not known
}

// View is the place as JSON has it; nil for nil, and for a place in a file.
func (p *Place) View() *PlaceView {
	if p == nil || p.In == InFile {
		return nil
	}
	v := &PlaceView{In: p.In, Span: p.span()}
	if p.And != nil {
		and := p.And.span()
		v.And = &and
	}
	return v
}

func (p *Place) span() Span {
	s := Span{Line: p.Line, Column: p.Column, Offset: p.Offset, Length: p.Length}
	if p.Known() {
		s.Expected = &p.Expected
	}
	return s
}
