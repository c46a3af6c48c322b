package scenario

import (
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/wxdev/wxdev/internal/tomldoc"
)

// value is a TOML value with its place.
type value struct {
	kind   unstable.Kind // InlineTable for tables of all forms
	offset int
	text   string   // of what is neither a list nor a table, as written if it is no string
	list   []*value // of a list, also one of [[tables]]
	pairs  []*pair  // of a table, in order
	index  map[string]*pair
}

// pair is KEY = VALUE.
type pair struct {
	key    string
	offset int
	value  *value
}

func (v *value) put(key string, offset int, to *value) *pair {
	if v.index == nil {
		v.index = map[string]*pair{}
	}
	p := &pair{key, offset, to}
	v.index[key] = p
	v.pairs = append(v.pairs, p)
	return p
}

// forms are for the hints of syntax errors.
func forms() tomldoc.Hints {
	var keys []string
	for _, all := range [][]string{topKeys, stepKeys, expectKeys} {
		keys = append(keys, all...)
	}
	return tomldoc.Hints{Table: "[[step]]", Keys: keys}
}

// readTree reads the text into one table, whatever forms its tables have.
func readTree(text *tomldoc.Text) (*value, error) {
	if err := text.CheckEncoding(); err != nil {
		return nil, err
	}
	t := tree{text: text, root: &value{kind: unstable.InlineTable}}
	in := t.root // the table that keys are in
	err := text.Walk(forms(), func(e *unstable.Node) (err error) {
		if e.Kind == unstable.KeyValue {
			return t.add(in, e)
		}
		in, err = t.header(e)
		return err
	})
	return t.root, err
}

type tree struct {
	text *tomldoc.Text
	root *value
}

// header returns the table of a [table] or [[table]] line.
func (t *tree) header(e *unstable.Node) (*value, error) {
	in := t.root
	var keys []*unstable.Node
	for it := e.Key(); it.Next(); {
		keys = append(keys, it.Node())
	}
	for i, k := range keys {
		if e.Kind == unstable.ArrayTable && i == len(keys)-1 {
			return t.element(in, k)
		}
		var err error
		if in, err = t.enter(in, k); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// element adds a table to the list of that key.
func (t *tree) element(in *value, key *unstable.Node) (*value, error) {
	offset := int(key.Raw.Offset)
	p := in.index[string(key.Data)]
	if p == nil {
		p = in.put(string(key.Data), offset, &value{kind: unstable.Array, offset: offset})
	}
	if p.value.kind != unstable.Array {
		return nil, t.again(key)
	}
	v := &value{kind: unstable.InlineTable, offset: offset}
	p.value.list = append(p.value.list, v)
	return v, nil
}

// enter returns the table of that key, which in a list is the last one.
func (t *tree) enter(in *value, key *unstable.Node) (*value, error) {
	offset := int(key.Raw.Offset)
	p := in.index[string(key.Data)]
	if p == nil {
		p = in.put(string(key.Data), offset, &value{kind: unstable.InlineTable, offset: offset})
	}
	v := p.value
	if v.kind == unstable.Array && len(v.list) > 0 {
		v = v.list[len(v.list)-1]
	}
	if v.kind != unstable.InlineTable {
		return nil, t.again(key)
	}
	return v, nil
}

func (t *tree) again(key *unstable.Node) error {
	return t.text.Errorf(int(key.Raw.Offset), "write each table once, and each key of it once", "this was defined before in another way")
}

// add adds a pair to a table.
func (t *tree) add(in *value, e *unstable.Node) error {
	var keys []*unstable.Node
	for it := e.Key(); it.Next(); {
		keys = append(keys, it.Node())
	}
	last := keys[len(keys)-1]
	for _, k := range keys[:len(keys)-1] {
		var err error
		if in, err = t.enter(in, k); err != nil {
			return err
		}
	}
	if in.index[string(last.Data)] != nil {
		return t.again(last)
	}
	v, err := t.value(e.Value(), int(last.Raw.Offset))
	in.put(string(last.Data), int(last.Raw.Offset), v)
	return err
}

// value reads a value; near is where it stands if it has no place itself.
func (t *tree) value(n *unstable.Node, near int) (*value, error) {
	v := &value{kind: n.Kind, offset: near, text: string(n.Data)}
	if n.Raw.Length > 0 {
		v.offset = int(n.Raw.Offset)
	}
	for it := n.Children(); it.Next(); {
		child := it.Node()
		switch {
		case n.Kind == unstable.InlineTable:
			if err := t.add(v, child); err != nil {
				return nil, err
			}
		default:
			element, err := t.value(child, v.offset)
			if err != nil {
				return nil, err
			}
			v.list = append(v.list, element)
		}
	}
	return v, nil
}
