package terminal

import (
	"slices"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
)

// Item is one thing in a [List]. Items are compared by identity.
type Item interface {
	Row() Row
	Contains(needle string) bool // any of its texts does, whatever the case
	Detail(width int) []string   // all there is to know; lines may be wider and are folded then
}

// Row is what a list shows of an item, each part on one line and fit to print,
// but for colours.
type Row struct {
	Head string // always shown
	Text string // as much as fits
	Tail string // a few characters at the right, where there is room for them
}

// List is a list that grows while somebody looks at it, with the keys of a
// pager: a pure function of what was added and pressed. [Live] shows one.
//
// It follows the newest item until somebody moves in it, and again from the end
// on.
type List struct {
	Lang  finding.Lang
	Title string
	Empty string // what is shown instead of items
	Color bool
	Keep  int // items; the oldest go

	width, height int

	items   []Item
	shown   []Item // those that the filter leaves
	at      int    // in shown, the selected one
	top     int    // in shown, the first on the screen
	moved   bool   // somebody did: the newest is not followed
	fresh   int    // items since then
	total   int    // items that were added
	missed  int
	typing  bool // the filter is being written
	filter  string
	note    string // shown until the next key
	help    bool
	detail  Item // shown instead of the list
	folded  []string
	foldedW int
	scroll  int
}

// Action is what a key asks of whoever shows the list.
type Action int

// The actions.
const (
	Nothing Action = iota
	Quit
	Suspend
	Redraw
	Again // of the selected item
)

// Resize says how large the screen is.
func (l *List) Resize(width, height int) {
	l.width, l.height = max(width, 1), max(height, 1)
	l.settle()
}

// Add adds items at the end.
func (l *List) Add(items ...Item) {
	for _, item := range items {
		l.total++
		l.items = append(l.items, item)
		if l.matches(item) {
			l.shown = append(l.shown, item)
			if l.moved {
				l.fresh++
			}
		}
	}
	for len(l.items) > max(l.Keep, 1) {
		l.drop()
	}
	if !l.moved {
		l.at = len(l.shown) - 1
	}
	l.settle()
}

// drop forgets the oldest item.
func (l *List) drop() {
	if len(l.shown) > 0 && l.shown[0] == l.items[0] {
		l.shown = l.shown[1:]
		l.at--
		l.top--
		l.fresh = min(l.fresh, len(l.shown))
	}
	l.items = l.items[1:]
}

// Missed says that so many items came which the list will not get.
func (l *List) Missed(n int) { l.missed += n }

// Say shows a text until the next key.
func (l *List) Say(text string) { l.note = text }

// Items are all that the list has.
func (l *List) Items() []Item { return l.items }

// Total is how many were added.
func (l *List) Total() int { return l.total }

// Selected is the item that a key is about; nil when there is none.
func (l *List) Selected() Item {
	switch {
	case l.detail != nil:
		return l.detail
	case l.at >= 0 && l.at < len(l.shown):
		return l.shown[l.at]
	}
	return nil
}

func (l *List) matches(item Item) bool { return l.filter == "" || item.Contains(l.filter) }

// refilter looks for all items that the filter leaves. What is selected stays
// so if it is among them.
func (l *List) refilter() {
	was := l.Selected()
	l.shown = nil
	for _, item := range l.items {
		if l.matches(item) {
			l.shown = append(l.shown, item)
		}
	}
	if i := slices.Index(l.shown, was); i >= 0 && l.moved {
		l.at = i
	} else {
		l.at = len(l.shown) - 1
	}
	l.fresh = min(l.fresh, len(l.shown))
	l.settle()
}

// settle keeps the selected item on the screen.
func (l *List) settle() {
	l.at = max(0, min(l.at, len(l.shown)-1))
	rows := l.rows()
	l.top = max(0, min(l.top, len(l.shown)-rows), l.at-rows+1)
	l.top = min(l.top, l.at)
}

// rows is how many lines there are between title and status.
func (l *List) rows() int {
	switch {
	case l.height > 2:
		return l.height - 2
	case l.height == 2:
		return 1
	}
	return 0
}

// Press handles a key.
func (l *List) Press(k Key) Action {
	l.note = ""
	switch k {
	case KeyInterrupt:
		return Quit
	case KeySuspend:
		return Suspend
	case KeyRedraw:
		return Redraw
	}
	switch {
	case l.help:
		l.help = false
	case l.typing:
		l.write(k)
	case l.detail != nil:
		return l.pressInDetail(k)
	default:
		return l.pressInList(k)
	}
	return Nothing
}

// write handles a key that belongs to the filter.
func (l *List) write(k Key) {
	switch k {
	case KeyEnter:
		l.typing = false
		return
	case KeyEsc:
		l.typing, l.filter = false, ""
	case KeyBackspace:
		_, n := utf8.DecodeLastRuneInString(l.filter)
		l.filter = l.filter[:len(l.filter)-n]
	case KeyErase:
		l.filter = ""
	default:
		if utf8.RuneCountInString(string(k)) != 1 {
			l.move(k)
			return
		}
		l.filter += string(k)
	}
	l.refilter()
}

func (l *List) pressInList(k Key) Action {
	switch k {
	case "q":
		return Quit
	case "r":
		if l.Selected() != nil {
			return Again
		}
	case "/":
		l.typing = true
	case "?":
		l.help = true
	case KeyEsc:
		l.filter = ""
		l.refilter()
	case KeyEnter, KeyRight, "l":
		if l.detail = l.Selected(); l.detail != nil {
			l.moved, l.scroll, l.folded = true, 0, nil
		}
	default:
		l.move(k)
	}
	return Nothing
}

// move changes what is selected.
func (l *List) move(k Key) {
	by, ok := l.step(k)
	if !ok || len(l.shown) == 0 {
		return
	}
	l.moved = k != "G" && k != KeyEnd
	if !l.moved {
		l.fresh = 0
	}
	l.at += by
	l.settle()
}

// step is by how many lines a key moves.
func (l *List) step(k Key) (by int, ok bool) {
	switch page := max(l.rows()-1, 1); k {
	case "j", KeyDown:
		return 1, true
	case "k", KeyUp:
		return -1, true
	case KeyPageDown, " ":
		return page, true
	case KeyPageUp, "b":
		return -page, true
	case "g", KeyHome:
		return -1 << 30, true
	case "G", KeyEnd:
		return 1 << 30, true
	}
	return 0, false
}

func (l *List) pressInDetail(k Key) Action {
	switch k {
	case "q", "h", KeyEsc, KeyEnter, KeyLeft, KeyBackspace:
		l.detail, l.folded = nil, nil
	case "r":
		return Again
	case "?":
		l.help = true
	default:
		by, _ := l.step(k)
		l.scroll = max(0, min(l.scroll+by, len(l.lines())-l.rows()))
	}
	return Nothing
}

// lines are those of the detail, as wide as the screen.
func (l *List) lines() []string {
	if l.folded != nil && l.foldedW == l.width {
		return l.folded
	}
	l.folded, l.foldedW = nil, l.width
	for _, line := range l.detail.Detail(l.width) {
		l.folded = append(l.folded, Fold(line, l.width)...)
	}
	return l.folded
}

func (l *List) say(id words.ID, pairs ...string) string { return words.Fill(l.Lang, id, pairs...) }
