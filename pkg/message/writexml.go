package message

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// AppendXML appends the message as WeChat sends it in plain mode, and as it
// stands inside the encrypted ones: one element a line, the first child right
// behind its parent's start, no indentation, nothing behind </xml>.
//
// It fails on a name or, unless m.Raw is set, a character that XML forbids.
func (m *Message) AppendXML(dst []byte) ([]byte, error) {
	w := xmlWriter{dst: append(dst, "<xml>"...), raw: m.Raw, depth: 1}
	for _, f := range m.Fields {
		w.element(f)
		w.dst = append(w.dst, '\n')
	}
	return w.done(dst, "</xml>")
}

// AppendIndented appends the message in the layout of compatible and safe
// mode: indented by four blanks, with a newline behind </xml>. See
// [Message.WithEncrypt] and [Message.Envelope]; it fails as AppendXML does.
func (m *Message) AppendIndented(dst []byte) ([]byte, error) {
	w := xmlWriter{dst: append(dst, "<xml>\n"...), raw: m.Raw, indent: true, depth: 1}
	for _, f := range m.Fields {
		w.element(f)
	}
	return w.done(dst, "</xml>\n")
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
	if !ValidName(f.Name) {
		w.fail(f, finding.Because(reason.NameNotAllowed))
		return
	}
	w.margin()
	w.tag("<", f.Name)
	switch f.Kind {
	case CDATA:
		w.cdata(f)
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

// cdata writes even an empty value with its CDATA, as WeChat does. A section
// cannot hold its own end, so that is split over two.
func (w *xmlWriter) cdata(f *Field) {
	w.check(f)
	w.dst = append(w.dst, "<![CDATA["...)
	rest := f.Value
	for {
		i := strings.Index(rest, "]]>")
		if i < 0 {
			break
		}
		w.dst = append(w.dst, rest[:i+2]...)
		w.dst = append(w.dst, "]]><![CDATA["...)
		rest = rest[i+2:]
	}
	w.dst = append(w.dst, rest...)
	w.dst = append(w.dst, "]]>"...)
}

// text writes a value outside of CDATA. A CR is written as a reference: a
// reader would make LF of a bare one.
func (w *xmlWriter) text(f *Field) {
	w.check(f)
	for i := range len(f.Value) {
		switch c := f.Value[i]; c {
		case '&':
			w.dst = append(w.dst, "&amp;"...)
		case '<':
			w.dst = append(w.dst, "&lt;"...)
		case '>':
			w.dst = append(w.dst, "&gt;"...)
		case '\r':
			w.dst = append(w.dst, "&#13;"...)
		default:
			w.dst = append(w.dst, c)
		}
	}
}

func (w *xmlWriter) check(f *Field) {
	if w.raw {
		return
	}
	i := forbidden(f.Value)
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

// forbidden returns where the first character stands that XML 1.0 does not
// allow, or the first byte that is not UTF-8; -1 if all is well.
func forbidden[T string | []byte](s T) int {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
				return i
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(string(s[i:min(len(s), i+utf8.UTFMax)]))
		if r == utf8.RuneError && n == 1 || r == 0xFFFE || r == 0xFFFF {
			return i
		}
		i += n
	}
	return -1
}

// characterAt names the character at i, "U+0002", if there is one: what is
// there may not be UTF-8.
func characterAt[T string | []byte](s T, i int) (name string, valid bool) {
	r, n := utf8.DecodeRuneInString(string(s[i:min(len(s), i+utf8.UTFMax)]))
	return fmt.Sprintf("%U", r), r != utf8.RuneError || n > 1
}

func hexByte(b byte) string { return fmt.Sprintf("0x%02X", b) }

// ValidName reports whether a field can be called name: as WeChat calls its
// own, or as XML allows beside that, but with no letters outside ASCII.
func ValidName(name string) bool {
	for i := range len(name) {
		c := name[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_':
		case i > 0 && (c >= '0' && c <= '9' || c == '-' || c == '.' || c == ':'):
		default:
			return false
		}
	}
	return name != ""
}
