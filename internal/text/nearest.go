package text

import "strings"

// Nearest returns the candidate with the smallest edit distance to word, ignoring
// case and the difference between - and _. It returns "" when none is near:
// more than a third of the longer word would have to change.
func Nearest(word string, candidates []string) string {
	best, least := "", -1
	w := fold(word)
	for _, c := range candidates {
		f := fold(c)
		d := distance(w, f)
		if d*3 <= max(len(w), len(f)) && (least < 0 || d < least) {
			best, least = c, d
		}
	}
	return best
}

func fold(s string) string {
	return strings.ReplaceAll(strings.ToLower(s), "-", "_")
}

// distance counts insertions, deletions, replacements and swaps of
// neighbours, by bytes.
func distance(a, b string) int {
	var before []int
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range len(a) {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(prev[j+1]+1, row[j]+1, prev[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, prev = prev, row
	}
	return prev[len(b)]
}
