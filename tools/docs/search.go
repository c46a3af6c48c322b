package main

import (
	_ "embed"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/internal/terminal"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
)

//go:embed search.js
var searchScript string

//go:embed site.css
var siteStyle string

// hit is what the search box can find, as search.js reads it.
type hit struct {
	URL   string   `json:"u"`
	Title string   `json:"t"`
	Say   []string `json:"s,omitempty"` // words that name it by themselves, the likeliest page for them first
	Rank  []int    `json:"r,omitempty"` // of Say: how far down the page is among those that go by the words
	Text  string   `json:"x,omitempty"` // what else is compared
}

// searchFile is where the index of a language is on the site.
func searchFile(lang finding.Lang) string { return "search-" + string(lang) + ".js" }

// searchIndex is all that can be found in a language. The words of both
// languages find a page: people paste what the console says.
func searchIndex(lang finding.Lang) (all []hit) {
	htmlEnding := strings.TrimSuffix(ending(lang), ".md") + ".html"
	at := map[string]int{}
	for _, id := range catalog.IDs() {
		e, _ := catalog.Lookup(id)
		at[id] = len(all)
		all = append(all, hit{
			URL: "docs/findings/" + id + htmlEnding, Title: id + " " + e.Text(lang).Title, Say: []string{id}, Rank: []int{0},
			Text: strings.Join([]string{terminal.Paragraph(e.En.See), terminal.Paragraph(e.Zh.See), e.En.Title, e.Zh.Title}, " "),
		})
	}
	for _, c := range catalog.Codes() {
		code := strconv.Itoa(c.Code)
		at[code] = len(all)
		all = append(all, hit{
			URL: "docs/codes/" + code + htmlEnding, Title: code + " " + c.Meaning(lang), Say: []string{code, c.En, c.Zh}, Rank: []int{0, 1, 1},
			Text: c.En + " " + c.Zh,
		})
	}
	for _, s := range catalog.Sayings() {
		rank := 0
		if s.Open {
			all = append(all, hit{
				URL: "docs/findings/index" + htmlEnding + "#" + string((&headingIDs{}).Generate([]byte(s.Words[0]), 0)), Title: s.Words[0],
				Say: s.Words, Rank: make([]int, len(s.Words)),
			})
			rank++
		}
		for i, ref := range s.Refs {
			h := &all[at[ref]]
			for _, w := range s.Words {
				h.Say, h.Rank = append(h.Say, w), append(h.Rank, rank+i)
			}
		}
	}
	return all
}
