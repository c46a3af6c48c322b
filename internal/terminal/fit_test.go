package terminal

import (
	"slices"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/text"
)

const red = "\x1b[31m"

func TestClip(t *testing.T) {
	for _, c := range []struct {
		s     string
		width int
		want  string
	}{
		{"hello", 5, "hello"},
		{"hello", 4, "hel…"},
		{"你好吗", 6, "你好吗"},
		{"你好吗", 5, "你好…"},
		{"你好吗", 4, "你…"}, // half a character does not fit
		{"hello", 1, "…"},
		{"hello", 0, ""},
		{"", 3, ""},
		{red + "hello" + reset, 5, red + "hello" + reset},
		{red + "hello" + reset, 4, red + "hel" + reset + "…"},
		{red + "你" + reset + "好吗", 4, red + "你" + reset + "…"},
	} {
		got := clip(c.s, c.width)
		if got != c.want || shownColumns(got) > c.width {
			t.Errorf("clip(%q, %d) = %q, want %q", c.s, c.width, got, c.want)
		}
		if n := shownColumns(fill(c.s, c.width)); n != c.width {
			t.Errorf("fill(%q, %d) has %d columns", c.s, c.width, n)
		}
	}
}

func TestFold(t *testing.T) {
	for _, c := range []struct {
		s     string
		width int
		want  []string
	}{
		{"", 4, []string{""}},
		{"abcdefgh", 4, []string{"abcd", "efgh"}},
		{"你好吗x", 3, []string{"你", "好", "吗x"}},
		{red + "abcdef" + reset + "gh", 4, []string{red + "abcd" + reset, red + "ef" + reset + "gh"}},
		{"你好", 1, []string{"…"}}, // it ends
	} {
		if got := Fold(c.s, c.width); !slices.Equal(got, c.want) {
			t.Errorf("Fold(%q, %d) = %q, want %q", c.s, c.width, got, c.want)
		}
	}
}

// FuzzFold: nothing is wider than it may be, and nothing is lost.
func FuzzFold(f *testing.F) {
	for _, s := range []string{"hello 你好", "RaZb", "RRxyzZ", "\x1b[", "\xff\xfe", "e\u0301👩‍👧"} {
		f.Add(s, 5)
	}
	colors := strings.NewReplacer("R", red, "Z", reset)
	f.Fuzz(func(t *testing.T, s string, width int) {
		s = colors.Replace(text.Line(s)) // as the list gets it
		width = 2 + max(0, width)%100
		var all strings.Builder
		for _, line := range Fold(s, width) {
			if n := shownColumns(line); n > width {
				t.Errorf("%q is %d columns wide, not %d", line, n, width)
			}
			all.WriteString(uncolored(line))
		}
		if got := all.String(); got != uncolored(s) {
			t.Errorf("%q became %q", s, got)
		}
	})
}
