package signature

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// vectors reads a file of testdata/vectors: tab-separated, # for a comment.
func vectors(t testing.TB, name string) [][]string {
	t.Helper()
	b, err := os.ReadFile("../../testdata/vectors/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimRight(line, "\n"); line != "" && line[0] != '#' {
			rows = append(rows, strings.Split(line, "\t"))
		}
	}
	if len(rows) < 20 {
		t.Fatalf("%s has only %d rows", name, len(rows))
	}
	return rows
}

func TestVectors(t *testing.T) {
	for _, row := range vectors(t, "signature.tsv") {
		id, kind, want, v := row[0], row[1], row[2], row[3:]
		before := slices.Clone(v)
		if got := Sum(v...); got != want {
			t.Errorf("%s: Sum is %s, want %s", id, got, want)
		}
		if !slices.Equal(v, before) {
			t.Errorf("%s: Sum changed its arguments", id)
		}
		switch kind {
		case "access":
			if got := Access(v[0], v[1], v[2]); got != want {
				t.Errorf("%s: Access is %s, want %s", id, got, want)
			}
		case "message":
			if got := Message(v[0], v[1], v[2], v[3]); got != want {
				t.Errorf("%s: Message is %s, want %s", id, got, want)
			}
		}
	}
}

// TestAccessSortsAnyOrder: all orders of three values have one signature,
// long and empty values and equal ones included.
func TestAccessSortsAnyOrder(t *testing.T) {
	for _, values := range [][]string{
		{"a", "b", "c"},
		{"", "a", "a"},
		{"1700000000", "998877665", "9weixin"},
		{strings.Repeat("x", 300), "y", strings.Repeat("x", 299)},
		{"你好", "z", "\xff"},
	} {
		sorted := slices.Clone(values)
		slices.Sort(sorted)
		sum := sha1.Sum([]byte(strings.Join(sorted, "")))
		want := hex.EncodeToString(sum[:])
		for _, p := range [][3]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
			if got := Access(values[p[0]], values[p[1]], values[p[2]]); got != want {
				t.Errorf("%.20q in order %v: %s, want %s", values, p, got, want)
			}
		}
	}
}

func TestEqual(t *testing.T) {
	a := Access("t", "1", "2")
	for b, want := range map[string]bool{a: true, strings.ToUpper(a): false, a[1:]: false, "": false, a + "0": false, "0" + a[1:]: a[0] == '0'} {
		if Equal(a, b) != want {
			t.Errorf("Equal(%q, %q) is not %v", a, b, want)
		}
	}
}

// TestAllocs: a server calls this for every request.
func TestAllocs(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { Access("AAAAA", "1714036504", "1514711492") }); n > 1 {
		t.Errorf("Access allocates %v times", n)
	}
	a, b := Access("t", "1", "2"), Access("t", "1", "3")
	if n := testing.AllocsPerRun(100, func() { Equal(a, b) }); n > 0 {
		t.Errorf("Equal allocates %v times", n)
	}
}

// TestSortsAsPHPAndNode: what PHP's and Node's sort really gave.
func TestSortsAsPHPAndNode(t *testing.T) {
	sorts := map[string]func([]string) []string{"php": phpSort, "node": jsSort}
	for _, row := range vectors(t, "sort.tsv") {
		var fed, want []string
		for i, list := range []*[]string{&fed, &want} {
			if err := json.Unmarshal([]byte(row[1+i]), list); err != nil {
				t.Fatalf("%q: %v", row, err)
			}
		}
		if got := sorts[row[0]](fed); !slices.Equal(got, want) {
			t.Errorf("%s sorts %q as %q, not as %q", row[0], fed, want, got)
		}
	}
}

func BenchmarkExplainNothing(b *testing.B) {
	r := Request{Token: "AAAAA", Timestamp: "1714036504", Nonce: "1514711492", Echostr: "4375120948345356249"}
	for b.Loop() {
		if Explain(strings.Repeat("0", 40), r) != nil {
			b.Fatal("explained")
		}
	}
}

func ExampleAccess() {
	fmt.Println(Access("AAAAA", "1714036504", "1514711492"))
	// Output: f464b24fc39322e44b38aa78f5edd27bd1441696
}

func ExampleMessage() {
	fmt.Println(Message("pamtest", "1409304348", "xxxxxx",
		"jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="))
	// Output: 82c962d39941aa48552f90ef55aa323dc620cc10
}

func ExampleExplain() {
	q, err := ParseRequest("GET /wechat?signature=5ab0ab5ba3edef3fb9f0d1a2b1ac4f5e6e8b2de8&timestamp=1700000000&nonce=998877665 HTTP/1.0")
	if err != nil {
		fmt.Println(err)
		return
	}
	r := q.Request("weixin")
	for _, m := range Explain(Sum("weixin ", r.Timestamp, r.Nonce), r) {
		fmt.Println(m.ID, m.Variant)
	}
	// Output: V03 token-space-after
}
