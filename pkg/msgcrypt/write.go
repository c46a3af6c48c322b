package msgcrypt

import (
	"slices"

	"github.com/wxdev/wxdev/internal/wxjson"
	"github.com/wxdev/wxdev/internal/wxxml"
)

// element is one of an envelope's, as it is written.
type element struct {
	name, value string
	bare        bool // a number, without CDATA or quotes
}

// layout is what is before each element of an XML envelope, and after its end.
type layout struct{ indent, end string }

// appendEnvelope writes an envelope of either kind.
func appendEnvelope(dst []byte, format Format, l layout, elements ...element) []byte {
	dst = slices.Grow(dst, size(elements))
	if format == JSON {
		return appendJSON(dst, elements)
	}
	dst = append(dst, "<xml>\n"...)
	for _, e := range elements {
		dst = append(append(append(append(dst, l.indent...), '<'), e.name...), '>')
		if e.bare {
			dst = append(dst, e.value...)
		} else {
			dst = wxxml.AppendCDATA(dst, e.value)
		}
		dst = append(append(append(dst, "</"...), e.name...), ">\n"...)
	}
	return append(append(dst, "</xml>"...), l.end...)
}

// size is as much as an envelope takes whose values need no escapes.
func size(elements []element) int {
	n := len("<xml>\n</xml>\n")
	for _, e := range elements {
		n += len("    <></>\n<![CDATA[]]>") + 2*len(e.name) + len(e.value)
	}
	return n
}

func appendJSON(dst []byte, elements []element) []byte {
	for i, e := range elements {
		before := byte(',')
		if i == 0 {
			before = '{'
		}
		dst = append(wxjson.AppendString(append(dst, before), e.name), ':')
		if e.bare && e.value[0] != '0' {
			dst = append(dst, e.value...)
		} else {
			dst = wxjson.AppendString(dst, e.value)
		}
	}
	return append(dst, '}')
}
