package signature

import (
	"slices"
	"strings"
)

// TokenShown stands for the Token in an [Arithmetic], which is for people to see.
const TokenShown = "(token)"

// Arithmetic is how a signature comes about. The Token is not in it.
type Arithmetic struct {
	Sorted  []string `json:"sorted"`  // the values as they go into the SHA-1, the Token as [TokenShown]
	Lengths []int    `json:"lengths"` // of each, in bytes
	SHA1    string   `json:"sha1"`    // of all of them, joined
}

// ArithmeticOf is how [Sum] comes to the signature of the Token and the other
// values.
func ArithmeticOf(token string, parts ...string) *Arithmetic {
	type part struct{ text, shown string }
	all := []part{{token, TokenShown}}
	for _, p := range parts {
		all = append(all, part{p, p})
	}
	slices.SortStableFunc(all, func(a, b part) int { return strings.Compare(a.text, b.text) })
	a := &Arithmetic{SHA1: Sum(append([]string{token}, parts...)...)}
	for _, p := range all {
		a.Sorted = append(a.Sorted, p.shown)
		a.Lengths = append(a.Lengths, len(p.text))
	}
	return a
}
