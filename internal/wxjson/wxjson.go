// Package wxjson is JSON as WeChat reads and writes it.
//
// WeChat escapes nothing that JSON does not require, and its API refuses or
// garbles text in \u escapes (40033, 47002). encoding/json differs: it
// escapes & < > unless told not to, and U+2028 and U+2029 always. [Marshal] and
// [MarshalIndent] write a value, [AppendString] and [AppendRaw] a string for
// those who write JSON by hand. [Reader] gives the tokens of a body with their
// places, and [Check] the place of the first mistake; what was wrong is an
// [Error] with a kind, and its words are for the caller.
package wxjson

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// Marshal is json.Marshal without the escapes.
func Marshal(v any) ([]byte, error) {
	b, err := encode(v, "")
	return bytes.TrimSuffix(b, []byte("\n")), err
}

// MarshalIndent is Marshal for people to read: indented by two blanks, and
// with a line end at the end.
func MarshalIndent(v any) ([]byte, error) { return encode(v, "  ") }

func encode(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return unescapeSeparators(b.Bytes()), nil
}

// unescapeSeparators writes U+2028 and U+2029 as themselves. After a backslash
// the escape would be text.
func unescapeSeparators(b []byte) []byte {
	if !bytes.Contains(b, []byte(`\u202`)) {
		return b
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] != '\\':
			out = append(out, b[i])
		case bytes.HasPrefix(b[i:], []byte(`\u2028`)):
			out = append(out, "\u2028"...)
			i += 5
		case bytes.HasPrefix(b[i:], []byte(`\u2029`)):
			out = append(out, "\u2029"...)
			i += 5
		default: // a backslash of encoding/json's is never the last byte
			out = append(out, b[i], b[i+1])
			i++
		}
	}
	return out
}

// AppendString appends s in quotes, with U+FFFD for each byte that is not
// UTF-8.
func AppendString(dst []byte, s string) []byte {
	if utf8.ValidString(s) {
		return AppendRaw(dst, s)
	}
	var valid strings.Builder
	for _, r := range s {
		valid.WriteRune(r)
	}
	return AppendRaw(dst, valid.String())
}

// AppendRaw appends s in quotes, and bytes that are not UTF-8 as they are.
func AppendRaw(dst []byte, s string) []byte {
	dst = append(dst, '"')
	plain := 0 // where the text begins that is yet to be copied
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' {
			dst = appendEscape(append(dst, s[plain:i]...), c)
			plain = i + 1
		}
	}
	return append(append(dst, s[plain:]...), '"')
}

func appendEscape(dst []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	switch c {
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	case '"', '\\':
		return append(dst, '\\', c)
	}
	return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}
