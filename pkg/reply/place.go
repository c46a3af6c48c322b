package reply

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/source"
	"github.com/wxdev/wxdev/internal/wxjson"
	"github.com/wxdev/wxdev/internal/wxxml"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// spot is the bytes that a rule is about, and what should stand there if that
// is known.
type spot struct {
	from, to int
	expected string
	remove   bool
}

// nowhere is for a finding without a place.
var nowhere = spot{from: -1}

// at is a place without a length: where something is missing, or begins.
func at(offset int) spot { return spot{from: offset, to: offset} }

func between(from, to int) spot { return spot{from: from, to: to} }

// want is the spot with what should stand there, as the document writes it.
func (s spot) want(expected string) spot {
	s.expected, s.remove = expected, false
	return s
}

// gone is the spot with nothing in its place.
func (s spot) gone() spot {
	s.expected, s.remove = "", true
	return s
}

// place is the spot in a body.
func (s spot) place(body []byte) *finding.Place {
	line, column := source.Position(body, s.from)
	return &finding.Place{
		In: finding.InBody, Offset: s.from, Length: s.to - s.from, Line: line, Column: column,
		Expected: s.expected, Remove: s.remove,
	}
}

// rest is all of a body from an offset on, without the blanks at its end.
func (p *problems) rest(from int) spot {
	return between(from, max(from, len(bytes.TrimRight(p.body, blanks))))
}

// tail is all of a body from an offset on.
func (p *problems) tail(from int) spot { return between(from, len(p.body)) }

// tagAt is the tag that begins at an offset, up to its end.
func (p *problems) tagAt(offset int) spot {
	if i := bytes.IndexByte(p.body[offset:], '>'); i >= 0 && p.body[offset] == '<' {
		return between(offset, offset+i+1)
	}
	return at(offset)
}

const cdataStart, cdataEnd = "<![CDATA[", "]]>"

// inXML reports whether a field was read from XML: its tag is where it begins.
func (p *problems) inXML(f *message.Field) bool { return p.body[f.Offset()] == '<' }

// textAt is where a field's text is: inside its one CDATA section, between its
// quotes, between its tags. Plain reports whether it is written as it is read.
func (p *problems) textAt(f *message.Field) (s spot, plain bool) {
	from, to := f.Inner()
	raw := string(p.body[from:to])
	if !p.inXML(f) {
		if len(raw) >= 2 && raw[0] == '"' {
			from, to = from+1, to-1
		}
		return between(from, to), string(p.body[from:to]) == f.Value
	}
	if core := strings.Trim(raw, blanks); strings.HasPrefix(core, cdataStart) && strings.Index(core, cdataEnd) == len(core)-len(cdataEnd) {
		from += strings.Index(raw, cdataStart) + len(cdataStart)
		to = from + len(core) - len(cdataStart) - len(cdataEnd)
	}
	return between(from, to), from < f.End() && string(p.body[from:to]) == f.Value
}

// valueAt is where a field's value is, without the blanks around it.
func (p *problems) valueAt(f *message.Field) spot {
	s, _ := p.textAt(f)
	if s.from == f.End() { // <a/>
		return between(f.Offset(), f.End())
	}
	raw := string(p.body[s.from:s.to])
	if core := strings.Trim(raw, blanks); core != "" {
		s.from += strings.Index(raw, core)
		s.to = s.from + len(core)
	}
	return s
}

// shouldBe is where a field's value is, and the text that should stand there.
func (p *problems) shouldBe(f *message.Field, text string) spot {
	return p.encoded(f, p.valueAt(f), text)
}

// encoded is a part of a field's value with the text that should stand there,
// written as the value is.
func (p *problems) encoded(f *message.Field, s spot, text string) spot {
	if !p.inXML(f) {
		return s.want(p.inJSON(f, text))
	}
	from, _ := f.Inner()
	switch {
	case s.from == f.Offset(): // <a/>
		return s.want("<" + f.Name + ">" + cdata(text) + "</" + f.Name + ">")
	case bytes.Contains(p.body[from:s.from], []byte(cdataStart)):
		return s.want(strings.ReplaceAll(text, cdataEnd, "]]"+cdataEnd+cdataStart+">"))
	case bytes.Contains(p.body[s.from:s.to], []byte(cdataStart)):
		return s.want(cdata(text))
	}
	return s.want(string(wxxml.AppendText(nil, text)))
}

// inJSON is a text for the place of a field's value, without quotes where it
// has them.
func (p *problems) inJSON(f *message.Field, text string) string {
	quoted := string(wxjson.AppendString(nil, text))
	if from, _ := f.Inner(); p.body[from] != '"' {
		if allDigits(text) {
			return text
		}
		return quoted
	}
	return quoted[1 : len(quoted)-1]
}

func cdata(text string) string { return string(wxxml.AppendCDATA(nil, text)) }

// part is where a part of a field's value is, from one of its bytes to
// another. Where the value is written with escapes, it is the whole value.
func (p *problems) part(f *message.Field, from, to int) spot {
	s, plain := p.textAt(f)
	if !plain {
		return p.valueAt(f)
	}
	return between(s.from+from, s.from+to)
}

// foundIn is where a text is in a field's value.
func (p *problems) foundIn(f *message.Field, text string) spot {
	i := strings.Index(f.Value, text)
	if i < 0 || text == "" {
		return p.valueAt(f)
	}
	return p.part(f, i, i+len(text))
}

// meant is where a field's value differs from what it was meant to be.
func (p *problems) meant(f *message.Field, want string) spot {
	got := f.Value
	if _, plain := p.textAt(f); !plain {
		return p.shouldBe(f, want)
	}
	from := 0
	for from < min(len(got), len(want)) && got[from] == want[from] {
		from++
	}
	for from > 0 && (!startsRune(got, from) || !startsRune(want, from)) {
		from--
	}
	same := 0
	for same < min(len(got), len(want))-from && got[len(got)-1-same] == want[len(want)-1-same] {
		same++
	}
	for same > 0 && (!startsRune(got, len(got)-same) || !startsRune(want, len(want)-same)) {
		same--
	}
	s := p.part(f, from, len(got)-same)
	if expected := want[from : len(want)-same]; expected != "" {
		return p.encoded(f, s, expected)
	}
	return s.gone()
}

func startsRune(s string, at int) bool { return at == len(s) || utf8.RuneStart(s[at]) }

// renamed is where a field is that has another name than it should.
func (p *problems) renamed(f *message.Field, name string) spot {
	if !p.inXML(f) {
		return p.renamedKey(f, name)
	}
	s := between(f.Offset(), f.End())
	const most = 4096 // a larger element is not shown twice
	if from, to := f.Inner(); s.to-s.from <= most {
		start := string(p.body[f.Offset():from])
		end := string(p.body[to:f.End()])
		return s.want("<" + name + start[1+len(f.Name):] + string(p.body[from:to]) + strings.Replace(end, f.Name, name, 1))
	}
	return s
}

// renamedKey is where a member's name is. An element of an array has none.
func (p *problems) renamedKey(f *message.Field, name string) spot {
	key := string(wxjson.AppendString(nil, f.Name))
	if !bytes.HasPrefix(p.body[f.Offset():], []byte(key)) {
		return between(f.Offset(), f.End())
	}
	return between(f.Offset(), f.Offset()+len(key)).want(string(wxjson.AppendString(nil, name)))
}

// missing is where an element belongs that is not there: after the last of its
// siblings. Value is what it should hold, "" if that is not known.
func (p *problems) missing(doc *message.Message, fields []*message.Field, name, value string) spot {
	if len(fields) == 0 {
		return nowhere
	}
	s := at(fields[len(fields)-1].End())
	switch {
	case value == "":
	case doc.Format == msgcrypt.JSON && fields[len(fields)-1].JSON&message.Array != 0: // the ] comes first
	case doc.Format == msgcrypt.JSON:
		member := append(wxjson.AppendString([]byte(","), name), ':')
		if allDigits(value) {
			return s.want(string(append(member, value...)))
		}
		return s.want(string(wxjson.AppendString(member, value)))
	case allDigits(value):
		return s.want("<" + name + ">" + value + "</" + name + ">")
	default:
		return s.want("<" + name + ">" + cdata(value) + "</" + name + ">")
	}
	return s
}
