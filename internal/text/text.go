// Package text makes bytes that came from a server or a file fit for a
// terminal, a log or an error message: what it returns holds no control
// character, no escape sequence and no invisible or direction-changing
// character, so it can neither move the cursor nor hide what it says: [Quote], [Line],
// [Block] and [Hex].
//
// [Nearest] finds the word that was probably meant, for error messages about a
// mistyped flag, key or value.
package text

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lower returns b with its ASCII letters in lower case. Places in it are those
// of b, which bytes.ToLower does not promise.
func Lower(b []byte) []byte {
	lower := make([]byte, len(b))
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	return lower
}

// Quote returns b as double-quoted text on one line. Bytes that are not
// printable text appear as \xNN, line ends and tabs as \n, \r and \t. What
// is longer than limit bytes is cut and its whole length told; a limit of 0
// cuts nothing.
func Quote(b []byte, limit int) string {
	rest := ""
	if limit > 0 && len(b) > limit {
		rest = fmt.Sprintf("… (%d bytes)", len(b))
		b = cutRunes(b, limit)
	}
	var s strings.Builder
	s.WriteByte('"')
	escape(&s, b, "\"\\", false)
	s.WriteByte('"')
	return s.String() + rest
}

// ExcerptLimit is the length in bytes that suits a line of a report.
const ExcerptLimit = 120

// Excerpt is [Quote] at that length.
func Excerpt(b []byte) string { return Quote(b, ExcerptLimit) }

// Line returns s unquoted on one line, everything that Quote would escape
// escaped except quotes and backslashes.
func Line(s string) string {
	var out strings.Builder
	escape(&out, []byte(s), "", false)
	return out.String()
}

// Block returns s as text of several lines: LF stays, a CR before it is
// dropped, all else is as in Line.
func Block(s string) string {
	var out strings.Builder
	escape(&out, []byte(strings.ReplaceAll(s, "\r\n", "\n")), "", true)
	return out.String()
}

func escape(s *strings.Builder, b []byte, special string, keepLF bool) {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && n <= 1:
			fmt.Fprintf(s, `\x%02X`, b[0])
		case r == '\n' && keepLF:
			s.WriteByte('\n')
		case r == '\n':
			s.WriteString(`\n`)
		case r == '\r':
			s.WriteString(`\r`)
		case r == '\t':
			s.WriteString(`\t`)
		case strings.ContainsRune(special, r):
			s.WriteByte('\\')
			s.WriteRune(r)
		case r == ' ' || unicode.IsPrint(r):
			s.WriteRune(r)
		default:
			for _, c := range b[:n] {
				fmt.Fprintf(s, `\x%02X`, c)
			}
		}
		b = b[n:]
	}
}

// Head is the first n bytes of s, without a character that is cut in two, and
// how many bytes come after them.
func Head(s string, n int) (head string, more int) {
	head = string(cutRunes([]byte(s[:min(len(s), n+utf8.UTFMax)]), min(n, len(s))))
	return head, len(s) - len(head)
}

// cutRunes cuts b to at most n bytes without splitting a character.
func cutRunes(b []byte, n int) []byte {
	for n > 0 && n < len(b) && !utf8.RuneStart(b[n]) {
		n--
	}
	return b[:n]
}

// Hex returns the bytes around offset as "EF BB BF 35 38", at most n of them
// from offset on; "end" when offset is past the last.
func Hex(b []byte, offset, n int) string {
	if offset >= len(b) {
		return "end"
	}
	return fmt.Sprintf("% X", b[offset:min(len(b), offset+n)])
}
