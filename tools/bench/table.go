package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"
)

// table is what was measured, a row for each benchmark.
type table struct {
	rows []*row
}

type row struct {
	name        string // msgcrypt Encrypt
	bare, wxdev result
}

// result is the fastest of all runs.
type result struct {
	ns     float64
	allocs string
}

func (r *result) take(ns float64, allocs string) {
	if r.ns == 0 || ns < r.ns {
		*r = result{ns, allocs}
	}
}

// read adds what go test printed.
func (t *table) read(text string) {
	pkg := ""
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		switch {
		case len(words) == 2 && words[0] == "pkg:":
			pkg = words[1][strings.LastIndexByte(words[1], '/')+1:]
		case len(words) > 3 && strings.HasPrefix(words[0], "Benchmark"):
			t.line(pkg, words)
		}
	}
}

// line is BenchmarkEncrypt/bare-2, how often, and pairs of a number and its unit.
func (t *table) line(pkg string, words []string) {
	name, sub, _ := strings.Cut(strings.TrimPrefix(words[0], "Benchmark"), "/")
	sub, _, _ = strings.Cut(sub, "-")
	ns, allocs := math.NaN(), ""
	for i := 2; i+1 < len(words); i += 2 {
		switch words[i+1] {
		case "ns/op":
			ns, _ = strconv.ParseFloat(words[i], 64)
		case "allocs/op":
			allocs = words[i]
		}
	}
	r := t.row(pkg + " " + name)
	switch sub {
	case "bare":
		r.bare.take(ns, allocs)
	case "wxdev":
		r.wxdev.take(ns, allocs)
	}
}

func (t *table) row(name string) *row {
	for _, r := range t.rows {
		if r.name == name {
			return r
		}
	}
	t.rows = append(t.rows, &row{name: name})
	return t.rows[len(t.rows)-1]
}

func (t *table) print(out io.Writer) error {
	if len(t.rows) == 0 {
		return errors.New("there is no benchmark with bare and wxdev")
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "benchmark\tbare\twxdev\tratio\tallocs: bare\twxdev\t")
	for _, r := range t.rows {
		if r.bare.ns == 0 || r.wxdev.ns == 0 {
			return fmt.Errorf("%s has no bare, or no wxdev, to compare", r.name)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%.2f\t%s\t%s\t\n", r.name, took(r.bare.ns), took(r.wxdev.ns), r.wxdev.ns/r.bare.ns, r.bare.allocs, r.wxdev.allocs)
	}
	return w.Flush()
}

// took is a time in three digits or a few more.
func took(ns float64) string {
	if ns < 10_000 {
		return fmt.Sprintf("%.0f ns", ns)
	}
	return fmt.Sprintf("%.0f µs", ns/1000)
}
