package message

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/wxjson"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// AppendJSON appends the message as one JSON object without blanks, as mini
// programs get it when their console says JSON. Bare numbers are copied digit
// by digit, and nothing is escaped that JSON does not require.
//
// It fails, unless m.Raw is set, on a value that is not UTF-8.
func (m *Message) AppendJSON(dst []byte) ([]byte, error) {
	w := jsonWriter{dst: grow(dst, m), raw: m.Raw}
	w.object(m.Fields, 0)
	if w.err != nil {
		return dst, w.err
	}
	return w.dst, nil
}

type jsonWriter struct {
	dst []byte
	raw bool
	err error
}

func (w *jsonWriter) object(fields []*Field, depth int) {
	if depth >= MaxDepth && len(fields) > 0 {
		w.fail(finding.Because(reason.TooManyLevels, "limit", MaxDepth))
		return
	}
	fields = inlined(fields)
	w.dst = append(w.dst, '{')
	if distinct(fields) {
		for i, f := range fields {
			w.member(i, fields[i:i+1], f.JSON&Array != 0, depth)
		}
	} else {
		for i, same := range byName(fields) {
			w.member(i, same, len(same) > 1 || same[0].JSON&Array != 0, depth)
		}
	}
	w.dst = append(w.dst, '}')
}

// member writes the i-th member, of fields that have one name.
func (w *jsonWriter) member(i int, same []*Field, array bool, depth int) {
	if i > 0 {
		w.dst = append(w.dst, ',')
	}
	w.text(same[0].Name)
	w.dst = append(w.dst, ':')
	if !array {
		w.value(same[0], depth)
		return
	}
	for j, f := range same {
		w.dst = append(w.dst, "[,"[min(j, 1)])
		w.value(f, depth)
	}
	w.dst = append(w.dst, ']')
}

// distinct reports whether each field has a name of its own, as far as that is
// quick to tell.
func distinct(fields []*Field) bool {
	if len(fields) > usualFields {
		return false
	}
	for i, f := range fields {
		for _, other := range fields[:i] {
			if other.Name == f.Name {
				return false
			}
		}
	}
	return true
}

func (w *jsonWriter) value(f *Field, depth int) {
	switch f.Kind {
	case CDATA:
		w.text(f.Value)
	case Group:
		w.object(f.Children, depth+1)
	case Bare:
		if f.JSON&Quoted == 0 && isLiteral(f.Value) {
			w.dst = append(w.dst, f.Value...)
		} else {
			w.text(f.Value)
		}
	case Literal:
		if !json.Valid([]byte(f.Value)) {
			w.fail(finding.Because(reason.ValueNotJSON, "field", strconv.Quote(f.Name), "value", strconv.Quote(f.Value)))
		}
		w.dst = append(w.dst, f.Value...)
	}
}

// isLiteral reports whether a bare value is a JSON number, true, false or
// null: blanks, leading zeros and words make it a string.
func isLiteral(s string) bool {
	if isInteger(s) {
		return true
	}
	if s == "" {
		return false
	}
	switch c := s[0]; {
	case c == '-', c >= '0' && c <= '9', c == 't', c == 'f', c == 'n':
		last := s[len(s)-1]
		return last > ' ' && json.Valid([]byte(s))
	}
	return false
}

// isInteger reports whether s is digits that JSON takes for a number.
func isInteger(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != "" && (s[0] != '0' || len(s) == 1)
}

func (w *jsonWriter) text(s string) {
	if !w.raw && !utf8.ValidString(s) {
		w.fail(finding.Because(reason.ValueNotUTF8, "text", excerpt([]byte(s), 60)))
		return
	}
	w.dst = wxjson.AppendRaw(w.dst, s)
}

func (w *jsonWriter) fail(why *finding.Reason) {
	if w.err == nil {
		w.err = finding.Because(reason.NotWrittenJSON, "error", why)
	}
}

// inlined puts the children of inline groups in their groups' place.
func inlined(fields []*Field) []*Field {
	for i, f := range fields {
		if f.Kind == Group && f.JSON&Inline != 0 {
			out := append(fields[:i:i], f.Children...)
			return append(out, inlined(fields[i+1:])...)
		}
	}
	return fields
}

// byName puts fields of one name together: a JSON object has each name once.
func byName(fields []*Field) [][]*Field {
	groups := make([][]*Field, 0, len(fields))
	var at map[string]int
	if len(fields) > 16 {
		at = make(map[string]int, len(fields))
	}
	for i, f := range fields {
		j := indexOfName(groups, at, f.Name)
		if j < 0 {
			if at != nil {
				at[f.Name] = len(groups)
			}
			groups = append(groups, fields[i:i+1:i+1])
			continue
		}
		groups[j] = append(groups[j], f)
	}
	return groups
}

// indexOfName searches short lists one by one, and long ones, which only
// hostile messages have, in a map.
func indexOfName(groups [][]*Field, at map[string]int, name string) int {
	if at != nil {
		if j, ok := at[name]; ok {
			return j
		}
		return -1
	}
	for j, g := range groups {
		if g[0].Name == name {
			return j
		}
	}
	return -1
}
