package catalog

import "github.com/wxdev/wxdev/pkg/finding"

// oldFact is a fact in English words, from before facts had types. It goes when
// the last package has typed ones.
type oldFact string

func (p oldFact) In(lang finding.Lang) string { return Localize(lang, string(p)) }

// Phrase makes a fact of English words.
func Phrase(words string) finding.Fact { return oldFact(words) }

// Phrases makes facts of English words.
func Phrases(facts map[string]string) finding.Facts {
	f := make(finding.Facts, len(facts))
	for k, v := range facts {
		f[k] = oldFact(v)
	}
	return f
}
