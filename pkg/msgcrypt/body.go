package msgcrypt

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/source"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// MaxBody is the size in bytes up to which bodies are read.
const MaxBody = 1 << 20

const (
	maxDepth  = 32 // elements within each other; WeChat's go to 5
	maxOthers = 64 // names kept of elements that were not asked for
)

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

// document is the top level of a body: the values that were asked for, and
// the names of the rest.
type document struct {
	what   *finding.Reason // a push or a reply, for errors
	format Format
	names  []string
	found  map[string]value
	others []string
	end    int
}

// readBody parses a body that is to hold some of names. It is stricter than
// encoding/xml and encoding/json: one root, nothing behind it, no DOCTYPE, no
// name twice, names by case.
func readBody(what reason.ID, body []byte, names ...string) (*document, *Error) {
	d := &document{what: finding.Because(what), names: names, found: make(map[string]value, len(names)), end: len(body)}
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

// xmlReader is the state between the tokens of an XML body.
type xmlReader struct {
	*document
	dec         *xml.Decoder
	depth       int
	roots       int
	name        string // of the element of the top level that is open
	text        strings.Builder
	hasChildren bool
}

func (d *document) readXML(body []byte) *Error {
	r := &xmlReader{document: d, dec: xml.NewDecoder(bytes.NewReader(body))}
	for {
		at := int(r.dec.InputOffset())
		tok, err := r.dec.Token()
		switch {
		case errors.Is(err, io.EOF) && r.roots == 0:
			return d.syntax(len(body), noHint, reason.DocWithoutXML)
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return r.fail(err)
		}
		if e := r.token(tok, at); e != nil {
			return e
		}
	}
}

func (r *xmlReader) token(tok xml.Token, at int) *Error {
	switch t := tok.(type) {
	case xml.StartElement:
		r.depth++
		return r.open(fullName(t.Name), at)
	case xml.EndElement:
		r.depth--
		if r.depth == 1 {
			return r.add(r.name, r.value())
		}
	case xml.CharData:
		if r.depth == 2 {
			r.text.Write(t)
		} else if t = bytes.TrimSpace(t); r.depth == 0 && len(t) > 0 {
			return r.syntax(at, reason.HintXMLOnly, reason.DocTextOutside, "text", quotation(t))
		}
	case xml.Directive:
		return r.syntax(at, noHint, reason.DocDeclaration, "text", quotation(t))
	}
	return nil
}

func (r *xmlReader) open(name string, at int) *Error {
	switch {
	case r.depth == 1 && name != "xml":
		return r.syntax(at, noHint, reason.DocOtherRoot, "root", clean(name))
	case r.depth == 1 && r.roots > 0:
		return r.syntax(at, reason.HintAnswerOnce, reason.DocSecondXML)
	case r.depth == 1:
		r.roots++
	case r.depth == 2:
		r.name, r.hasChildren = name, false
		r.text.Reset()
	case r.depth > maxDepth:
		return r.syntax(at, noHint, reason.DocTooDeep, "limit", maxDepth)
	default:
		r.hasChildren = true
	}
	return nil
}

// value is that of the element which has just ended.
func (r *xmlReader) value() value {
	text := r.text.String()
	v := value{text: strings.Trim(text, " \t\r\n"), offset: int(r.dec.InputOffset())}
	v.blanks = v.text != text
	if r.hasChildren {
		v.kind = otherValue
	}
	return v
}

func (r *xmlReader) fail(err error) *Error {
	line, _ := r.dec.InputPos()
	msg := strings.TrimPrefix(err.Error(), "xml: ")
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		line, msg = syntax.Line, syntax.Msg
	}
	hint := noHint
	if strings.Contains(msg, "unexpected EOF") {
		hint = reason.HintEndMissing
	}
	return r.syntax(int(r.dec.InputOffset()), hint, reason.DocNotWellFormed, "line", line, "error", finding.Verbatim(clean(msg)))
}

// fullName keeps a prefix, so that <a:Encrypt> is not taken for <Encrypt>.
func fullName(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

func (d *document) readJSON(body []byte) *Error {
	var all json.RawMessage
	if err := json.Unmarshal(body, &all); err != nil {
		at := len(body)
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) && int(syntax.Offset) <= len(body) {
			at = max(0, int(syntax.Offset)-1) // Offset counts the bad byte too
		}
		return d.syntax(at, noHint, reason.DocNotJSONAt, "offset", at, "error", finding.Verbatim(clean(err.Error())))
	}
	// From here on it is known to be an object that parses.
	dec := json.NewDecoder(bytes.NewReader(body))
	_, _ = dec.Token()
	for dec.More() {
		key, _ := dec.Token()
		name, _ := key.(string)
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return d.syntax(int(dec.InputOffset()), noHint, reason.DocNotJSON, "error", finding.Verbatim(clean(err.Error())))
		}
		if e := d.add(name, jsonValue(raw, int(dec.InputOffset()))); e != nil {
			return e
		}
	}
	return nil
}

func jsonValue(raw json.RawMessage, offset int) value {
	v := value{offset: offset, kind: otherValue}
	switch c := raw[0]; {
	case c == '"':
		v.kind = textValue
		_ = json.Unmarshal(raw, &v.text) // parsed once already
	case c == '-', '0' <= c && c <= '9':
		v.kind = numberValue
		v.text = string(raw)
	}
	return v
}

// add notes a value of the top level.
func (d *document) add(name string, v value) *Error {
	if !slices.Contains(d.names, name) {
		if len(d.others) < maxOthers {
			d.others = append(d.others, name)
		}
		return nil
	}
	if _, twice := d.found[name]; twice {
		return d.field(v.offset, reason.HintParsersDiffer, reason.FieldTwice, name)
	}
	if v.kind == otherValue {
		return d.field(v.offset, noHint, reason.FieldNotText, name)
	}
	d.found[name] = v
	return nil
}

// need returns the text of a value that must be there.
func (d *document) need(name string) (string, *Error) {
	v, ok := d.found[name]
	if ok && v.text != "" {
		return v.text, nil
	}
	if ok {
		return "", d.field(v.offset, noHint, reason.FieldEmpty, name)
	}
	if other := d.similar(name); other != "" {
		return "", newError(ClassField, d.end, reason.HintFieldCase, reason.FieldCase,
			"what", d.what, "got", quotation(other), "field", quotation(name))
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
		if v := d.found[name]; v.blanks {
			list = append(list, d.field(v.offset, reason.HintNoBlanks, reason.FieldBlanks, name))
		}
	}
	return list
}

func (d *document) syntax(offset int, hint, why reason.ID, pairs ...any) *Error {
	return newError(ClassSyntax, offset, hint, why, append(pairs, "what", d.what)...)
}

func (d *document) field(offset int, hint, why reason.ID, name string) *Error {
	return newError(ClassField, offset, hint, why, "what", d.what, "field", name)
}

// clean makes text of a parser, which may quote the body, fit to print.
func clean(s string) string {
	const most = 160
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) && r != utf8.RuneError {
			return r
		}
		return '?'
	}, s)
	if len(s) > most {
		s = strconv.Itoa(len(s)) + " bytes: " + strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
