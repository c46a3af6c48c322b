package push

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
)

// TestEveryFindingHasAStep: each id and variant that a delivery can have is in
// the tables, and no other.
func TestEveryFindingHasAStep(t *testing.T) {
	pair := regexp.MustCompile(`"([VMWP]\d{2})",\s*"([a-z0-9-]+)"`)
	ids := map[string]bool{"V13": true, "V08": true, "M08": true, "M30": true} // their variants are computed, or a scenario's
	variants := map[[2]string]bool{}
	for _, dir := range []string{".", "../reply", "../answer"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") || strings.HasSuffix(file, "step_of.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range pair.FindAllStringSubmatch(string(text), -1) {
				if e, ok := catalog.Lookup(m[1]); ok {
					if _, ok := e.Variant(m[2]); ok {
						ids[m[1]], variants[[2]string{m[1], m[2]}] = true, true
					}
				}
			}
		}
	}
	if len(variants) < 100 {
		t.Fatalf("%d variants: not all were read", len(variants))
	}
	for v := range variants {
		if !slices.Contains(StepIDs(), StepOf(finding.New(v[0], v[1]))) || stepOf.Get()[v[0]] == "" {
			t.Errorf("%s %s has no step", v[0], v[1])
		}
	}
	for v := range stepOfVariant.Get() {
		if !variants[v] {
			t.Errorf("%s: no delivery has it", v)
		}
	}
	for id := range stepOf.Get() {
		if !ids[id] {
			t.Errorf("%s: no delivery has it", id)
		}
	}
}
