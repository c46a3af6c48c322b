package msgcrypt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/source"
	"github.com/wxdev/wxdev/internal/wxjson"
	"github.com/wxdev/wxdev/internal/wxxml"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// maxDepth is how many elements may be within each other; WeChat's go to 5.
const maxDepth = 32

// xmlReader is the state between the tokens of an XML body.
type xmlReader struct {
	*document
	tokens      *wxxml.Reader
	roots       int
	name        string // of the element of the top level that is open
	text        strings.Builder
	hasChildren bool
}

func (d *document) readXML(body []byte) *Error {
	r := &xmlReader{document: d, tokens: wxxml.NewReader(body, 0, maxDepth)}
	for {
		token, err := r.tokens.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return d.xmlError(body, err)
		}
		if e := r.token(token); e != nil {
			return e
		}
	}
}

func (r *xmlReader) token(t *wxxml.Token) *Error {
	switch {
	case t.Kind == wxxml.Start:
		return r.start(t)
	case t.Kind == wxxml.End && t.Depth == 2:
		return r.add(r.name, r.value())
	case t.Kind == wxxml.End:
	case t.Depth == 2:
		r.text.Write(t.Text)
	case t.Depth == 0:
		if text := bytes.TrimSpace(t.Text); len(text) > 0 {
			return r.syntax(t.Offset, reason.HintXMLOnly, reason.DocTextOutside, "text", quotation(text))
		}
	}
	return nil
}

func (r *xmlReader) start(t *wxxml.Token) *Error {
	switch {
	case t.Depth == 1 && t.Qualified != "xml":
		return r.syntax(t.Offset, noHint, reason.DocOtherRoot, "root", clean(t.Qualified))
	case t.Depth == 1 && r.roots > 0:
		return r.syntax(t.Offset, reason.HintAnswerOnce, reason.DocSecondXML)
	case t.Depth == 1:
		r.roots++
	case t.Depth == 2:
		r.name, r.hasChildren = t.Qualified, false
		r.text.Reset()
	default:
		r.hasChildren = true
	}
	return nil
}

// value is that of the element which has just ended.
func (r *xmlReader) value() value {
	v := trimmed(r.text.String(), r.tokens.Offset())
	if r.hasChildren {
		v.kind = otherValue
	}
	return v
}

func (d *document) xmlError(body []byte, failure error) *Error {
	var e *wxxml.Error
	if !errors.As(failure, &e) {
		panic(failure) // the reader has no other errors
	}
	why, hint := e.Detail, noHint
	switch e.Kind {
	case wxxml.NoRoot:
		return d.syntax(e.Offset, noHint, reason.DocWithoutXML)
	case wxxml.Declaration:
		return d.syntax(e.Offset, noHint, reason.DocDeclaration, "text", quotation(e.Detail))
	case wxxml.TooDeep:
		return d.syntax(e.Offset, noHint, reason.DocTooDeep, "limit", maxDepth)
	case wxxml.Truncated:
		hint = reason.HintEndMissing
	case wxxml.Mismatch:
		why = fmt.Sprintf("element <%s> closed by </%s>", e.Open, e.Name)
	case wxxml.Unopened:
		why = fmt.Sprintf("unexpected end element </%s>", e.Name)
	case wxxml.Malformed, wxxml.Encoding, wxxml.BareCDATAEnd, wxxml.LooseCDATAEnd:
	}
	line, _ := source.Position(body, e.Stop)
	return d.syntax(e.Stop, hint, reason.DocNotWellFormed, "line", line, "error", finding.Verbatim(clean(why)))
}

func (d *document) readJSON(body []byte) *Error {
	var e *wxjson.Error
	if errors.As(wxjson.Check(body), &e) {
		return d.syntax(e.Offset, noHint, reason.DocNotJSON, "offset", e.Offset, "error", finding.Verbatim(clean(e.Detail)))
	}
	r := wxjson.NewReader(body, 0)
	_, _, _ = r.Next() // the {, as all that follows, is known to be JSON
	for r.More() {
		key, _, _ := r.Next()
		name, _ := key.(string)
		v := jsonValue(r)
		if e := d.add(name, v); e != nil {
			return e
		}
	}
	return nil
}

// jsonValue reads a member's value, up to its end.
func jsonValue(r *wxjson.Reader) value {
	token, _, _ := r.Next()
	switch t := token.(type) {
	case string:
		return value{text: t, offset: r.Offset()}
	case json.Number:
		return value{text: t.String(), offset: r.Offset(), kind: numberValue}
	case json.Delim:
		_ = r.Skip(math.MaxInt)
	}
	return value{offset: r.Offset(), kind: otherValue}
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
