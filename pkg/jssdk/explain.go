package jssdk

import (
	"maps"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
)

// Request is what a signature should have been made of, and whatever else a
// page or server that gets it wrong may have used instead. URL, Nonce,
// Timestamp and Ticket are needed; other fields are ignored when empty.
type Request struct {
	URL       string // of the page, as location.href has it, with or without the fragment
	Nonce     string
	Timestamp string
	Ticket    string

	EntryURL      string   // at which a single-page app was entered
	SigningAPIURL string   // of the API that the page asks for its config
	OtherURLs     []string // pages that the signature may have been made for
	OtherTickets  []Named
	AppID         string
}

// Kind says what another ticket is.
type Kind int

// The kinds of tickets.
const (
	OtherAccount Kind = iota // a jsapi ticket of another AppID
	Stale                    // an older one of this account, from a cache
	CardTicket               // of type wx_card
	AccessToken              // not a ticket at all
)

// Named is a ticket that may have been used instead of the right one, and what
// to call it.
type Named struct {
	Name   string
	Ticket string
	Kind   Kind
}

// Mistake is a known way to get a signature wrong, applied to a [Request]. The
// facts hold no ticket.
type Mistake struct {
	finding.Finding
	Signature string   // what it gives
	URL       string   // that was signed, not fit to print
	With      *Mistake // of a pair, the other mistake; nil nearly always
}

// Explain returns the mistakes that give exactly the signature given, the
// likeliest first, or nil when given is right or no known mistake makes it. If
// no single one fits, it tries them in pairs: With is then set.
//
// With an EntryURL that differs from the URL, a signature for either is
// explained (J01): phones disagree which of the two is compared.
func Explain(given string, r Request) []Mistake {
	base := input{r.Ticket, r.Nonce, r.Timestamp, CleanURL(r.URL), standard}
	right := base.sign()
	switch {
	case given == "":
		return nil
	case given == right:
		if entry := CleanURL(r.EntryURL); entry != "" && entry != base.url {
			return []Mistake{{newFinding("J01", "current-url", "entry", shown(entry)), right, base.url, nil}}
		}
		return nil
	case strings.EqualFold(given, right):
		return []Mistake{{newFinding("J13", "upper-case"), strings.ToUpper(right), base.url, nil}}
	}
	e := explainer{Request: r, base: base, given: given}
	singles := e.changes(base, 0)
	if found := e.matching(singles); found != nil {
		return found
	}
	return e.pairs(singles)
}

// input is what goes into a signature, and how it is put together.
type input struct {
	ticket, nonce, timestamp, url string
	sum                           func(input) string
}

func (in input) sign() string { return in.sum(in) }

func standard(in input) string { return Sign(in.ticket, in.nonce, in.timestamp, in.url) }

// change is an input with one mistake made.
type change struct {
	id, variant string
	facts       []any // name, value
	to          input
	stage       int
}

// The stages of a signature at which mistakes are made. A pair takes its
// second from the same stage or a later one, since the order does not matter.
const (
	stageURL = iota
	stageValues
	stageTicket
	stageFormula
)

type explainer struct {
	Request
	base  input
	given string
}

// changes returns every mistake that can be made with in from a stage on.
func (e *explainer) changes(in input, from int) []change {
	var list []change
	for stage, make := range [...]func(input) []change{
		stageURL: e.urlChanges, stageValues: e.valueChanges, stageTicket: e.ticketChanges, stageFormula: e.formulaChanges,
	} {
		if stage < from {
			continue
		}
		for _, c := range make(in) {
			c.stage = stage
			list = append(list, c)
		}
	}
	return list
}

func (e *explainer) matching(list []change) []Mistake {
	var found []Mistake
	for _, c := range list {
		if sum := c.to.sign(); strings.EqualFold(sum, e.given) {
			found = append(found, c.mistake(sum))
		}
	}
	return found
}

// pairs tries each mistake together with every other. Of a pair's two orders
// the first found counts.
func (e *explainer) pairs(singles []change) []Mistake {
	var found []Mistake
	seen := map[[2]string]bool{}
	for _, first := range singles {
		if first.stage == stageFormula {
			continue
		}
		for _, second := range e.matching(e.changes(first.to, first.stage)) {
			m := first.mistake(second.Signature)
			m.URL, m.With = second.URL, &second
			if final := second.Facts["signed"]; final != nil && m.Facts["signed"] != nil {
				m.Facts["signed"] = final // not the URL between the two
			}
			key := [2]string{m.key(), second.key()}
			if seen[[2]string{key[1], key[0]}] || seen[key] {
				continue
			}
			seen[key] = true
			found = append(found, m)
		}
	}
	return found
}

func (m Mistake) key() string {
	s := m.ID + " " + m.Variant
	for _, k := range slices.Sorted(maps.Keys(m.Facts)) {
		if k != "signed" { // the URL differs with the order in which it was changed
			s += " " + m.Facts.Text(finding.English, k)
		}
	}
	return s
}

// newFinding makes a finding with the catalogue's severity filled in: whether
// wx.config fails depends on it.
func newFinding(id, variant string, facts ...any) finding.Finding {
	f := finding.New(id, variant, facts...)
	f.Severity = catalog.SeverityOf(id, variant)
	return f
}

func (c change) mistake(sum string) Mistake {
	return Mistake{newFinding(c.id, c.variant, c.facts...), sum, c.to.url, nil}
}

// maxShown is how much of a URL goes into a fact.
const maxShown = 200

func shown(s string) finding.Quote { return finding.Quote{Text: s, Limit: maxShown} }
