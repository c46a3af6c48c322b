package words

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/wxdev/wxdev/pkg/finding"
)

var (
	placeholder = regexp.MustCompile(`\{[a-zA-Z_]+\}|%[a-z]`)
	han         = func(r rune) bool { return unicode.Is(unicode.Han, r) || unicode.IsPunct(r) && r > 0x2000 }
)

// english are texts that are the same in Chinese: formats and names.
var english = []string{"emulator.account", "emulator.aes-key", "emulator.js-sdk", "explain.text", "status.token"}

// ownWords are texts for which the two languages are given values of their own.
var ownWords = []string{"api-error.meaning", "replay.wxdev-name-came-in-was", "status.rate"}

// Every text is in both languages, with the same placeholders.
func TestBothLanguages(t *testing.T) {
	for i, name := range names {
		if strings.HasPrefix(name, "help.") {
			continue // of text/help, which has no Chinese yet; tools/gen holds the names to the files
		}
		if en[i] == "" || zh[i] == "" {
			t.Errorf("%s: %q, %q", name, en[i], zh[i])
		}
		letters := strings.ContainsFunc(placeholder.ReplaceAllString(zh[i], ""), unicode.IsLetter)
		if letters && !strings.ContainsFunc(zh[i], han) && !slices.Contains(english, name) {
			t.Errorf("%s: %q is not Chinese", name, zh[i])
		}
		if a, b := arguments(en[i]), arguments(zh[i]); !slices.Equal(a, b) && !slices.Contains(ownWords, name) {
			t.Errorf("%s: the placeholders are %q in English, %q in Chinese", name, a, b)
		}
	}
}

func arguments(s string) []string {
	all := placeholder.FindAllString(s, -1)
	slices.Sort(all)
	return slices.Compact(all)
}

func TestNamed(t *testing.T) {
	for i, name := range names {
		if id, ok := Named(name); !ok || id != ID(i) {
			t.Fatalf("%s is %d, %t", name, id, ok)
		}
	}
	if _, ok := Named("no.such.text"); ok {
		t.Error("a text that there is none of was found")
	}
}

func TestFill(t *testing.T) {
	id, _ := Named("report.bytes")
	if got := Fill(finding.English, id, "n", "12"); got != "12 bytes" {
		t.Errorf("%q", got)
	}
	if got := Fill(finding.Chinese, id, "n", "12"); got != "12 字节" {
		t.Errorf("%q", got)
	}
}
