package terminal

import (
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
)

// Draw returns the lines of the screen, at most its height, none wider than it.
func (l *List) Draw() []string {
	var lines []string
	if l.height > 2 {
		lines = append(lines, l.paint(bold, clip(text.Line(l.Title), l.width)))
	}
	body := l.body()
	for i := range l.rows() {
		if i < len(body) {
			lines = append(lines, clip(body[i], l.width))
		} else {
			lines = append(lines, "")
		}
	}
	return append(lines, l.status())
}

func (l *List) paint(with, s string) string {
	if !l.Color || s == "" {
		return s
	}
	return with + s + reset
}

// body is what is between title and status.
func (l *List) body() []string {
	switch {
	case l.help:
		return l.keys()
	case l.detail != nil:
		lines := l.lines()
		l.scroll = max(0, min(l.scroll, len(lines)-l.rows()))
		return lines[l.scroll:]
	case len(l.shown) == 0 && l.filter != "":
		return Fold(l.say(words.ListNoMatch, "text", text.Line(l.filter)), l.width)
	case len(l.shown) == 0:
		return Fold(text.Line(l.Empty), l.width)
	}
	var lines []string
	for i := l.top; i < min(len(l.shown), l.top+l.rows()); i++ {
		lines = append(lines, l.row(l.shown[i].Row(), i == l.at))
	}
	return lines
}

// tailFrom is the width of a screen that has room for a row's tail.
const tailFrom = 60

// row is an item on a line.
func (l *List) row(r Row, selected bool) string {
	mark := "  "
	if selected {
		mark = "> "
	}
	head := mark + r.Head + "  "
	room := l.width - shownColumns(head)
	tail := ""
	if n := shownColumns(r.Tail); n > 0 && l.width >= tailFrom {
		tail = "  " + r.Tail
		room -= n + 2
	}
	line := head + fill(r.Text, max(room, 0)) + tail
	if selected && l.Color {
		return inverse + fill(uncolored(line), l.width) + reset
	}
	return strings.TrimRight(clip(line, l.width), " ")
}

// keys is the page of what each key does.
func (l *List) keys() []string {
	var lines []string
	for line := range strings.SplitSeq(strings.TrimSpace(l.say(words.ListKeys)), "\n") {
		lines = append(lines, Fold(line, l.width)...)
	}
	return lines
}

// status is the last line: what matters most comes first.
func (l *List) status() string {
	if l.typing {
		return l.prompt()
	}
	var parts []string
	if l.note != "" {
		parts = append(parts, l.note)
	}
	if l.fresh > 0 {
		parts = append(parts, l.paint(bold, l.say(words.ListFresh, "n", strconv.Itoa(l.fresh))))
	}
	if l.filter != "" {
		parts = append(parts, "/"+text.Line(l.filter), strconv.Itoa(len(l.shown))+"/"+strconv.Itoa(len(l.items)))
	} else {
		parts = append(parts, l.counted())
	}
	if l.missed > 0 {
		parts = append(parts, l.say(words.ListMissed, "n", strconv.Itoa(l.missed)))
	}
	left, right := strings.Join(parts, "  "), l.say(words.ListHint)
	if l.detail != nil || l.help {
		right = l.say(words.ListBack)
	}
	if room := l.width - shownColumns(left) - Columns(right); room >= 2 {
		return left + strings.Repeat(" ", room) + right
	}
	return clip(left, l.width)
}

// counted says how many requests came.
func (l *List) counted() string {
	if l.total == 1 {
		return l.say(words.CommonCountOneRequest, "n", "1")
	}
	return l.say(words.CommonCountRequests, "n", strconv.Itoa(l.total))
}

// prompt is the filter while it is written. Its end is shown.
func (l *List) prompt() string {
	shown := text.Line(l.filter)
	for Columns(shown)+2 > l.width && shown != "" {
		_, n := firstRune(shown)
		shown = shown[n:]
	}
	return clip("/"+shown+"_", l.width)
}
