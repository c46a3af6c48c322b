package terminal

import (
	"testing"

	"github.com/mattn/go-runewidth"
)

// What is said of a rune without runewidth is what runewidth says.
func TestUsualWidth(t *testing.T) {
	for r := rune(0); r < 0x11000; r++ {
		if w := usualWidth(r); w >= 0 && w != runewidth.RuneWidth(r) {
			t.Errorf("%U is %d columns wide, not %d", r, runewidth.RuneWidth(r), w)
		}
	}
	for s, want := range map[string]int{"": 0, "abc": 3, "令牌(Token)": 11, "é👩‍👩‍👧x": 4, "a\tb": 2} {
		if got := Columns(s); got != want {
			t.Errorf("Columns(%q) = %d", s, got)
		}
	}
}
