package msgcrypt

import (
	"bytes"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/source"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// MaxBody is the size in bytes up to which bodies are read.
const MaxBody = 1 << 20

// maxOthers is how many names are kept of elements that were not asked for.
const maxOthers = 64

// value is an element or a member of the body's top level.
type value struct {
	text   string // of an XML element without the blanks around it
	offset int    // where it ends
	kind   kind
	blanks bool // there were some around it
}

type kind int

const (
	textValue kind = iota
	numberValue
	otherValue // it has children, or is true, false or null
)

// maxNames is how many values a body is asked for.
const maxNames = 5

// document is the top level of a body: the values that were asked for, and
// the names of the rest.
type document struct {
	what   reason.ID // a push or a reply, for errors
	format Format
	names  []string
	values [maxNames]value // of the names
	there  [maxNames]bool
	others []string
	end    int
}

// Element is a value of the top level of a body: an element of XML, a member of
// an object in JSON.
type Element struct {
	Name   string
	Text   string
	Number bool // of JSON
	Nested bool // it has children, or is neither text nor a number
	Offset int
}

func (e Element) value() value {
	v := trimmed(e.Text, e.Offset)
	switch {
	case e.Nested:
		v.kind = otherValue
	case e.Number:
		v.kind = numberValue
	}
	return v
}

func trimmed(text string, offset int) value {
	v := value{text: strings.Trim(text, " \t\r\n"), offset: offset}
	v.blanks = v.text != text
	return v
}

func newDocument(what reason.ID, length int, names []string) *document {
	return &document{what: what, names: names, end: length}
}

// found is the value of a name that was asked for.
func (d *document) found(name string) (v value, ok bool) {
	i := slices.Index(d.names, name)
	return d.values[i], d.there[i]
}

// readBody parses a body that is to hold some of names. It is stricter than
// encoding/xml and encoding/json: one root, nothing after it, no DOCTYPE, no
// name twice, names by case.
func readBody(what reason.ID, body []byte, names ...string) (*document, *Error) {
	d := newDocument(what, len(body), names)
	if len(body) > MaxBody {
		return nil, d.syntax(MaxBody, reason.HintTooLong, reason.DocTooLong, "limit", MaxBody)
	}
	if bytes.HasPrefix(body, []byte("\ufeff")) {
		return nil, d.syntax(0, reason.HintSaveWithoutBOM, reason.DocBOM)
	}
	if at := source.InvalidUTF8(body); at >= 0 {
		return nil, d.syntax(at, reason.HintWriteUTF8, reason.DocNotUTF8, "offset", at, "byte", hexByte(body[at]))
	}
	start := bytes.TrimLeft(body, " \t\r\n")
	switch {
	case len(start) == 0:
		return nil, d.syntax(0, noHint, reason.DocEmpty)
	case start[0] == '<':
		d.format = XML
		return d, d.readXML(body)
	case start[0] == '{':
		d.format = JSON
		return d, d.readJSON(body)
	}
	return nil, d.syntax(len(body)-len(start), noHint, reason.DocBeginsOddly, "text", quotation(start))
}

// add notes a value of the top level.
func (d *document) add(name string, v value) *Error {
	i := slices.Index(d.names, name)
	if i < 0 {
		if len(d.others) < maxOthers {
			d.others = append(d.others, name)
		}
		return nil
	}
	if d.there[i] {
		return d.field(v.offset, reason.HintParsersDiffer, reason.FieldTwice, name)
	}
	if v.kind == otherValue {
		return d.field(v.offset, noHint, reason.FieldNotText, name)
	}
	d.values[i], d.there[i] = v, true
	return nil
}

// need returns the text of a value that must be there.
func (d *document) need(name string) (string, *Error) {
	v, ok := d.found(name)
	if ok && v.text != "" {
		return v.text, nil
	}
	if ok {
		return "", d.field(v.offset, noHint, reason.FieldEmpty, name)
	}
	if other := d.similar(name); other != "" {
		return "", newError(ClassField, d.end, reason.HintFieldCase, reason.FieldCase,
			"what", finding.Because(d.what), "got", quotation(other), "field", quotation(name))
	}
	return "", d.field(d.end, noHint, reason.FieldMissing, name)
}

// similar returns a name that differs from name only by case, or "".
func (d *document) similar(name string) string {
	i := slices.IndexFunc(d.others, func(o string) bool { return strings.EqualFold(o, name) })
	if i < 0 {
		return ""
	}
	return d.others[i]
}

// blanks warns of white space that the sender wrote around values.
func (d *document) blanks() []*Error {
	var list []*Error
	for _, name := range d.names {
		if v, _ := d.found(name); v.blanks {
			list = append(list, d.field(v.offset, reason.HintNoBlanks, reason.FieldBlanks, name))
		}
	}
	return list
}

func (d *document) syntax(offset int, hint, why reason.ID, pairs ...any) *Error {
	return newError(ClassSyntax, offset, hint, why, append(pairs, "what", finding.Because(d.what))...)
}

func (d *document) field(offset int, hint, why reason.ID, name string) *Error {
	return newError(ClassField, offset, hint, why, "what", finding.Because(d.what), "field", name)
}
