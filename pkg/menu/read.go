package menu

import (
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/text"
)

// reader turns the tree of one file into a menu, and reports what is wrong.
type reader struct {
	*collector
	answer bool // the file is what the API answered: its further fields are the server's

	menu       Menu
	hasDefault bool
	defaultAt  int
	alone      int   // where the matchrule of a file without a default menu is, plus 1
	rules      []int // where the matchrule of each conditional menu is
	links      []link
	authorized []authorized
	guessed    bool // the account's AppID is the first of those
}

// link is a domain that a conditional menu leads to.
type link struct {
	host string
	at   int
}

// The fields of a file's top, and those of an answer that are not read.
var (
	topFields   = []string{"button", "conditional", "matchrule"}
	addedFields = []string{"$schema", "menuid", "errcode", "errmsg", "is_menu_open"}
)

// root reads the whole file, whatever shape it has.
func (r *reader) root(n *node) {
	switch {
	case n.kind == isArray:
		r.add(ruleBareList, n.at)
		return
	case n.kind == isString:
		r.add(ruleString, n.at, "text", quote(n.text))
		return
	case n.kind != isObject:
		r.add(ruleNotObject, n.at, "kind", string(n.kind))
		return
	}
	if r.unwrap(n, "menu") || r.unwrap(n, "selfmenu_info") {
		return
	}
	if code, ok := errcode(n); ok {
		r.add(ruleErrorAnswer, n.get("errcode").value.at, "errcode", code)
		return
	}
	if r.wrapped(n) {
		return
	}
	wrong := r.unknown(n, topFields, addedFields)
	if s := n.get("$schema"); s != nil && s.value.kind != isString {
		r.wrongKind(s.value, "$schema", isString)
	}
	switch m := n.get("button"); {
	case m != nil:
		r.top(n, m)
	case !wrong["button"]:
		r.add(ruleMissingButton, n.at)
	}
	if list := n.get("conditional"); list != nil {
		r.conditionals(list.value, "conditional")
	}
}

// errcode returns the code of an answer that is an error.
func errcode(root *node) (code string, ok bool) {
	n := root.getKind("errcode", isNumber)
	if n == nil || n.text == "0" {
		return "", false
	}
	return text.Line(n.text), true
}

// unwrap reads an answer of the API, whose menu is in the field name.
func (r *reader) unwrap(root *node, name string) bool {
	m := root.get(name)
	if m == nil || root.get("button") != nil {
		return false
	}
	if m.value.kind != isObject {
		r.add(ruleString, m.value.at, "text", quote(m.value.text))
		return true
	}
	r.answer = true
	if buttons := m.value.get("button"); buttons != nil {
		r.top(m.value, buttons)
	} else if !r.wrapped(m.value) {
		r.add(ruleMissingButton, m.value.at)
	}
	if list := root.get("conditionalmenu"); list != nil {
		r.conditionals(list.value, "conditionalmenu")
		slices.SortStableFunc(r.menu.Conditional, func(a, b Conditional) int { return compareIDs(a.MenuID, b.MenuID) })
	}
	return true
}

// compareIDs compares menu ids as numbers: later menus have larger ones.
func compareIDs(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// top reads the menu of a file: the default one, or a conditional one if there
// is a matchrule next to it.
func (r *reader) top(n *node, button *member) {
	rule := n.get("matchrule")
	if rule == nil {
		r.hasDefault, r.defaultAt = true, button.at
		r.menu.Buttons = r.list(button.value, true)
		return
	}
	r.alone = rule.at + 1
	r.conditional(n)
}

func (r *reader) conditionals(list *node, field string) {
	if list.kind != isArray {
		r.wrongKind(list, field, isArray)
		return
	}
	for _, n := range list.items {
		if n.kind != isObject {
			r.wrongKind(n, field, isObject)
			continue
		}
		wrong := r.unknown(n, []string{"button", "matchrule"}, addedFields)
		if n.get("button") == nil && !wrong["button"] {
			r.add(ruleMissingButton, n.at)
		}
		if n.get("matchrule") == nil && !wrong["matchrule"] {
			r.add(ruleNoMatchRule, n.at)
		}
		r.conditional(n)
	}
}

// conditional reads an object with button, matchrule and perhaps menuid.
func (r *reader) conditional(n *node) {
	var c Conditional
	if button := n.get("button"); button != nil {
		c.Buttons = r.list(button.value, true)
		r.collectLinks(button.value)
	}
	at := n.at
	if rule := n.get("matchrule"); rule != nil {
		at = rule.value.at
		c.MatchRule = r.matchRule(rule.value)
	}
	if id := n.get("menuid"); id != nil && (id.value.kind == isNumber || id.value.kind == isString) {
		c.MenuID = id.value.text
	}
	r.menu.Conditional = append(r.menu.Conditional, c)
	r.rules = append(r.rules, at)
}

// list reads the buttons of a menu or a submenu.
func (r *reader) list(n *node, top bool) []Button {
	if n.kind == isString && top {
		r.add(ruleString, n.at, "text", quote(n.text))
		return nil
	}
	if n.kind != isArray {
		r.add(ruleButtonObject, n.at)
		return nil
	}
	switch count := len(n.items); {
	case top && count == 0:
		r.add(ruleTopNone, n.at)
	case top && count > 3:
		r.add(ruleTopMany, n.items[3].at, "count", count)
	case !top && count > 5:
		r.add(ruleSubMany, n.items[5].at, "count", count)
	}
	buttons := []Button{}
	for _, item := range n.items {
		if item.kind != isObject {
			r.wrongKind(item, "button", isObject)
			continue
		}
		buttons = append(buttons, r.button(item, top))
	}
	return buttons
}

func (r *reader) wrongKind(n *node, field string, want kind) {
	r.add(ruleKind, n.at, "field", field, "kind", string(n.kind), "want", string(want))
}

// unknown reports the fields of n that are neither known nor added by the
// server, and returns the known names that were meant by misspelt ones. In an
// answer they are all the server's.
func (r *reader) unknown(n *node, known, added []string) map[string]bool {
	meant := map[string]bool{}
	for _, m := range n.members {
		if r.answer || r.full() || slices.Contains(known, m.name) || slices.Contains(added, m.name) {
			continue
		}
		if want := near(m.name, known); want != "" && n.get(want) == nil && !meant[want] {
			meant[want] = true
			r.add(ruleMisspelt, m.at, "field", quote(m.name), "want", want)
			continue
		}
		r.add(ruleUnknownField, m.at, "field", quote(m.name))
	}
	return meant
}
