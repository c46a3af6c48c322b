package terminal

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// Columns is how many columns of a terminal s takes.
func Columns(s string) int {
	width := 0
	for _, r := range s {
		w := usualWidth(r)
		if w < 0 {
			return runewidth.StringWidth(s)
		}
		width += w
	}
	return width
}

// RuneColumns is how many columns a character takes.
func RuneColumns(r rune) int {
	if w := usualWidth(r); w >= 0 {
		return w
	}
	return runewidth.RuneWidth(r)
}

// usualWidth is the width of what English and Chinese texts consist of, and -1
// of anything else, which runewidth knows: its first look at such a rune builds
// a table of two megabytes, which would be half the time of a help.
func usualWidth(r rune) int {
	switch {
	case r >= ' ' && r <= '~':
		return 1
	case r >= 0x4e00 && r <= 0x9fff, r >= 0x3001 && r <= 0x3029, r >= 0xff01 && r <= 0xff60:
		return 2
	case strings.ContainsRune("“”‘’…—·", r):
		if runewidth.EastAsianWidth {
			return 2
		}
		return 1
	}
	return -1
}
