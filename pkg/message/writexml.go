package message

import (
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/wxxml"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// AppendXML appends the message as WeChat sends it in plain mode, and as it
// is inside the encrypted ones: one element a line, the first child right after
// its parent's start, no indentation, nothing after </xml>.
//
// It fails on a name or, unless m.Raw is set, a character that XML forbids.
func (m *Message) AppendXML(dst []byte) ([]byte, error) {
	dst = grow(dst, m)
	w := xmlWriter{dst: append(dst, "<xml>"...), raw: m.Raw, depth: 1}
	for _, f := range m.Fields {
		w.element(f)
		w.dst = append(w.dst, '\n')
	}
	return w.done(dst, "</xml>")
}

// AppendCompat appends what compatible mode sends, in the message's format: all
// fields, and after them the encrypted message. XML has the layout of
// [msgcrypt.Envelope]: indented by four blanks, with a line end after </xml>.
// It fails as AppendXML and AppendJSON do.
func (m *Message) AppendCompat(dst []byte, encrypt string) ([]byte, error) {
	c := *m
	c.Fields = append(m.Fields[:len(m.Fields):len(m.Fields)], &Field{Name: "Encrypt", Value: encrypt})
	if m.Format == msgcrypt.JSON {
		return c.AppendJSON(dst)
	}
	return c.appendIndented(dst)
}

func (m *Message) appendIndented(dst []byte) ([]byte, error) {
	dst = grow(dst, m)
	w := xmlWriter{dst: append(dst, "<xml>\n"...), raw: m.Raw, indent: true, depth: 1}
	for _, f := range m.Fields {
		w.element(f)
	}
	return w.done(dst, "</xml>\n")
}

// grow makes room for a message whose values need no escapes.
func grow(dst []byte, m *Message) []byte {
	const root = len("<xml></xml>\n\n")
	return slices.Grow(dst, root+written(m.Fields))
}

func written(fields []*Field) int {
	const layout = len("        <></>\n") + len(cdataStart) + len(cdataEnd)
	n := layout * len(fields)
	for _, f := range fields {
		n += 2*len(f.Name) + len(f.Value) + written(f.Children)
	}
	return n
}

type xmlWriter struct {
	dst    []byte
	raw    bool
	indent bool
	depth  int
	err    error
}

func (w *xmlWriter) done(before []byte, end string) ([]byte, error) {
	if w.err != nil {
		return before, w.err
	}
	return append(w.dst, end...), nil
}

func (w *xmlWriter) element(f *Field) {
	if w.depth > MaxDepth {
		w.fail(f, finding.Because(reason.TooManyLevels, "limit", MaxDepth))
		return
	}
	if !wxxml.ValidName(f.Name) {
		w.fail(f, finding.Because(reason.NameNotAllowed))
		return
	}
	w.margin()
	w.tag("<", f.Name)
	switch f.Kind {
	case CDATA:
		w.check(f)
		w.dst = wxxml.AppendCDATA(w.dst, f.Value)
	case Group:
		w.text(f)
		w.children(f.Children)
	case Bare, Literal:
		w.text(f)
	}
	w.tag("</", f.Name)
	if w.indent {
		w.dst = append(w.dst, '\n')
	}
}

func (w *xmlWriter) children(fields []*Field) {
	w.depth++
	for i, f := range fields {
		if w.indent && i == 0 {
			w.dst = append(w.dst, '\n')
		}
		w.element(f)
		if !w.indent {
			w.dst = append(w.dst, '\n')
		}
	}
	w.depth--
	if len(fields) > 0 {
		w.margin()
	}
}

func (w *xmlWriter) margin() {
	if w.indent {
		for range w.depth {
			w.dst = append(w.dst, "    "...)
		}
	}
}

func (w *xmlWriter) tag(open, name string) {
	w.dst = append(w.dst, open...)
	w.dst = append(w.dst, name...)
	w.dst = append(w.dst, '>')
}

func (w *xmlWriter) text(f *Field) {
	w.check(f)
	w.dst = wxxml.AppendText(w.dst, f.Value)
}

func (w *xmlWriter) check(f *Field) {
	if w.raw {
		return
	}
	i := wxxml.Forbidden(f.Value)
	if i < 0 {
		return
	}
	if c, valid := characterAt(f.Value, i); valid {
		w.fail(f, finding.Because(reason.CharacterForbiddenAt, "character", c, "offset", i))
	} else {
		w.fail(f, finding.Because(reason.ByteNotUTF8At, "byte", hexByte(f.Value[i]), "offset", i))
	}
}

func (w *xmlWriter) fail(f *Field, why *finding.Reason) {
	if w.err == nil {
		w.err = finding.Because(reason.NotWrittenXML, "field", strconv.Quote(f.Name), "error", why)
	}
}

// characterAt names the character at i, "U+0002", if there is one: what is
// there may not be UTF-8.
func characterAt[T string | []byte](s T, i int) (name string, valid bool) {
	r, n := utf8.DecodeRuneInString(string(s[i:min(len(s), i+utf8.UTFMax)]))
	return fmt.Sprintf("%U", r), r != utf8.RuneError || n > 1
}

func hexByte(b byte) string { return fmt.Sprintf("0x%02X", b) }
