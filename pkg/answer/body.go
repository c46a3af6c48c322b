package answer

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/wire"
)

// Blanks are the bytes that people do not see in a browser.
const Blanks = " \t\r\n\v\f\x00\u00a0\u3000\u200b\ufeff"

// Readable undoes what was done to the bytes of a body on the way: chunks,
// compression and UTF-16.
func Readable(r *wire.Response) []byte {
	b := r.Decoded
	if plain, ok := decompress(r); ok {
		b = plain
	}
	if text, ok := fromUTF16(b); ok {
		b = text
	}
	return unescaped(b)
}

var jsonEscape = lazy.Regexp(`\\u[0-9A-Fa-f]{4}`)

// unescaped writes the Chinese that JSON has in \u escapes, as many frameworks
// do, as it is read.
func unescaped(b []byte) []byte {
	if !bytes.Contains(b, []byte(`\u`)) {
		return b
	}
	if trimmed := bytes.TrimLeft(b, Blanks); len(trimmed) == 0 || trimmed[0] != '{' && trimmed[0] != '[' {
		return b
	}
	return jsonEscape.Get().ReplaceAllFunc(b, func(escape []byte) []byte {
		n, err := strconv.ParseUint(string(escape[2:]), 16, 16)
		if r := rune(n); err == nil && unicode.Is(unicode.Han, r) {
			return []byte(string(r))
		}
		return escape
	})
}

// decompress undoes the compression of a body that says which it is; false for
// one that is not compressed, or not as it says.
func decompress(r *wire.Response) ([]byte, bool) {
	var in io.Reader
	var err error
	switch strings.ToLower(r.Get("Content-Encoding")) {
	case "gzip", "x-gzip":
		in, err = gzip.NewReader(bytes.NewReader(r.Decoded))
	case "deflate":
		in, err = zlib.NewReader(bytes.NewReader(r.Decoded))
	default:
		return nil, false
	}
	if err != nil {
		return nil, false
	}
	plain, err := io.ReadAll(io.LimitReader(in, wire.MaxBytes))
	return plain, err == nil
}

func fromUTF16(b []byte) ([]byte, bool) {
	if len(b) < 4 || len(b)%2 != 0 {
		return nil, false
	}
	high, low := 0, 1
	switch {
	case b[0] == 0xFE && b[1] == 0xFF:
	case b[0] == 0xFF && b[1] == 0xFE:
		high, low = 1, 0
	default:
		return nil, false
	}
	var units []uint16
	for i := 2; i < len(b); i += 2 {
		units = append(units, uint16(b[i+high])<<8|uint16(b[i+low]))
	}
	return []byte(string(utf16.Decode(units))), true
}

// patternLimit is how much of a text the slower patterns look at: an error is at
// the start of a page.
const patternLimit = 16 << 10

// beginning is the part of an answer that is looked at.
func beginning(res *wire.Response) []byte {
	body := Readable(res)
	return body[:min(len(body), 64<<10)]
}

var htmlStart = lazy.Regexp(`(?i)<(!doctype html|html|head|body|div|title|p|script|h1|pre|span|table)[\s>]`)

// IsHTML reports whether a body begins as a page does.
func IsHTML(body []byte) bool { return htmlStart.Get().Match(body[:min(len(body), 4096)]) }

// plainText is the text of a page, in lower case.
func plainText(page []byte) []byte { return text.Lower(withoutMarkup(page)) }

// withoutMarkup is one pass by hand: a hostile page could make a regular
// expression look for the end of each script again and again.
func withoutMarkup(page []byte) []byte {
	rest, lower := page, text.Lower(page)
	var text []byte
	for {
		before := bytes.IndexByte(rest, '<')
		if before < 0 {
			return append(append(text, rest...), ' ')
		}
		text = append(append(text, rest[:before]...), ' ')
		rest, lower = rest[before:], lower[before:]
		end := ">"
		for start, other := range map[string]string{"<script": "</script>", "<style": "</style>", "<!--": "-->"} {
			if bytes.HasPrefix(lower, []byte(start)) {
				end = other
			}
		}
		at := bytes.Index(lower, []byte(end))
		switch {
		case at >= 0:
			rest, lower = rest[at+len(end):], lower[at+len(end):]
		case end == ">": // a sign, not a tag
			return append(text, rest...)
		default:
			return text
		}
	}
}

// visible is an answer as a reader sees it: without the markup, where words
// such as csrf-token and padding are on many a page, and without cookies,
// which a form guard sets on every answer.
func visible(r *wire.Response) *wire.Response {
	return &wire.Response{Status: r.Status, Decoded: plainText(Readable(r)), Header: withoutCookies(r.Header)}
}

// withoutCookies also leaves out the coding of a body that was decoded.
func withoutCookies(fields []wire.Field) []wire.Field {
	return slices.DeleteFunc(slices.Clone(fields), func(f wire.Field) bool {
		return strings.EqualFold(f.Name, "Set-Cookie") || strings.EqualFold(f.Name, "Content-Encoding")
	})
}
