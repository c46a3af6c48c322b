package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/message"
)

// TestOddContentsHaveWords: no report shows the name of an odd content.
func TestOddContentsHaveWords(t *testing.T) {
	for lang, say := range map[string]*vocabulary{"en": &english, "zh": &chinese} {
		for _, odd := range message.OddTexts() {
			if say.contents[odd.Name] == "" {
				t.Errorf("%s has no words in %s", odd.Name, lang)
			}
		}
		if n := len(message.OddTexts()); len(say.contents) != n {
			t.Errorf("%s: words for %d contents, there are %d", lang, len(say.contents), n)
		}
	}
}

func TestARequestIsShownOnce(t *testing.T) {
	var out bytes.Buffer
	g := &globals{env: &Env{Width: 80, LookupEnv: func(string) (string, bool) { return "", false }}, lang: "en"}
	printFindings(&out, g, []finding{
		{ID: "V01", Severity: catalog.Error, Title: "one", Replay: "curl a"},
		{ID: "V02", Severity: catalog.Error, Title: "two"},
		{ID: "V06", Severity: catalog.Info, Title: "note", Replay: "curl b"},
		{ID: "V20", Severity: catalog.Error, Title: "three", Replay: "curl a"},
		{ID: "V44", Severity: catalog.Warning, Title: "four", Replay: "curl b"},
		{ID: "M01", Severity: catalog.Error, Title: "five"},
	})
	for text, want := range map[string]int{"curl a": 1, "curl b": 1, "replay   the same request as for V01": 1, "replay ": 3} {
		if n := strings.Count(out.String(), text); n != want {
			t.Errorf("%q is there %d times, want %d:\n%s", text, n, want, &out)
		}
	}
}
