package tomldoc

import (
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// Kind is what a value is.
type Kind uint8

// The kinds of values.
const (
	Table Kind = iota
	Array
	String
	Integer
	Float
	Bool
	Date // or a time, or both
)

// In implements [finding.Fact]: what people call it, as in "a number".
func (k Kind) In(lang finding.Lang) string {
	id := reason.KindDate
	switch k {
	case Table:
		id = reason.KindTable
	case Array:
		id = reason.KindList
	case String:
		id = reason.KindText
	case Integer, Float:
		id = reason.KindNumber
	case Bool:
		id = reason.KindBool
	}
	return finding.Because(id).In(lang)
}

// Form is how a value is written. It decides what may be added to a table, and
// what an error calls it.
type Form uint8

// The forms of values.
const (
	Value     Form = iota // after an equals sign, or in a list
	DottedKey             // a table, by the dots in a key
	Header                // a table, by its [header]; a list of them, by [[headers]]
	Implicit              // a table, as the first part of the header of another
)

// Node is a value, or the table that is the whole document. Offsets are bytes
// of the text.
type Node struct {
	Kind Kind
	Form Form
	Key  string // its own name in its table; in a list, that of the list
	// KeyAt is where the key is, first of all, and At the value. What has no
	// place of its own, as tables and lists, is at its key.
	KeyAt, At int
	Text      string  // of a String, decoded; of what is neither Table nor Array, as it is written
	Children  []*Node // of a Table, in the order of the text; of an Array

	parent *Node
	depth  int
	header int              // where its own [header] is, which may come after its first mention
	index  map[string]*Node // of a table with many children
}

// Get returns the value of a key of the table, or nil.
func (n *Node) Get(key string) *Node {
	if n.index != nil {
		return n.index[key]
	}
	for _, c := range n.Children {
		if c.Key == key {
			return c
		}
	}
	return nil
}

// Path is the keys from the root to n, without numbers for the elements of
// lists, as headers are written.
func (n *Node) Path() []string {
	if n.parent == nil {
		return nil
	}
	path := n.parent.Path()
	if n.parent.Kind == Array {
		return path
	}
	return append(path, n.Key)
}

// KindError is a value of another kind than it takes. It is at the key.
type KindError struct {
	Node *Node
	Want Kind
}

func (e *KindError) Error() string { return e.In(finding.English) }

// In implements [finding.Fact].
func (e *KindError) In(lang finding.Lang) string {
	var want finding.Fact = e.Want
	if e.Want == Integer {
		want = finding.Because(reason.KindWhole)
	}
	return finding.Because(reason.KindOther, "key", Dotted([]string{e.Node.Key}), "got", e.Node.Kind, "want", want).In(lang)
}

func (n *Node) want(k Kind) error {
	if n.Kind != k {
		return &KindError{n, k}
	}
	return nil
}

// AsText returns a String. This error, and those of the other kinds, are
// [*KindError]s.
func (n *Node) AsText() (string, error) { return n.Text, n.want(String) }

// AsBool returns a Bool.
func (n *Node) AsBool() (bool, error) { return n.Text == "true", n.want(Bool) }

// AsInt returns an Integer. The error is another one if it is too large.
func (n *Node) AsInt() (int64, error) {
	if err := n.want(Integer); err != nil {
		return 0, err
	}
	return strconv.ParseInt(n.Text, 0, 64)
}

// AsTable returns the values of a Table.
func (n *Node) AsTable() ([]*Node, error) { return n.Children, n.want(Table) }

// AsArray returns the elements of an Array.
func (n *Node) AsArray() ([]*Node, error) { return n.Children, n.want(Array) }

// KeyError is a key that its table does not take.
type KeyError struct {
	Path    []string // from the table on
	Offset  int
	Nearest string // the key that was meant, or empty
}

func (e *KeyError) Error() string { return e.In(finding.English) }

// In implements [finding.Fact].
func (e *KeyError) In(lang finding.Lang) string {
	return finding.Because(reason.KeyUnknown, "key", Quote(strings.Join(e.Path, "."))).In(lang)
}

// Unknown is the error of n, whose table takes other keys.
func (n *Node) Unknown(keys []string) *KeyError {
	return &KeyError{Path: []string{n.Key}, Offset: n.KeyAt, Nearest: Near(n.Key, keys)}
}
