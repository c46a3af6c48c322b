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
}

// Known reports whether it is known what should stand there.
func (p *Place) Known() bool { return p.Expected != "" || p.Remove }

// Mend returns text, the bytes that the place counts in, with what should stand
// there in its place. It reports false where that is not known.
func (p *Place) Mend(text []byte) ([]byte, bool) {
	if !p.Known() || p.Offset < 0 || p.Length < 0 || p.Offset+p.Length > len(text) {
		return nil, false
	}
	return slices.Concat(text[:p.Offset], []byte(p.Expected), text[p.Offset+p.Length:]), true
}

// PlaceView is a place in an answer as JSON has it.
type PlaceView struct {
	In       Part    `json:"in"` // which bytes the numbers count in
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
	v := &PlaceView{In: p.In, Line: p.Line, Column: p.Column, Offset: p.Offset, Length: p.Length}
	if p.Known() {
		v.Expected = &p.Expected
	}
	return v
}
