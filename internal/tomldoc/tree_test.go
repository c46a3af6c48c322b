package tomldoc

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"github.com/wxdev/wxdev/internal/bilingual"
	"github.com/wxdev/wxdev/internal/source"
	"github.com/wxdev/wxdev/pkg/finding"
)

func parse(t *testing.T, data string) *Node {
	t.Helper()
	root, err := New("f", []byte(data)).Parse()
	if err != nil {
		t.Fatalf("%q: %v", data, err)
	}
	return root
}

// outline is a tree on one line: the keys with their places, and the values
// with theirs.
func outline(n *Node) string {
	var all []string
	for _, c := range n.Children {
		s := fmt.Sprintf("%s@%d=", c.Key, c.KeyAt)
		if c.Form != Value {
			s += [...]string{DottedKey: "dotted", Header: "header", Implicit: "implicit"}[c.Form]
		}
		switch c.Kind {
		case Table:
			s += "{" + outline(c) + "}"
		case Array:
			s += "[" + outline(c) + "]"
		default:
			s += fmt.Sprintf("%q", c.Text)
		}
		all = append(all, fmt.Sprintf("%s@%d", s, c.At))
	}
	return strings.Join(all, " ")
}

func TestTree(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a = 1", `a@0="1"@4`},
		{"'a b' = \"\\u0041\"\nc = '''\nx'''", `a b@0="A"@8 c@17="x"@21`},
		{"[a]\nb = true\n[a.c]", `a@1=header{b@4="true"@8 c@16=header{}@16}@1`},
		{"[a.b]\n[a]", `a@1=header{b@3=header{}@3}@1`},
		{"[a.b]", `a@1=implicit{b@3=header{}@3}@1`},
		{"a.b = 1\na.c = 2", `a@0=dotted{b@2="1"@6 c@10="2"@14}@0`},
		{"a = {b = 1, c.d = 2}", `a@0={b@5="1"@9 c@12=dotted{d@14="2"@18}@12}@4`},
		{"a = [1, 'x', [2]]", `a@0=[a@5="1"@5 a@8="x"@8 a@0=[a@14="2"@14]@0]@0`},
		{"[[a]]\nb = 1\n[[a]]\n[a.c]", `a@2=header[a@2=header{b@6="1"@10}@2 a@14=header{c@21=header{}@21}@14]@2`},
	} {
		if got := outline(parse(t, c.text)); got != c.want {
			t.Errorf("%q:\ngot  %s\nwant %s", c.text, got, c.want)
		}
	}
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		text    string
		problem Problem
		offset  int
		reason  string
	}{
		{"a = x", Syntax, 4, "unexpected character"},
		{"a = 'x", Syntax, 5, "unterminated literal string"},
		{"a = 1\na = 2", Again, 6, "key a is already defined"},
		{"a = {x = 1, x = 2}", Again, 12, "key x is already defined"},
		{"a.b = 1\na = 2", Again, 8, "key a is already defined"},
		{"a = 1\na.b = 2", Again, 6, "key a is already defined"},
		{"[a]\nb.c = 1\n[a.b]", Again, 15, "table b already exists as defined by a dotted key"},
		{"[a]\n[a]", Again, 5, "table a already exists"},
		{"[[a]]\n[a]", Again, 7, "table a already exists as an array of tables"},
		{"a = 1\n[a]", Again, 7, "key a should be a table, not a value"},
		{"a = 1\n[a.b]", Again, 7, "key a already exists as a value"},
		{"a = []\n[[a]]", Again, 9, "key a already exists as a value, but should be an array table"},
		{"[a]\n[[a]]", Again, 6, "key a already exists as a table, but should be an array table"},
		{"[a]\nb.c = 1\n[[a.b]]", Again, 16, "key b already exists as a kv-table, but should be an array table"},
		{"a = 99999999999999999999", NoValue, 4, "too large"},
		{"a = 1e999", NoValue, 4, "out of range"},
		{"a = [1, 2024-13-01]", NoValue, 13, "impossible date"},
		{"a = " + strings.Repeat("[", MaxDepth+1) + strings.Repeat("]", MaxDepth+1), TooDeep, 0, "nested too deep"},
		{strings.Repeat("a.", MaxDepth) + "a = 1", TooDeep, 2 * MaxDepth, "nested too deep"},
		{"[" + strings.Repeat("a.", MaxDepth) + "a]", TooDeep, 2*MaxDepth + 1, "nested too deep"},
	} {
		_, err := New("f", []byte(c.text)).Parse()
		var f *Fault
		if !errors.As(err, &f) || f.Problem != c.problem || f.Offset != c.offset || !strings.Contains(f.Reason, c.reason) {
			t.Errorf("%.40q: %#v, want %d at %d: %s", c.text, err, c.problem, c.offset, c.reason)
		}
	}
	_, err := New("f", []byte("[a.b]\n[a]\n[a]")).Parse()
	var f *Fault
	if !errors.As(err, &f) || !f.Header || f.FirstAt != 7 || f.First.KeyAt != 1 {
		t.Errorf("the first [a] is not in %#v", err)
	}
}

func TestGetters(t *testing.T) {
	root := parse(t, "text = 'x'\nint = 0x1_0\nfloat = 1.5\nbool = true\ndate = 2024-01-02\nlist = [1]\ntable = {a = 1}\n[x.y]\n[[z]]\n[z.'\\e']")
	at := func(key string) *Node { return root.Get(key) }
	if s, err := at("text").AsText(); s != "x" || err != nil {
		t.Errorf("%q, %v", s, err)
	}
	if n, err := at("int").AsInt(); n != 16 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if b, err := at("bool").AsBool(); !b || err != nil {
		t.Errorf("%v, %v", b, err)
	}
	if l, err := at("list").AsArray(); len(l) != 1 || err != nil {
		t.Errorf("%v, %v", l, err)
	}
	if l, err := at("table").AsTable(); len(l) != 1 || err != nil {
		t.Errorf("%v, %v", l, err)
	}
	if got := root.Get("x").Get("y").Path(); !reflect.DeepEqual(got, []string{"x", "y"}) {
		t.Errorf("the path is %q", got)
	}
	if got := root.Get("z").Children[0].Children[0].Path(); !reflect.DeepEqual(got, []string{"z", `\e`}) {
		t.Errorf("the path is %q", got)
	}
	if root.Path() != nil || root.Get("none") != nil {
		t.Error("the root has a path, or a key it has not")
	}
	for _, c := range []struct {
		get  func(*Node) error
		key  string
		want string
	}{
		{func(n *Node) error { _, err := n.AsText(); return err }, "int", "int is a number, not text"},
		{func(n *Node) error { _, err := n.AsInt(); return err }, "float", "float is a number, not a whole number"},
		{func(n *Node) error { _, err := n.AsBool(); return err }, "date", "date is a date or a time, not true or false"},
		{func(n *Node) error { _, err := n.AsTable(); return err }, "bool", "bool is true or false, not a table"},
		{func(n *Node) error { _, err := n.AsArray(); return err }, "table", "table is a table, not a list"},
		{func(n *Node) error { _, err := n.AsText(); return err }, "list", "list is a list, not text"},
		{func(n *Node) error { return n.Unknown([]string{"lists"}) }, "list", `unknown key "list"`},
	} {
		err := c.get(at(c.key))
		if err == nil || err.Error() != c.want {
			t.Errorf("%v, want %s", err, c.want)
			continue
		}
		e := New("f", nil).Refuse(err, Write("it"))
		if e.Msg.In(finding.English) != c.want || e.HintIn(finding.English) != "write it" && e.HintIn(finding.English) != "did you mean lists?" {
			t.Errorf("%+v, want %s", e, c.want)
		}
		if fault := bilingual.Fault(e); fault != "" {
			t.Error(fault)
		}
	}
}

// A table of a thousand keys is as quick to search as one of three.
func TestLargeTable(t *testing.T) {
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, "k%d = %d\n", i, i)
	}
	root := parse(t, b.String())
	for i := range 1000 {
		if n := root.Get(fmt.Sprint("k", i)); n == nil || n.Text != fmt.Sprint(i) {
			t.Fatalf("k%d is %v", i, n)
		}
	}
}

func TestDecode(t *testing.T) {
	type server struct {
		Port int      `toml:"port"`
		Wait duration `toml:"wait"`
	}
	var v struct {
		Server server `toml:"server"`
	}
	for _, c := range []struct{ text, want, hint string }{
		{"[server]\nport = 1\nwait = 'ok'", "", ""},
		{"[server]\nprot = 1", `f:2:1: unknown key "server.prot"`, "did you mean port?"},
		{"[server]\n# 端口\nport = 'x'", "f:3:8: port is text, which it cannot be", ""},
		{"[server]\nwait = 'bad'", "f:2:8: no duration", ""},
		{"[server]\nport = x", "f:2:8: not TOML: the value is not quoted", "KEY"},
		{"[server]\nport = 1\nport = 2", "f:3:1: this is already defined", "once"},
		{"port = '\xff'", "f:1:9: not UTF-8", "UTF-8"},
	} {
		text := New("f", []byte(c.text))
		err := text.Decode(&v, []string{"port"})
		if err == nil {
			if c.want != "" {
				t.Errorf("%q was taken, want %s", c.text, c.want)
			}
			continue
		}
		e := text.Explain(err, Hints{})
		if !strings.HasPrefix(e.Error(), c.want) || c.want == "" || !strings.Contains(e.HintIn(finding.English), c.hint) {
			t.Errorf("%q: %v (%s), want %s", c.text, e, e.HintIn(finding.English), c.want)
		}
	}
}

type duration int

func (d *duration) UnmarshalText(text []byte) error {
	if string(text) == "bad" {
		return errors.New("no duration")
	}
	return nil
}

// plain is a tree as the decoder would make it. Dates are what is written.
func plain(n *Node) any {
	switch n.Kind {
	case Table:
		m := map[string]any{}
		for _, c := range n.Children {
			m[c.Key] = plain(c)
		}
		return m
	case Array:
		l := []any{}
		for _, c := range n.Children {
			l = append(l, plain(c))
		}
		return l
	case Integer:
		i, err := n.AsInt()
		if err != nil {
			return err
		}
		return i
	case Bool:
		return n.Text == "true"
	case Float, Date:
		return n.Kind
	}
	return n.Text
}

// undated replaces what plain does not read.
func undated(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = undated(v[k])
		}
		return v
	case []any:
		for i := range v {
			v[i] = undated(v[i])
		}
		return v
	case float64:
		if math.IsNaN(v) {
			return Float
		}
		return Float
	case string, bool, int64:
		return v
	}
	return Date
}

// FuzzParse holds the tree against go-toml's decoder: both take the same
// texts, and find the same values in them.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{
		"../../examples/*/*.toml", "../../testdata/*/*.toml", "../../pkg/menu/testdata/*.toml",
		"../../pkg/menu/testdata/bad/*.toml", "../../pkg/catalog/findings/V1*.toml",
	} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	for _, s := range []string{
		"a.b.c = 1\n[a.x]\n[[b.c]]\nd = [{e = 1}, [2]]\n[[b.c]]\n[b.c.f]\n'' = \"\\u00e9\"\n",
		"a = [1979-05-27T07:32:00Z, 07:32:00, -0.0, +nan, 0b1, 0o7, 1_0.0e-1]", "[a]\n[a.b]\n[a]", "a = {b.c = 1, b.d = 2}",
		"x = 0xffffffffffffffff", "x = 9223372036854775808", "x = 0x0000000000000000000000000001", "x = 1e400", "x = 2024-02-30",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		text := New("f", data)
		root, err := text.Parse()
		var want map[string]any
		decoded := toml.Unmarshal(text.Data, &want)
		if err != nil {
			checkFault(t, text, err, decoded)
			return
		}
		if decoded != nil {
			t.Fatalf("%q was taken, and the decoder says %v", data, decoded)
		}
		if got, want := plain(root), undated(want); !reflect.DeepEqual(got, want) {
			t.Errorf("%q is %v, and %v for the decoder", data, got, want)
		}
	})
}

func checkFault(t *testing.T, text *Text, err, decoded error) {
	var f *Fault
	var coding *source.EncodingError
	switch {
	case errors.As(err, &f) && f.Problem == TooDeep:
	case decoded == nil && !errors.As(err, &coding):
		t.Fatalf("%q: %v, and the decoder takes it", text.Data, err)
	case f != nil && (f.Offset < 0 || f.Offset > len(text.Data)):
		t.Fatalf("%q: there is no byte %d", text.Data, f.Offset)
	case f != nil && f.Problem == Syntax && f.Reason != words(decoded):
		t.Fatalf("%q: %s, and the decoder says %v", text.Data, f.Reason, decoded)
	}
	if e := text.Explain(err, Hints{Table: "[t]"}); !strings.HasPrefix(e.Error(), "f:") || strings.ContainsAny(e.Error(), "\n\x1b") {
		t.Fatalf("%q: %v", text.Data, e)
	}
}
