package menu

import (
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/wxdev/wxdev/internal/text"
)

// Draw shows the menu as it looks on a phone, in at most width columns: a bar
// of up to three buttons, the submenus above it, and names cut as the phone
// cuts them. Each conditional menu follows under its rule. Lines end in LF.
func Draw(m *Menu, width int) string {
	var s strings.Builder
	if len(m.Buttons) > 0 {
		s.WriteString(drawButtons(m.Buttons, width))
	}
	for _, c := range m.Conditional {
		if s.Len() > 0 {
			s.WriteByte('\n')
		}
		s.WriteString(text.Line(c.MatchRule.String()) + "\n")
		s.WriteString(drawButtons(c.Buttons, width))
	}
	return s.String()
}

// The inner width of a column. The widest fits a submenu button's name as the
// phone shows it, with the dots and a space on each side in the box.
const (
	minColumn = 8
	maxColumn = shownSub + 5
)

// columns measures as terminals do outside East Asian locales, whatever the
// environment says: what a package draws must not depend on it.
func columns() *runewidth.Condition {
	return &runewidth.Condition{StrictEmojiNeutral: true}
}

// truncate cuts a name to what is shown of it.
func truncate(name string, width int) string {
	c := columns()
	if c.StringWidth(name) <= width {
		return name
	}
	return c.Truncate(name, width, "") + "…"
}

// fit makes text exactly width columns wide.
func fit(text string, width int) string {
	c := columns()
	if c.StringWidth(text) > width {
		text = c.Truncate(text, width, "…")
	}
	return text + strings.Repeat(" ", width-c.StringWidth(text))
}

func drawButtons(buttons []Button, width int) string {
	n := len(buttons)
	if n == 0 {
		return ""
	}
	column := min(max((width-1)/n-1, minColumn), maxColumn)
	var rows []string
	deepest := 0
	for _, b := range buttons {
		deepest = max(deepest, len(b.Sub))
	}
	if deepest > 0 {
		for row := deepest + 2; row > 0; row-- { // counted upwards from the bar
			line := " "
			for _, b := range buttons {
				line += popup(b.Sub, row, column) + " "
			}
			rows = append(rows, line)
		}
	}
	edge := func(left, middle, right string) string {
		return left + strings.Repeat(strings.Repeat("─", column)+middle, n-1) + strings.Repeat("─", column) + right
	}
	bar := "│"
	for _, b := range buttons {
		name := truncate(text.Line(b.Name), shownTop)
		if len(b.Sub) > 0 {
			name = "≡ " + name
		}
		bar += center(name, column) + "│"
	}
	rows = append(rows, edge("┌", "┬", "┐"), bar, edge("└", "┴", "┘"))
	for i, r := range rows {
		rows[i] = strings.TrimRight(r, " ")
	}
	return strings.Join(rows, "\n") + "\n"
}

func center(text string, width int) string {
	c := columns()
	if pad := width - c.StringWidth(text); pad > 0 {
		text = strings.Repeat(" ", pad/2) + text
	}
	return fit(text, width)
}

// popup is one row of a submenu's box: row 1 is its lower edge. Rows above the
// box are blank.
func popup(sub []Button, row, width int) string {
	switch n := len(sub); {
	case n == 0 || row > n+2:
		return strings.Repeat(" ", width)
	case row == 1:
		return "└" + strings.Repeat("─", width-2) + "┘"
	case row == n+2:
		return "┌" + strings.Repeat("─", width-2) + "┐"
	default:
		name := truncate(text.Line(sub[n-row+1].Name), shownSub)
		return "│ " + fit(name, width-4) + " │"
	}
}
