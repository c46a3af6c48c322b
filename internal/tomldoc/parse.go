package tomldoc

import (
	"errors"
	"fmt"
	"slices"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/wxdev/wxdev/internal/source"
)

// MaxDepth is how deep a document may be nested.
const MaxDepth = 256

// Problem is why a text is not a document.
type Problem uint8

// The problems of a text, beside those of its encoding.
const (
	Syntax   Problem = iota // it is not TOML
	NoValue                 // a number, date or time that is none, or too large for one
	Again                   // something is defined twice
	TooDeep                 // nested deeper than MaxDepth
	Mismatch                // for Decode: a value that its field does not take
)

// Fault is what is wrong with a text, and where.
type Fault struct {
	Problem Problem
	Offset  int
	Reason  string // in the words of go-toml; they may name a key or a character
	First   *Node  // of Again: what is there already; of Mismatch: the value, where only its kind is wrong
	FirstAt int    // of Again: where it was defined
	Header  bool   // of Again: whether a header defines it once more
}

func (f *Fault) Error() string { return fmt.Sprintf("%s at byte %d", f.Reason, f.Offset) }

// Parse reads the text into one table, whatever forms its tables have. The
// error is a [*source.EncodingError] or a [*Fault]; [Text.Explain] puts it into
// words. With a Fault that is NoValue, the first of them, the table is returned
// as well: whoever takes the value can say which ones there are.
func (t *Text) Parse() (*Node, error) {
	if err := source.Check(t.Data); err != nil {
		return nil, err
	}
	b := builder{src: string(t.Data), root: &Node{}}
	b.in = b.root
	b.parser.Reset(slices.Clip(t.Data)) // or its ranges are wrong
	for b.parser.NextExpression() {
		if err := b.expression(b.parser.Expression()); err != nil {
			return nil, err
		}
	}
	var bad *unstable.ParserError
	if errors.As(b.parser.Error(), &bad) {
		return nil, &Fault{Problem: Syntax, Offset: int(b.parser.Range(bad.Highlight).Offset), Reason: bad.Message}
	}
	if b.noValue != nil {
		return b.root, b.noValue
	}
	return b.root, nil
}

// builder makes a tree of go-toml's expressions, and holds the rules on what
// may be defined once and added to later.
type builder struct {
	parser unstable.Parser
	src    string // the text; nodes have parts of it
	root   *Node
	in     *Node // the table of the last header
	spare  []Node

	noValue *Fault // the first there is
}

func (b *builder) expression(e *unstable.Node) (err error) {
	switch e.Kind {
	case unstable.Table:
		b.in, err = b.table(e)
	case unstable.ArrayTable:
		b.in, err = b.element(e)
	default:
		err = b.pair(b.in, e)
	}
	return err
}

// table returns the table of a [header].
func (b *builder) table(e *unstable.Node) (*Node, error) {
	above, key, err := b.above(e)
	if err != nil {
		return nil, err
	}
	n := above.Get(string(key.Data))
	if n == nil {
		return b.add(above, key, Table, Header)
	}
	switch {
	case n.Form == Implicit:
		n.Form, n.header = Header, int(key.Raw.Offset)
		return n, nil
	case n.Form == DottedKey:
		return nil, again(n, key, true, "table %s already exists as defined by a dotted key")
	case n.Form == Header && n.Kind == Array:
		return nil, again(n, key, true, "table %s already exists as an array of tables")
	case n.Form == Header:
		return nil, again(n, key, true, "table %s already exists")
	}
	return nil, again(n, key, true, "key %s should be a table, not a value")
}

// element returns the new table of a [[header]].
func (b *builder) element(e *unstable.Node) (*Node, error) {
	above, key, err := b.above(e)
	if err != nil {
		return nil, err
	}
	list := above.Get(string(key.Data))
	if list == nil {
		if list, err = b.add(above, key, Array, Header); err != nil {
			return nil, err
		}
	}
	switch {
	case list.Form == DottedKey:
		return nil, again(list, key, true, "key %s already exists as a kv-table, but should be an array table")
	case list.Form == Value:
		return nil, again(list, key, true, "key %s already exists as a value, but should be an array table")
	case list.Kind != Array:
		return nil, again(list, key, true, "key %s already exists as a table, but should be an array table")
	}
	return b.append(list, Table, Header, int(key.Raw.Offset))
}

// above returns the table that holds the last part of a header.
func (b *builder) above(e *unstable.Node) (in *Node, last *unstable.Node, err error) {
	in = b.root
	it := e.Key()
	it.Next()
	for last = it.Node(); it.Next(); last = it.Node() {
		n := in.Get(string(last.Data))
		switch {
		case n == nil:
			if n, err = b.add(in, last, Table, Implicit); err != nil {
				return nil, nil, err
			}
		case n.Form == Value:
			return nil, nil, again(n, last, true, "key %s already exists as a value")
		case n.Kind == Array:
			n = n.Children[len(n.Children)-1]
		}
		in = n
	}
	return in, last, nil
}

// pair adds KEY = VALUE to a table.
func (b *builder) pair(in *Node, e *unstable.Node) error {
	it := e.Key()
	it.Next()
	last := it.Node()
	for ; it.Next(); last = it.Node() {
		n := in.Get(string(last.Data))
		if n == nil {
			var err error
			if n, err = b.add(in, last, Table, DottedKey); err != nil {
				return err
			}
		}
		if n.Form != DottedKey {
			return again(n, last, false, "key %s is already defined")
		}
		in = n
	}
	if n := in.Get(string(last.Data)); n != nil {
		return again(n, last, false, "key %s is already defined")
	}
	n, err := b.add(in, last, Table, Value)
	if err != nil {
		return err
	}
	return b.value(n, e.Value())
}

// value makes n what v is.
func (b *builder) value(n *Node, v *unstable.Node) error {
	if v.Raw.Length > 0 { // lists have no place
		n.At = int(v.Raw.Offset)
	}
	switch v.Kind {
	case unstable.InlineTable:
		n.Kind = Table
		for it := v.Children(); it.Next(); {
			if err := b.pair(n, it.Node()); err != nil {
				return err
			}
		}
		return nil
	case unstable.Array:
		n.Kind = Array
		for it := v.Children(); it.Next(); {
			c, err := b.append(n, Table, Value, n.At)
			if err != nil {
				return err
			}
			if err := b.value(c, it.Node()); err != nil {
				return err
			}
			c.KeyAt = c.At
		}
		return nil
	}
	n.Kind, n.Text = scalarKind(v.Kind), b.text(v)
	if b.noValue == nil {
		b.noValue = checkScalar(n)
	}
	return nil
}

// add adds a value to a table, under the key.
func (b *builder) add(in *Node, key *unstable.Node, k Kind, f Form) (*Node, error) {
	at := int(key.Raw.Offset)
	n, err := b.node(in, k, f, at)
	if err != nil {
		return nil, err
	}
	n.Key = b.text(key)
	in.Children = append(in.Children, n)
	switch {
	case in.index != nil:
		in.index[n.Key] = n
	case len(in.Children) > smallTable:
		in.index = make(map[string]*Node, 4*smallTable)
		for _, c := range in.Children {
			in.index[c.Key] = c
		}
	}
	return n, nil
}

// smallTable is how many keys are found as fast without an index.
const smallTable = 8

// append adds an element to a list.
func (b *builder) append(list *Node, k Kind, f Form, at int) (*Node, error) {
	n, err := b.node(list, k, f, at)
	if err != nil {
		return nil, err
	}
	n.Key = list.Key
	list.Children = append(list.Children, n)
	return n, nil
}

func (b *builder) node(parent *Node, k Kind, f Form, at int) (*Node, error) {
	if parent.depth == MaxDepth {
		return nil, &Fault{Problem: TooDeep, Offset: at, Reason: "nested too deep"}
	}
	if len(b.spare) == 0 {
		b.spare = make([]Node, 32)
	}
	n := &b.spare[0]
	b.spare = b.spare[1:]
	*n = Node{Kind: k, Form: f, KeyAt: at, At: at, header: at, parent: parent, depth: parent.depth + 1}
	return n, nil
}

// text returns the text of a key or a value, which is part of the document
// unless it has escapes.
func (b *builder) text(n *unstable.Node) string {
	at := int(n.Raw.Offset)
	switch int(n.Raw.Length) - len(n.Data) {
	case 0:
		return b.src[at : at+len(n.Data)]
	case 2: // in quotes; an escape would be longer than what it means
		return b.src[at+1 : at+1+len(n.Data)]
	}
	return string(n.Data)
}

func again(first *Node, key *unstable.Node, header bool, format string) error {
	return &Fault{
		Problem: Again, Offset: int(key.Raw.Offset), Reason: fmt.Sprintf(format, key.Data),
		First: first, FirstAt: first.header, Header: header,
	}
}
