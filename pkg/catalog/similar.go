package catalog

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/finding"
)

// document is a finding or a code as its words: each counts by the best place
// it is in.
type document struct {
	ref   Ref
	seen  int
	words map[string]float64
}

func (d *document) add(weight float64, texts ...string) {
	for _, text := range texts {
		for _, w := range terms(plain(text)) {
			d.words[w] = max(d.words[w], weight)
		}
	}
}

var documents = lazy.Value[[]document]{Make: func() []document {
	var all []document
	for _, e := range bySeen() {
		d := document{Ref{Entry: e}, e.Seen, map[string]float64{}}
		d.add(3, e.ID, strings.ReplaceAll(e.Name, "-", " "), e.Name, e.En.Title, e.Zh.Title)
		d.add(2, e.En.See, e.Zh.See, e.En.Fix, e.Zh.Fix)
		d.add(1.5, e.En.Why, e.Zh.Why)
		for _, v := range e.Variants {
			d.add(1, v.Name, v.En.Title, v.Zh.Title, v.En.Evidence, v.Zh.Evidence, v.En.Fix, v.Zh.Fix)
		}
		for _, c := range e.Code {
			d.add(1, c.Lang, c.In(finding.English), c.In(finding.Chinese))
		}
		all = append(all, d)
	}
	for _, c := range Codes() {
		d := document{Ref{Code: &c}, 0, map[string]float64{}}
		d.add(2.5, c.En, c.Zh)
		d.add(1, c.Hint, c.HintZh)
		all = append(all, d)
	}
	return all
}}

// rarity tells how much a word says: much when few documents have it.
var rarity = lazy.Value[map[string]float64]{Make: func() map[string]float64 {
	in := map[string]int{}
	for _, d := range documents.Get() {
		for w := range d.words {
			in[w]++
		}
	}
	rare := make(map[string]float64, len(in))
	for w, n := range in {
		rare[w] = math.Log(1 + float64(len(documents.Get()))/float64(n))
	}
	return rare
}}

const (
	fewWords = 3   // a query of so many has all of them
	enough   = 0.5 // of a longer one's words, by rarity
	far      = 0.4 // of the best one's score: what is below is noise
)

// sayNothing are words that are in any text: "x is not defined" is about x.
var sayNothing = lazy.Value[[]string]{Make: func() []string {
	return terms("a an and any are as at be by can cannot do does for from has have in is it no not of on or that the this to was with")
}}

// similar compares a plain text with all that is written of findings and codes.
func similar(text string) Found {
	words := slices.DeleteFunc(terms(text), func(w string) bool { return slices.Contains(sayNothing.Get(), w) })
	slices.Sort(words)
	words = slices.Compact(words)
	unknown := math.Log(1 + float64(len(documents.Get())))
	type hit struct {
		document
		score float64
	}
	var hits []hit
	for _, d := range documents.Get() {
		score, covered, all := 0.0, 0.0, 0.0
		for _, w := range words {
			rare := cmp.Or(rarity.Get()[w], unknown)
			all += rare
			if weight := d.words[w]; weight > 0 {
				score += rare * weight
				covered += rare
			}
		}
		share := enough
		if len(words) <= fewWords {
			share = 0.999
		}
		if score > 0 && covered >= all*share {
			hits = append(hits, hit{d, score})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.seen, a.seen)) })
	found := Found{Open: len(hits) > 1}
	for _, h := range hits {
		if h.score >= hits[0].score*far {
			found.Refs = append(found.Refs, h.ref)
		}
	}
	return found
}

// terms are the words of a plain text, without their endings, and the pairs of
// neighbours of its Chinese.
func terms(text string) []string {
	var list []string
	for _, w := range strings.Fields(text) {
		if w[0] < 0x80 {
			list = append(list, stem(w))
			continue
		}
		runes := []rune(w)
		if len(runes) == 1 {
			list = append(list, w)
		}
		for i := range len(runes) - 1 {
			list = append(list, string(runes[i:i+2]))
		}
	}
	return list
}

func stem(w string) string {
	for _, ending := range []string{"ing", "ed", "es", "s"} {
		if short, ok := strings.CutSuffix(w, ending); ok && utf8.RuneCountInString(short) >= 3 {
			return short
		}
	}
	return w
}
