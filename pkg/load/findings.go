package load

import (
	"slices"
	"sync"

	"github.com/wxdev/wxdev/pkg/finding"
)

// findings are the kinds of findings there were so far.
type findings struct {
	mu     sync.Mutex
	counts []Count
}

func (f *findings) index(one finding.Finding) int {
	return slices.IndexFunc(f.counts, func(c Count) bool {
		return c.Finding.ID == one.ID && c.Finding.Variant == one.Variant && c.Finding.Severity == one.Severity
	})
}

// add counts findings, each kind once for a message, and keeps the first of each.
func (f *findings) add(found []finding.Finding) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, one := range found {
		same := func(b finding.Finding) bool {
			return b.ID == one.ID && b.Variant == one.Variant && b.Severity == one.Severity
		}
		if slices.ContainsFunc(found[:i], same) {
			continue
		}
		if at := f.index(one); at >= 0 {
			f.counts[at].N++
		} else {
			f.counts = append(f.counts, Count{one, 1})
		}
	}
}

// news reports whether there is a kind that was not found before.
func (f *findings) news(found []finding.Finding) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.ContainsFunc(found, func(one finding.Finding) bool { return f.index(one) < 0 })
}

func (f *findings) list() []Count {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.counts)
}
