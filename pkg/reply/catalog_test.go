package reply

import (
	"slices"
	"testing"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
)

// placeFacts are those of a problem that has a place, whatever its rule.
var placeFacts = []string{"column", "line", "offset"}

// The catalogue words every rule: with its severity, and with all its facts
// and no others but the place.
func TestRulesAreInTheCatalogue(t *testing.T) {
	for _, r := range Rules() {
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
		if got := catalog.SeverityOf(r.ID, r.Variant); got != r.Severity {
			t.Errorf("%s %s: %s in the catalogue, %s as a rule", r.ID, r.Variant, got, r.Severity)
		}
		for lang, text := range map[finding.Lang]catalog.VariantText{finding.English: v.En, finding.Chinese: v.Zh} {
			if got := factsOf(text.Evidence); !slices.Equal(got, r.Facts) {
				t.Errorf("%s %s: the evidence in %s has %q, the rule %q", r.ID, r.Variant, lang, got, r.Facts)
			}
		}
	}
}

// factsOf returns the placeholders of a text, sorted, without those of the
// place.
func factsOf(text string) []string {
	var names []string
	for _, m := range placeholder().FindAllStringSubmatch(text, -1) {
		if !slices.Contains(placeFacts, m[1]) {
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// A text names the place only where a problem has one: what is missing has
// none. The wrong replies of reply_test.go break every rule.
func TestProblemsFillTheTextsOfTheCatalogue(t *testing.T) {
	for _, c := range badReplies {
		_, found := Judge([]byte(c.body), inbound(t, c.in))
		for _, p := range found {
			entry, ok := catalog.Lookup(p.ID)
			if !ok {
				t.Fatalf("%s is not in the catalogue", p.ID)
			}
			for _, lang := range []finding.Lang{finding.English, finding.Chinese} {
				title, evidence, fix := entry.Describe(lang, p.Variant, catalog.Phrases(p.Facts))
				if evidence == "" {
					t.Errorf("%s %s: no evidence in %s", p.ID, p.Variant, lang)
				}
				if left := placeholder().FindString(title + evidence + fix); left != "" {
					t.Errorf("%s %s: nothing fills %s in %s: %s", p.ID, p.Variant, left, lang, evidence)
				}
			}
		}
	}
}
