package reason

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/pelletier/go-toml/v2"
)

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

// Both languages say something, with the same arguments.
func TestBothLanguages(t *testing.T) {
	for _, id := range ids(t) {
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

// halfWidth is Western punctuation that ends a Chinese clause.
var halfWidth = regexp.MustCompile(`\p{Han}[,;:!?]|[,;:!?]\p{Han}`)

// The Chinese has its own punctuation, and nothing before or after it.
func TestChinesePunctuation(t *testing.T) {
	for _, id := range ids(t) {
		if _, zh := Text(id); halfWidth.MatchString(zh) || zh != strings.TrimSpace(zh) {
			t.Errorf("%s: %q", id, zh)
		}
	}
}

// ids are those of the data that the table is made of.
func ids(t *testing.T) []ID {
	t.Helper()
	data, err := os.ReadFile("reasons.toml")
	if err != nil {
		t.Fatal(err)
	}
	var all map[ID]any
	if err := toml.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) < 100 {
		t.Errorf("%d reasons", len(all))
	}
	return slices.Sorted(maps.Keys(all))
}

func arguments(s string) []string {
	names := placeholder.FindAllString(s, -1)
	slices.Sort(names)
	return slices.Compact(names)
}
