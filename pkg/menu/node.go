package menu

import (
	"fmt"
	"slices"
	"strings"
)

// kind is what a value of a file is. The names are JSON's.
type kind string

const (
	isNull    kind = "null"
	isBoolean kind = "boolean"
	isNumber  kind = "number"
	isString  kind = "string"
	isArray   kind = "array"
	isObject  kind = "object"
	isDate    kind = "date" // only TOML has them
)

// node is a value of a file and where it begins. JSON and TOML both become
// one, so the rules are written once.
type node struct {
	kind    kind
	at      int     // in bytes
	text    string  // of a string, decoded; of a number or boolean, as written
	items   []*node // of an array
	members []member
}

// member is a field of an object.
type member struct {
	name  string
	at    int // of the name
	value *node
}

// get returns the field called name, nil if there is none.
func (n *node) get(name string) *member {
	if n == nil {
		return nil
	}
	i := slices.IndexFunc(n.members, func(m member) bool { return m.name == name })
	if i < 0 {
		return nil
	}
	return &n.members[i]
}

// getKind returns the value of the field called name if it is of the kind.
func (n *node) getKind(name string, want kind) *node {
	m := n.get(name)
	if m == nil || m.value.kind != want {
		return nil
	}
	return m.value
}

// pathTo is the path from n to the innermost value or name at the offset, such
// as "button[0].sub_button[2].url".
func (n *node) pathTo(at int) string {
	var path strings.Builder
	for n != nil {
		var next *node
		for i, item := range n.items {
			if item.at > at {
				break
			}
			if i == len(n.items)-1 || n.items[i+1].at > at {
				fmt.Fprintf(&path, "[%d]", i)
				next = item
			}
		}
		for i, m := range n.members {
			if m.at > at {
				break
			}
			if i == len(n.members)-1 || n.members[i+1].at > at {
				if path.Len() > 0 {
					path.WriteByte('.')
				}
				path.WriteString(m.name)
				next = m.value
			}
		}
		n = next
	}
	return path.String()
}
