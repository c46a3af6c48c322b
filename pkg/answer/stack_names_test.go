package answer

import (
	"testing"

	"github.com/wxdev/wxdev/pkg/catalog"
)

// TestStacksAreThoseOfSamples holds the names to the catalogue's: a stack whose
// name is another there would never find its sample.
func TestStacksAreThoseOfSamples(t *testing.T) {
	known := map[string]bool{"Rust": true, "Ruby": true} // no samples yet, and all of Rails
	for _, id := range catalog.IDs() {
		e, _ := catalog.Lookup(id)
		for _, c := range e.Code {
			known[c.Lang] = true
		}
	}
	for _, s := range headStacks {
		if !known[s.stack] {
			t.Errorf("the catalogue has no sample for %q", s.stack)
		}
	}
	names := map[string]bool{}
	for _, f := range frameworks {
		names[f.name] = true
	}
	for name, stack := range pageStacks.Get() {
		if !known[stack] || !names[name] {
			t.Errorf("%s is %q", name, stack)
		}
	}
}
