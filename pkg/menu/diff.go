package menu

import (
	"fmt"
	"slices"
)

// Kind says what happened to a part of a menu.
type Kind string

// The kinds of a [Change].
const (
	Same    Kind = "same"
	Added   Kind = "added"
	Removed Kind = "removed"
	Changed Kind = "changed"
)

// What a [Change] is about.
const (
	DefaultMenu     = "default"
	ConditionalMenu = "conditional"
	ButtonItem      = "button"
)

// Change is one line of a comparison: a menu, or a button of the menu above it.
// Unchanged parts are included, so the lines in order are the whole tree.
type Change struct {
	Kind  Kind
	What  string // [DefaultMenu], [ConditionalMenu] or [ButtonItem]
	Level int    // 0 for a menu, 1 for a button, 2 for one in a submenu
	Path  string // "button[0].sub_button[2]"; of a removed part where it was

	Button Button    // of a button: the wanted one; of a removed one the live one, without Sub
	Rule   MatchRule // of a conditional menu
	MenuID string    // of a conditional menu that is live

	Fields []FieldChange // of a changed button, or conditional menu, what is different
}

// FieldChange is a field of a button that differs. Position is a field, too:
// the place among its siblings, from 1; for a conditional menu it counts only
// if some user would see another menu.
type FieldChange struct{ Field, Have, Want string }

// Changes is a comparison of two menus.
type Changes []Change

// Any reports whether anything differs.
func (c Changes) Any() bool {
	return slices.ContainsFunc(c, func(l Change) bool { return l.Kind != Same })
}

// Removes reports whether something live would be removed.
func (c Changes) Removes() bool {
	return slices.ContainsFunc(c, func(l Change) bool { return l.Kind == Removed })
}

// Count returns how many lines are of a kind.
func (c Changes) Count(k Kind) int {
	n := 0
	for _, l := range c {
		if l.Kind == k {
			n++
		}
	}
	return n
}

// Diff compares the menu that an account has with the one wanted. Conditional
// menus are matched by their rules, buttons by their names or else by what they
// do. Either may be nil, which means an account without a menu.
//
// A wanted menu without a default one (a file with only a conditional menu)
// leaves alone what it does not name: nothing is removed.
func Diff(have, want *Menu) Changes {
	if have == nil {
		have = &Menu{}
	}
	if want == nil {
		want = &Menu{Buttons: []Button{}}
	}
	d := &differ{}
	partial := want.Buttons == nil
	if !partial && len(have.Buttons)+len(want.Buttons) > 0 {
		k := Same
		switch {
		case len(have.Buttons) == 0:
			k = Added
		case len(want.Buttons) == 0:
			k = Removed
		}
		d.menu(Change{What: DefaultMenu, Kind: k}, "", have.Buttons, want.Buttons)
	}
	pairs := pairConditional(have, want)
	for i, c := range have.Conditional {
		if !partial && !slices.Contains(pairs, i) {
			line := Change{Kind: Removed, What: ConditionalMenu, Rule: c.MatchRule, MenuID: c.MenuID, Path: fmt.Sprintf("conditional[%d]", i)}
			d.menu(line, line.Path+".", c.Buttons, nil)
		}
	}
	for i, c := range want.Conditional {
		line := Change{Kind: Added, What: ConditionalMenu, Rule: c.MatchRule, Path: fmt.Sprintf("conditional[%d]", i)}
		var live []Button
		if j := pairs[i]; j >= 0 {
			line.Kind = Same
			live, line.MenuID = have.Conditional[j].Buttons, have.Conditional[j].MenuID
			if overtaken(want, pairs, i) {
				line.Kind, line.Fields = Changed, []FieldChange{{"position", itoa(j + 1), itoa(i + 1)}}
			}
		}
		d.menu(line, line.Path+".", live, c.Buttons)
	}
	return d.lines
}

// pairConditional returns for each wanted conditional menu the live one with
// its rule, or -1. If there are several, it is the newest: WeChat shows that
// one.
func pairConditional(have, want *Menu) []int {
	byRule := map[string][]int{}
	for i, c := range have.Conditional {
		key := string(c.MatchRule.json())
		byRule[key] = append(byRule[key], i)
	}
	pairs := make([]int, len(want.Conditional))
	for i, c := range slices.Backward(want.Conditional) {
		key := string(c.MatchRule.json())
		pairs[i] = -1
		if live := byRule[key]; len(live) > 0 {
			pairs[i], byRule[key] = live[len(live)-1], live[:len(live)-1]
		}
	}
	return pairs
}

// overtaken reports whether a conditional menu that comes before the i-th of
// want is live after it, and some user matches both: of two menus the newer
// shows.
func overtaken(want *Menu, pairs []int, i int) bool {
	for k := range i {
		if pairs[k] > pairs[i] && overlap(want.Conditional[k].MatchRule, want.Conditional[i].MatchRule) {
			return true
		}
	}
	return false
}

type differ struct{ lines Changes }

// menu adds the line of a menu and those of its buttons. One that is on both
// sides comes as the same.
func (d *differ) menu(line Change, prefix string, have, want []Button) {
	at := len(d.lines)
	d.lines = append(d.lines, line)
	d.buttons(prefix+"button", 1, have, want)
	if line.Kind == Same && d.lines[at+1:].Any() {
		d.lines[at].Kind = Changed
	}
}

// buttons adds the lines of one list, in the wanted order, the removed ones
// where they were.
func (d *differ) buttons(path string, level int, have, want []Button) {
	pairs := pairButtons(have, want)
	moved := movedButtons(pairs)
	for i := range max(len(have), len(want)) {
		if i < len(have) && !slices.Contains(pairs, i) {
			d.button(path, level, i, have[i], Removed, have[i].Sub, nil, nil)
		}
		if i >= len(want) {
			continue
		}
		j := -1
		if i < len(pairs) {
			j = pairs[i]
		}
		if j < 0 {
			d.button(path, level, i, want[i], Added, nil, want[i].Sub, nil)
			continue
		}
		fields := fieldChanges(have[j], want[i])
		if moved[i] {
			fields = append(fields, FieldChange{"position", itoa(j + 1), itoa(i + 1)})
		}
		d.button(path, level, i, want[i], Same, have[j].Sub, want[i].Sub, fields)
	}
}

func (d *differ) button(path string, level, i int, b Button, k Kind, have, want []Button, fields []FieldChange) {
	line := Change{Kind: k, What: ButtonItem, Level: level, Path: fmt.Sprintf("%s[%d]", path, i), Button: b, Fields: fields}
	line.Button.Sub = nil
	at := len(d.lines)
	d.lines = append(d.lines, line)
	d.buttons(line.Path+".sub_button", level+1, have, want)
	if k == Same && (len(fields) > 0 || d.lines[at+1:].Any()) {
		d.lines[at].Kind = Changed
	}
}

func fieldChanges(have, want Button) []FieldChange {
	var changes []FieldChange
	for _, name := range fieldNames {
		if h, w := *have.field(name), *want.field(name); h != w {
			changes = append(changes, FieldChange{name, h, w})
		}
	}
	return changes
}

// pairButtons returns for each wanted button the live one that it continues, or
// -1: first those that are equal, then those with the same name, then those
// that do the same.
func pairButtons(have, want []Button) []int {
	pairs := slices.Repeat([]int{-1}, len(want))
	taken := make([]bool, len(have))
	for _, alike := range []func(a, b Button) bool{
		Button.Equal,
		func(a, b Button) bool { return a.Name == b.Name },
		func(a, b Button) bool { a.Name = b.Name; return a.Equal(b) },
	} {
		for i, w := range want {
			for j, h := range have {
				if pairs[i] < 0 && !taken[j] && alike(h, w) {
					pairs[i], taken[j] = j, true
				}
			}
		}
	}
	return pairs
}

// movedButtons finds the pairs whose order among the pairs differs.
func movedButtons(pairs []int) []bool {
	moved := make([]bool, len(pairs))
	order := slices.DeleteFunc(slices.Clone(pairs), func(j int) bool { return j < 0 })
	slices.Sort(order)
	rank := 0
	for i, j := range pairs {
		if j >= 0 {
			moved[i] = order[rank] != j
			rank++
		}
	}
	return moved
}
