package terminal

import "strings"

// What these functions are given is fit to print, but for the sequences that
// colour it: ESC [ numbers m, which take no column.

const (
	reset    = "\x1b[0m"
	inverse  = "\x1b[7m"
	bold     = "\x1b[1m"
	ellipsis = "…"
)

// sequence is the length of the colour sequence that s begins with, 0 for none.
func sequence(s string) int {
	if !strings.HasPrefix(s, "\x1b[") {
		return 0
	}
	return strings.IndexByte(s, 'm') + 1
}

// uncolored is s without the sequences.
func uncolored(s string) string {
	if !strings.Contains(s, "\x1b") {
		return s
	}
	var b strings.Builder
	for s != "" {
		if n := sequence(s); n > 0 {
			s = s[n:]
			continue
		}
		b.WriteByte(s[0])
		s = s[1:]
	}
	return b.String()
}

// shownColumns is how many columns s takes on the screen.
func shownColumns(s string) int { return Columns(uncolored(s)) }

// clip is s in at most width columns. What is longer ends with an ellipsis.
func clip(s string, width int) string {
	if shownColumns(s) <= width {
		return s
	}
	head, _ := split(s, max(width-Columns(ellipsis), 0))
	if width < Columns(ellipsis) {
		return head
	}
	return head + ellipsis
}

// fill is s in exactly width columns.
func fill(s string, width int) string {
	s = clip(s, width)
	return s + strings.Repeat(" ", max(0, width-shownColumns(s)))
}

// Fold breaks s into lines of at most width columns, where they end.
func Fold(s string, width int) []string {
	var lines []string
	for shownColumns(s) > width {
		head, rest := split(s, width)
		if uncolored(head) == "" { // not even one character fits
			return append(lines, clip(s, width))
		}
		lines = append(lines, head)
		s = rest
	}
	return append(lines, s)
}

// split parts s after width columns, and the colour that holds there.
func split(s string, width int) (head, rest string) {
	col, color := 0, ""
	for i := 0; i < len(s); {
		if n := sequence(s[i:]); n > 0 {
			if color += s[i : i+n]; s[i:i+n] == reset || s[i:i+n] == "\x1b[m" {
				color = ""
			}
			i += n
			continue
		}
		r, n := firstRune(s[i:])
		if col += RuneColumns(r); col > width {
			if head = s[:i]; color != "" {
				head += reset
			}
			return head, color + s[i:]
		}
		i += n
	}
	return s, ""
}

func firstRune(s string) (r rune, n int) {
	for i, c := range s {
		if n > 0 {
			return r, i
		}
		r, n = c, len(s)
	}
	return r, n
}
