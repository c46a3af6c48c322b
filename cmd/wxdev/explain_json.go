package main

import (
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
)

// explainJSON is what --json prints.
type explainJSON struct {
	outcome

	Best     string      `json:"best,omitempty"` // the id, code or rid that fits best
	Findings []entryJSON `json:"findings"`       // entries of the catalogue
	Codes    []codeJSON  `json:"codes,omitempty"`
	Rids     []ridJSON   `json:"rids,omitempty"`

	Products []productJSON `json:"products,omitempty"` // the one that was asked for by name
}

type ridJSON struct {
	Rid      string    `json:"rid"`
	CalledAt time.Time `json:"called_at"`
}

type entryJSON struct {
	ID       string           `json:"id"`
	Name     string           `json:"name"`
	Severity finding.Severity `json:"severity"`
	Title    string           `json:"title"`
	See      string           `json:"see"`
	Why      string           `json:"why"`
	Fix      string           `json:"fix"`
	Samples  []sampleJSON     `json:"samples,omitempty"` // the fix as code
	Links    []string         `json:"links"`
	Where    []string         `json:"where,omitempty"` // in WeChat's consoles
	Source   string           `json:"source"`
}

type codeJSON struct {
	Code    int    `json:"code"`
	Meaning string `json:"meaning"`
	Text    string `json:"text"` // the errmsg, in English
	Zh      string `json:"meaning_zh"`
	Cause   string `json:"cause,omitempty"`
	Source  string `json:"source"`
}

// writeJSON prints what is known; all is whether that is all of what was asked.
func (o *explainOptions) writeJSON(known []catalog.Ref, all bool) error {
	doc := explainJSON{outcome: newOutcome(all), Findings: []entryJSON{}}
	if len(known) > 0 && len(o.what) > 0 {
		doc.Best = known[0].Name()
	}
	for _, r := range known {
		switch {
		case r.Entry != nil:
			e, t := r.Entry, r.Entry.Text(o.Lang())
			var places []string
			for _, s := range e.Settings() {
				places = append(places, s.Lines(o.Lang())...)
			}
			var samples []sampleJSON
			for _, c := range o.samples(e) {
				samples = append(samples, sampleJSON{c.Lang, strings.Trim(c.In(o.Lang()), "\n")})
			}
			doc.Findings = append(doc.Findings, entryJSON{e.ID, e.Name, e.Severity, t.Title, t.See, t.Why, t.Fix, samples, e.Links, places, e.Source.String()})
		case r.Code != nil:
			c := *r.Code
			doc.Codes = append(doc.Codes, codeJSON{c.Code, c.Meaning(o.Lang()), c.En, c.Zh, c.Cause(o.Lang()), c.Source.String()})
		default:
			doc.Rids = append(doc.Rids, ridJSON{r.Rid, r.At})
		}
	}
	return writeJSON(o.env.Out, doc)
}
