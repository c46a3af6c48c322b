package reason

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

// Both languages say something, with the same arguments.
func TestBothLanguages(t *testing.T) {
	for _, id := range IDs() {
		en, zh := Text(id)
		if en == "" || zh == "" {
			t.Errorf("%s: %q, %q", id, en, zh)
		}
		if rest := placeholder.ReplaceAllString(zh, ""); strings.TrimSpace(rest) != "" && !slices.ContainsFunc([]rune(rest), func(r rune) bool {
			return unicode.Is(unicode.Han, r) || unicode.IsPunct(r)
		}) {
			t.Errorf("%s: %q is not Chinese", id, zh)
		}
		if a, b := arguments(en), arguments(zh); !slices.Equal(a, b) {
			t.Errorf("%s: the arguments are %q in English, %q in Chinese", id, a, b)
		}
	}
	if en, zh := Text("no-such-reason"); en != "" || zh != "" {
		t.Errorf("an unknown id says %q, %q", en, zh)
	}
}

func arguments(s string) []string {
	names := placeholder.FindAllString(s, -1)
	slices.Sort(names)
	return slices.Compact(names)
}
