package menu

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// parseTOML returns the table that the file is, nil after a syntax error,
// which is told. The decoder says whether the file is TOML at all; the syntax
// tree, which keeps the places, is then walked without a further check.
func parseTOML(c *collector) *node {
	data := slices.Clip(c.data)
	var all map[string]any
	if err := toml.Unmarshal(data, &all); err != nil {
		at, why := tomlError(data, err)
		c.add(ruleTOML, at, "reason", why)
		return nil
	}
	b := &tomlBuilder{root: &node{kind: isObject}, index: map[*node]map[string]int{}}
	var tree unstable.Parser
	tree.Reset(data)
	in := b.root
	for tree.NextExpression() {
		switch e := tree.Expression(); e.Kind {
		case unstable.KeyValue:
			b.keyValue(in, e)
		case unstable.Table:
			in = b.table(e.Key())
		case unstable.ArrayTable:
			in = b.arrayTable(e.Key())
		}
	}
	if b.tooDeep > 0 {
		c.add(ruleTOML, b.tooDeep-1, "reason", finding.Because(reason.NestedTooDeep))
		return nil
	}
	return b.root
}

func tomlError(data []byte, err error) (at int, why finding.Fact) {
	var bad *toml.DecodeError
	if !errors.As(err, &bad) {
		return 0, finding.Name(err.Error())
	}
	line, column := bad.Position() // in bytes
	for range line - 1 {
		at += slices.Index(data[at:], '\n') + 1
	}
	at += column - 1
	if at < len(data) && data[at] >= utf8.RuneSelf { // the decoder names the first byte only
		c, _ := utf8.DecodeRune(data[at:])
		return at, finding.Because(reason.TextWithoutQuotes, "text", quote(string(c)))
	}
	return at, finding.Name(strings.TrimPrefix(bad.Error(), "toml: "))
}

// tomlBuilder makes nodes of the lines of a TOML file.
type tomlBuilder struct {
	root    *node
	index   map[*node]map[string]int // of each object's members
	tooDeep int                      // where, plus 1
}

// child returns the member of n called name, made by the caller's key if it
// is not there.
func (b *tomlBuilder) child(n *node, key *unstable.Node) *member {
	names := b.index[n]
	if names == nil {
		names = map[string]int{}
		b.index[n] = names
	}
	name := string(key.Data)
	i, ok := names[name]
	if !ok {
		i = len(n.members)
		names[name] = i
		n.members = append(n.members, member{name: name, at: int(key.Raw.Offset)})
	}
	return &n.members[i]
}

// object is the table that m holds: of an array of tables the last.
func (b *tomlBuilder) object(m *member) *node {
	if m.value == nil {
		m.value = &node{kind: isObject, at: m.at}
	}
	if m.value.kind == isArray && len(m.value.items) > 0 {
		return m.value.items[len(m.value.items)-1]
	}
	return m.value
}

// walk follows a dotted key from n to the table that holds its last part.
func (b *tomlBuilder) walk(n *node, it unstable.Iterator) (in *node, last *member) {
	for depth := 0; it.Next(); depth++ {
		if depth > maxDepth && b.tooDeep == 0 {
			b.tooDeep = int(it.Node().Raw.Offset) + 1
		}
		if last != nil {
			n = b.object(last)
		}
		last = b.child(n, it.Node())
	}
	return n, last
}

func (b *tomlBuilder) table(key unstable.Iterator) *node {
	_, last := b.walk(b.root, key)
	return b.object(last)
}

func (b *tomlBuilder) arrayTable(key unstable.Iterator) *node {
	at := 0
	for it := key; it.Next(); {
		at = int(it.Node().Raw.Offset)
	}
	_, last := b.walk(b.root, key)
	if last.value == nil {
		last.value = &node{kind: isArray, at: last.at}
	}
	item := &node{kind: isObject, at: at}
	last.value.items = append(last.value.items, item)
	return item
}

func (b *tomlBuilder) keyValue(in *node, e *unstable.Node) {
	_, last := b.walk(in, e.Key())
	value := b.value(e.Value(), last.at)
	last.value = value
}

// value turns a value into a node. Arrays have no place of their own in the
// syntax tree, so they get that of their key.
func (b *tomlBuilder) value(v *unstable.Node, at int) *node {
	if v.Raw.Length > 0 {
		at = int(v.Raw.Offset)
	}
	n := &node{at: at, text: string(v.Data)}
	switch v.Kind {
	case unstable.Array:
		n.kind = isArray
		for it := v.Children(); it.Next(); {
			n.items = append(n.items, b.value(it.Node(), at))
		}
	case unstable.InlineTable:
		n.kind = isObject
		for it := v.Children(); it.Next(); {
			b.keyValue(n, it.Node())
		}
	case unstable.Bool:
		n.kind = isBoolean
	case unstable.Integer, unstable.Float:
		n.kind = isNumber
	case unstable.String:
		n.kind = isString
	default:
		n.kind = isDate
	}
	return n
}
