package scenario

import (
	"strings"
	"testing"
)

func TestDiff(t *testing.T) {
	for _, c := range []struct{ want, got, diff string }{
		{"a", "a", " a"},
		{"a", "b", "-a+b"},
		{"", "b", "-+b"},
		{"a\nb\nc", "a\nc", " a-b c"},
		{"a\nc", "a\nb\nc", " a+b c"},
		{"a\nb\nc\nd", "a\nx\nc\ny\nd", " a-b+x c+y d"},
		{"a\nb", "b\na", "-a b+a"},
		{"a\n", "a", " a-"},
		{"a\na\na", "a\na", " a a-a"},
	} {
		var s strings.Builder
		for _, l := range Diff(c.want, c.got) {
			s.WriteString(string(l.Op) + l.Text)
		}
		if s.String() != c.diff {
			t.Errorf("%q, %q: %q, want %q", c.want, c.got, s.String(), c.diff)
		}
	}
}

// TestDiffIsBounded: two long texts with nothing in common are not compared
// line by line.
func TestDiffIsBounded(t *testing.T) {
	a, b := strings.Repeat("a\n", 1<<19), strings.Repeat("b\n", 1<<19)
	if n := len(Diff(a, b)); n != 1<<20+1 {
		t.Errorf("%d lines", n)
	}
}
