package verify

import (
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
)

// No report shows the name of an odd content.
func TestOddContentsHaveWords(t *testing.T) {
	for _, odd := range message.OddTexts() {
		for _, lang := range []finding.Lang{finding.English, finding.Chinese} {
			if kindFact(contentPrefix+odd.Name).In(lang) == "" {
				t.Errorf("%s has no words in %s", odd.Name, lang)
			}
		}
	}
}
