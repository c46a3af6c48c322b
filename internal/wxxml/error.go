package wxxml

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Kind is what is wrong with a body. Each has the fields of [Error] that its
// comment names.
type Kind string

// The kinds.
const (
	Malformed     Kind = "malformed"          // what is in no other kind: Detail
	NoRoot        Kind = "no element"         // the body ends before an element begins
	Truncated     Kind = "truncated"          // it ends too early: Name, empty outside of all elements, and Detail
	Mismatch      Kind = "mismatched end tag" // </Name> where Open is to be closed
	Unopened      Kind = "stray end tag"      // </Name> where nothing is open
	BareCDATAEnd  Kind = "bare ]]>"           // ]]> in an element without CDATA: Detail
	LooseCDATAEnd Kind = "loose ]]>"          // ]]> after CDATA that has ended already: Detail
	Encoding      Kind = "encoding"           // declared as something else than XML 1.0 in UTF-8: Detail
	Declaration   Kind = "declaration"        // <!DOCTYPE or the like; Detail is what is in it
	TooDeep       Kind = "too deep"           // more elements within each other than the limit
)

// Error is why a body could not be read. Names and details are the body's: not
// yet fit to print.
type Error struct {
	Kind       Kind
	Offset     int    // where the token at fault begins; len(body) when the end is missing
	Stop       int    // where reading stopped, at that token's end or within it
	Name, Open string // of elements, as they are written
	Detail     string // as encoding/xml words it
}

func (e *Error) Error() string { return fmt.Sprintf("%s at byte %d", e.Kind, e.Offset) }

// failure gives an error of encoding/xml a kind and a place. At the end of a
// body that is whole it is io.EOF.
func (r *Reader) failure(at int, err error) error {
	e := &Error{Kind: Malformed, Offset: at, Stop: r.Offset()}
	var inner element
	if len(r.open) > 0 {
		inner = r.open[len(r.open)-1]
	}
	var syntax *xml.SyntaxError
	switch {
	case errors.Is(err, io.EOF) && len(r.open) > 0:
		e.Kind, e.Detail = Truncated, "unexpected EOF"
	case errors.Is(err, io.EOF) && r.rooted:
		return io.EOF
	case errors.Is(err, io.EOF):
		e.Kind = NoRoot
	case !errors.As(err, &syntax):
		e.Kind, e.Detail = Encoding, strings.TrimPrefix(err.Error(), "xml: ")
	default:
		e.Detail = syntax.Msg
		switch {
		case strings.Contains(e.Detail, "unexpected EOF"):
			e.Kind = Truncated
		case strings.Contains(e.Detail, "unescaped ]]>") && inner.cdata:
			e.Kind = LooseCDATAEnd
		case strings.Contains(e.Detail, "unescaped ]]>"):
			e.Kind = BareCDATAEnd
		}
	}
	if e.Kind == Truncated || e.Kind == NoRoot {
		e.Offset, e.Name = len(r.body), inner.name
	}
	return e
}
