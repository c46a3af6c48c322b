package signature

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// This file sorts the way servers do that get it wrong. A comparison that takes
// some strings for numbers is not an order (a < b and b < c do not imply a <
// c), so the result depends on the algorithm and on the initial order of the
// values: both are imitated, and the tests hold them to what PHP and Node
// answered.

// caseOrder sorts like a case-insensitive comparison, or a locale's.
func caseOrder(values []string) []string {
	sorted := slices.Clone(values)
	slices.SortStableFunc(sorted, func(a, b string) int {
		return strings.Compare(strings.ToLower(a), strings.ToLower(b))
	})
	return sorted
}

// phpSort is PHP 8's sort() without SORT_STRING, for 2 to 5 values.
func phpSort(values []string) []string {
	type item struct {
		text string
		fed  int // since PHP 8 equal values keep their order
	}
	items := make([]item, len(values))
	for i, v := range values {
		items[i] = item{v, i}
	}
	greater := func(i, j int) bool {
		if c := phpCompare(items[i].text, items[j].text); c != 0 {
			return c > 0
		}
		return items[i].fed > items[j].fed
	}
	swap := func(i, j int) { items[i], items[j] = items[j], items[i] }

	first := min(len(items), 2)
	if len(items) >= 3 { // the engine has a network for three, and inserts the rest
		first = 3
		switch {
		case !greater(0, 1) && !greater(1, 2):
		case !greater(0, 1):
			swap(1, 2)
			if greater(0, 1) {
				swap(0, 1)
			}
		case !greater(2, 1):
			swap(0, 2)
		default:
			swap(0, 1)
			if greater(1, 2) {
				swap(1, 2)
			}
		}
	} else if first == 2 && greater(0, 1) {
		swap(0, 1)
	}
	for n := first; n < len(items); n++ {
		for j := n; j > 0 && greater(j-1, j); j-- {
			swap(j-1, j)
		}
	}
	sorted := make([]string, len(items))
	for i, it := range items {
		sorted[i] = it.text
	}
	return sorted
}

// phpCompare is PHP's <=> of two strings: as numbers when both look like one.
func phpCompare(a, b string) int {
	x, ok := phpNumber(a)
	if !ok {
		return strings.Compare(a, b)
	}
	y, ok := phpNumber(b)
	switch {
	case !ok:
		return strings.Compare(a, b)
	case x.isInt && y.isInt:
		return compare(x.i, y.i)
	case x.overflow != 0 && x.overflow == y.overflow && x.f == y.f:
		return strings.Compare(a, b) // too large to tell apart as numbers
	case !x.isInt && !y.isInt && x.f == y.f && math.IsInf(x.f, 0):
		return strings.Compare(a, b)
	case x.isInt && y.overflow != 0:
		return -y.overflow
	case y.isInt && x.overflow != 0:
		return x.overflow
	}
	return compare(x.f, y.f)
}

func compare[T int64 | float64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// number is a string that looks like one: an int64, or else a float64.
type number struct {
	isInt    bool
	i        int64
	f        float64
	overflow int // 1 or -1 for whole numbers beyond int64
}

// phpNumber reads what PHP 8 calls a numeric string: 12, " 1.5", "1e3 ".
func phpNumber(s string) (number, bool) {
	s = strings.Trim(s, " \t\n\r\v\f")
	whole, ok := decimal(s)
	if !ok {
		return number{}, false
	}
	f, _ := strconv.ParseFloat(s, 64) // out of range is ±Inf, as it is in PHP
	if !whole {
		return number{f: f}, true
	}
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return number{isInt: true, i: i, f: float64(i)}, true
	}
	if f < 0 {
		return number{f: f, overflow: -1}, true
	}
	return number{f: f, overflow: 1}, true
}

// decimal reports whether s is a decimal number, and whether it has neither
// point nor exponent. strconv takes more: hex, underscores, "inf".
func decimal(s string) (whole, ok bool) {
	digits := func() int {
		n := len(s) - len(strings.TrimLeft(s, "0123456789"))
		s = s[n:]
		return n
	}
	sign := func() {
		if s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
	}
	sign()
	whole = true
	n := digits()
	if rest, found := strings.CutPrefix(s, "."); found {
		s, whole = rest, false
		n += digits()
	}
	if n == 0 {
		return false, false
	}
	if s != "" && (s[0] == 'e' || s[0] == 'E') {
		s, whole = s[1:], false
		sign()
		if digits() == 0 {
			return false, false
		}
	}
	return whole, s == ""
}

// jsSort is JavaScript's values.sort((a, b) => a - b) as V8 runs it: a run at
// the front, turned round if it descends, then insertion by halving. What is
// not a number gives NaN, which counts as equal to everything.
func jsSort(values []string) []string {
	v := slices.Clone(values)
	less := func(a, b string) bool { return jsNumber(a)-jsNumber(b) < 0 }
	if len(v) < 2 {
		return v
	}
	descends := less(v[1], v[0])
	run := 2
	for run < len(v) && less(v[run], v[run-1]) == descends {
		run++
	}
	if descends {
		slices.Reverse(v[:run])
	}
	for ; run < len(v); run++ {
		pivot := v[run]
		low, high := 0, run
		for low < high {
			if mid := (low + high) / 2; less(pivot, v[mid]) {
				high = mid
			} else {
				low = mid + 1
			}
		}
		copy(v[low+1:run+1], v[low:run])
		v[low] = pivot
	}
	return v
}

// jsNumber is JavaScript's Number(s).
func jsNumber(s string) float64 {
	s = strings.TrimSpace(s)
	switch s {
	case "":
		return 0
	case "Infinity", "+Infinity":
		return math.Inf(1)
	case "-Infinity":
		return math.Inf(-1)
	}
	if len(s) > 2 && s[0] == '0' && strings.ContainsRune("xXoObB", rune(s[1])) && !strings.Contains(s, "_") {
		if n, err := strconv.ParseUint(s, 0, 64); err == nil {
			return float64(n)
		}
		return math.NaN()
	}
	if _, ok := decimal(s); !ok {
		return math.NaN()
	}
	f, _ := strconv.ParseFloat(s, 64) // out of range is ±Infinity
	return f
}
