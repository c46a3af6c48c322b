package terminal

import (
	"strings"
	"unicode/utf8"
)

// Paragraph joins the lines of a paragraph: with a blank, but not between Chinese
// characters nor beside Chinese punctuation.
func Paragraph(text string) string {
	var b strings.Builder
	last := ' '
	for line := range strings.Lines(strings.TrimSpace(text)) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		first, _ := utf8.DecodeRuneInString(line)
		if b.Len() > 0 && !(IsWide(last) && IsWide(first)) && !isWideMark(last) && !isWideMark(first) {
			b.WriteByte(' ')
		}
		b.WriteString(line)
		last, _ = utf8.DecodeLastRuneInString(line)
	}
	return b.String()
}

// IsWide reports whether r is Chinese, be it a character or punctuation.
func IsWide(r rune) bool {
	return RuneColumns(r) == 2 || isWideMark(r)
}

// isWideMark reports whether r is Chinese punctuation, beside which no blank
// belongs. Quotation marks are in no block of their own.
func isWideMark(r rune) bool {
	return r >= 0x3000 && r < 0x3040 || r >= 0xff00 && r < 0xfff0 || strings.ContainsRune("“”‘’", r)
}
