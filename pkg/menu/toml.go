package menu

import (
	"errors"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/tomldoc"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// parseTOML returns the table that the file is, nil after a syntax error,
// which is told.
func parseTOML(c *collector) *node {
	doc := &tomldoc.Text{Name: c.file, Data: c.data}
	root, err := doc.Parse()
	if err == nil {
		return fromTOML(c, root, 0)
	}
	var bad *tomldoc.Fault
	if errors.As(err, &bad) { // the encoding is checked
		c.add(ruleTOML, bad.Offset, "reason", c.tomlFault(bad))
	}
	return nil
}

func (c *collector) tomlFault(bad *tomldoc.Fault) finding.Fact {
	switch r, _ := utf8.DecodeRune(c.data[bad.Offset:]); {
	case bad.Problem == tomldoc.TooDeep:
		return finding.Because(reason.NestedTooDeep)
	case bad.Problem == tomldoc.Syntax && r >= utf8.RuneSelf: // its words name the first byte only
		return finding.Because(reason.TextWithoutQuotes, "text", quote(string(r)))
	}
	return finding.Name(bad.Reason)
}

// fromTOML turns a value into a node, nil if it is nested too deep, which is
// told.
func fromTOML(c *collector, v *tomldoc.Node, depth int) *node {
	if depth > maxDepth+1 { // the file is a table, too
		c.add(ruleTOML, v.KeyAt, "reason", finding.Because(reason.NestedTooDeep))
		return nil
	}
	n := &node{kind: tomlKinds[v.Kind], at: v.At, text: v.Text}
	for _, child := range v.Children {
		value := fromTOML(c, child, depth+1)
		switch {
		case value == nil:
			return nil
		case n.kind == isArray:
			n.items = append(n.items, value)
		default:
			n.members = append(n.members, member{name: child.Key, at: child.KeyAt, value: value})
		}
	}
	return n
}

var tomlKinds = [...]kind{
	tomldoc.Table: isObject, tomldoc.Array: isArray, tomldoc.String: isString, tomldoc.Integer: isNumber,
	tomldoc.Float: isNumber, tomldoc.Bool: isBoolean, tomldoc.Date: isDate,
}
