package tomldoc

import (
	"fmt"
	"strings"
	"unicode"
)

// EncodeString returns s as a TOML string on one line. Whatever is not printable is
// escaped, so a file that is written with it can be shown as it is. Bytes that
// are not UTF-8, which TOML cannot hold, become U+FFFD.
func EncodeString(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r <= 0xFFFF:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			fmt.Fprintf(&b, `\U%08X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// EncodeLiteral is EncodeString for what has backslashes of its own, as a
// regular expression: it stands in single quotes, in which they are nothing
// special, unless it has what cannot stand there.
func EncodeLiteral(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r == '\'' || r == unicode.ReplacementChar || !unicode.IsPrint(r) }) {
		return EncodeString(s)
	}
	return "'" + s + "'"
}

// EncodeKey returns s as the key of a value: bare where TOML allows it. A dot
// would make a table of it.
func EncodeKey(s string) string {
	if s != "" && strings.Trim(s, bareKey) == "" {
		return s
	}
	return EncodeString(s)
}
