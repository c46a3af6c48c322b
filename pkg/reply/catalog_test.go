package reply

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
)

// placeFacts are those of a problem that has a place, whatever its rule.
var placeFacts = []string{"column", "line", "offset"}

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

// evidence is what the catalogue says of a finding.
func evidence(f finding.Finding, lang finding.Lang) string {
	entry, ok := catalog.Lookup(f.ID)
	if !ok {
		return ""
	}
	_, words, _ := entry.Describe(lang, f.Variant, f.Facts)
	return words
}

// The catalogue words every rule, in both languages with the same facts.
func TestRulesAreInTheCatalogue(t *testing.T) {
	for _, r := range rules {
		entry, ok := catalog.Lookup(r.ID)
		if !ok {
			t.Errorf("%s is not in the catalogue", r.ID)
			continue
		}
		v, ok := entry.Variant(r.Variant)
		if !ok {
			t.Errorf("%s has no variant %s", r.ID, r.Variant)
			continue
		}
		if en, zh := factsOf(v.En.Evidence), factsOf(v.Zh.Evidence); !slices.Equal(en, zh) {
			t.Errorf("%s %s: the evidence has %q in English, %q in Chinese", r.ID, r.Variant, en, zh)
		}
	}
}

// factsOf returns the placeholders of a text, sorted, without those of the
// place.
func factsOf(text string) []string {
	var names []string
	for _, m := range placeholder.FindAllString(text, -1) {
		if name := strings.Trim(m, "{}"); !slices.Contains(placeFacts, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// A finding has all facts that its texts name, and no others but the place; a
// text names the place only where there is one. The wrong answers of the tests
// break every rule.
func TestFindingsFillTheTextsOfTheCatalogue(t *testing.T) {
	for _, f := range everyFinding(t) {
		entry, ok := catalog.Lookup(f.ID)
		if !ok {
			t.Fatalf("%s is not in the catalogue", f.ID)
		}
		v, _ := entry.Variant(f.Variant)
		have := slices.DeleteFunc(slices.Sorted(maps.Keys(f.Facts)), func(name string) bool { return slices.Contains(placeFacts, name) })
		if want := factsOf(v.En.Evidence); !slices.Equal(have, want) {
			t.Errorf("%s %s: the finding has the facts %q, the evidence %q", f.ID, f.Variant, have, want)
		}
		for _, lang := range []finding.Lang{finding.English, finding.Chinese} {
			title, words, fix := entry.Describe(lang, f.Variant, f.Facts)
			if words == "" {
				t.Errorf("%s %s: no evidence in %s", f.ID, f.Variant, lang)
			}
			if left := placeholder.FindString(title + words + fix); left != "" {
				t.Errorf("%s %s: nothing fills %s in %s: %s", f.ID, f.Variant, left, lang, words)
			}
		}
	}
}
