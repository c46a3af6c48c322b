package main

import (
	"testing"

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
