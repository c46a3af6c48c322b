package scenario

import "strings"

// DiffLine is a line that both texts have (Op is a space), only the first ('-')
// or only the second ('+').
type DiffLine struct {
	Op   byte
	Text string
}

// diffMost is the table that Diff makes at most, lines times lines. Texts of
// more are shown one after the other: nobody reads such a diff.
const diffMost = 1 << 20

// Diff compares two texts by lines.
func Diff(want, got string) []DiffLine {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var lines []DiffLine
	add := func(op byte, texts []string) {
		for _, t := range texts {
			lines = append(lines, DiffLine{op, t})
		}
	}
	add(' ', a[:head])
	middleA, middleB := a[head:len(a)-tail], b[head:len(b)-tail]
	if len(middleA)*len(middleB) > diffMost {
		add('-', middleA)
		add('+', middleB)
	} else {
		lines = append(lines, compare(middleA, middleB)...)
	}
	add(' ', a[len(a)-tail:])
	return lines
}

// compare finds the longest common subsequence.
func compare(a, b []string) []DiffLine {
	width := len(b) + 1
	longest := make([]int, (len(a)+1)*width) // of a[i:] and b[j:], at i*width+j
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				longest[i*width+j] = longest[(i+1)*width+j+1] + 1
			} else {
				longest[i*width+j] = max(longest[(i+1)*width+j], longest[i*width+j+1])
			}
		}
	}
	var lines []DiffLine
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			lines = append(lines, DiffLine{' ', a[i]})
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && longest[(i+1)*width+j] >= longest[i*width+j+1]:
			lines = append(lines, DiffLine{'-', a[i]})
			i++
		default:
			lines = append(lines, DiffLine{'+', b[j]})
			j++
		}
	}
	return lines
}
