package menu

import (
	"bytes"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
)

// CheckBody is [Parse] for a body that was sent to menu/create or
// addconditional, and finds why WeChat saw no button in it: a file may hold
// what the API answered, a body may not.
func CheckBody(body []byte) []Problem {
	r := newReader(Source{Name: "body", Data: body})
	switch {
	case filePath.Get().Match(bytes.TrimSpace(r.data)):
		r.add(rulePath, 0, "text", quote(strings.TrimSpace(string(r.data))))
		return r.sorted()
	case len(bytes.TrimSpace(r.data)) == 0, r.isForm():
		if len(r.found) == 0 {
			r.add(ruleEmpty, 0)
		}
		return r.sorted()
	}
	root := parseJSON(r.collector)
	if root == nil {
		return r.sorted()
	}
	r.collector.root = root
	if root.kind == isString && filePath.Get().MatchString(root.text) {
		r.add(rulePath, root.at, "text", quote(root.text))
		return r.sorted()
	}
	if r.wrapped(root) {
		return r.sorted()
	}
	r.root(root)
	return r.sorted()
}

var filePath = lazy.Regexp(`(?i)^["']?@?(?:file:/{0,3})?[\w./\\: -]{1,200}\.(?:json|txt|js|ya?ml|toml)["']?$`)

// wrapped reports, and tells, that a menu is in a field of what should be the menu.
func (r *reader) wrapped(root *node) bool {
	path := root.wrapper(3)
	if path == nil {
		return false
	}
	names := make([]string, len(path))
	for i, m := range path {
		names[i] = m.name
	}
	r.add(ruleWrapped, path[0].at, "field", quote(strings.Join(names, ".")))
	return true
}

// wrapper is the way to the field of a body that has the menu in it, where the menu
// belongs at the top: what menu/get answers, or the field of a form, or of the
// request that a wrapper of the API takes. It looks depth fields deep.
func (n *node) wrapper(depth int) []member {
	if n.kind != isObject || n.get("button") != nil || depth == 0 {
		return nil
	}
	for _, m := range n.members {
		if m.value.kind == isObject && m.value.get("button") != nil || m.value.kind == isString && strings.Contains(m.value.text, `"button"`) {
			return []member{m}
		}
		if path := m.value.wrapper(depth - 1); path != nil {
			return append([]member{m}, path...)
		}
	}
	return nil
}
