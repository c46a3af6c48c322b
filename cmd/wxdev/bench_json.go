package main

import (
	"errors"
	"math"
	"time"

	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/load"
	"github.com/wxdev/wxdev/pkg/load/loadpage"
)

// benchJSON is what bench --json prints.
type benchJSON struct {
	outcome

	URL           string               `json:"url"`
	Mode          string               `json:"mode"`
	Count         int64                `json:"count"` // messages that were sent
	Answered      int64                `json:"answered"`
	Seconds       float64              `json:"seconds"`
	Rate          float64              `json:"rate"`                       // messages sent a second
	Late          int64                `json:"late"`                       // messages that were sent over 10 ms after their time
	Unsent        int64                `json:"unsent,omitempty"`           // messages that still waited when the time was long over
	Latency       *latencyJSON         `json:"latency_ms"`                 // null where it cannot be told, or was not
	Withheld      string               `json:"latency_withheld,omitempty"` // why not: late, connections, local, unanswered
	Faults        int64                `json:"faults"`                     // users who saw the fault line
	Redelivered   int64                `json:"redelivered"`
	AnsweredTwice int64                `json:"answered_twice"`
	Checked       int64                `json:"checked"`          // replies that were judged
	Errors        map[load.Class]int64 `json:"errors"`           // deliveries that failed, by what was wrong
	Found         []foundJSON          `json:"found"`            // how often each finding was made
	Limits        []limitJSON          `json:"limits,omitempty"` // of --fail-if
	Interrupted   bool                 `json:"interrupted,omitempty"`
}

// latencyJSON is how long answers took, in milliseconds.
type latencyJSON struct {
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p999"`
	Max  float64 `json:"max"`
}

// foundJSON counts a finding.
type foundJSON struct {
	ID      string `json:"id"`
	Variant string `json:"variant,omitempty"`
	Count   int64  `json:"count"`
}

// document is what --json prints of a command that ends with err.
func (b *benchReport) document(err error) benchJSON {
	r := b.r
	doc := benchJSON{
		outcome: newOutcome(err == nil, b.findings...), URL: b.known.Text(b.account.url), Mode: string(b.account.mode),
		Count: r.Sent, Answered: r.Answered, Seconds: toMicros(r.Seconds), Rate: toMicros(r.Rate), Late: r.Late, Unsent: r.Unsent,
		Withheld: string(r.Withheld()), Faults: r.Faults, Redelivered: r.Redelivered, AnsweredTwice: r.AnsweredTwice,
		Checked: r.Checked, Errors: r.Errors, Found: []foundJSON{}, Limits: b.limits, Interrupted: r.Interrupted,
	}
	switch {
	case r.Interrupted:
		doc.Error = b.failure(failed(words.CommonInterrupted))
	case err != nil && !errors.Is(err, errNo):
		doc.Error = b.failure(err)
	}
	if doc.Errors == nil {
		doc.Errors = map[load.Class]int64{}
	}
	for _, c := range r.Findings {
		doc.Found = append(doc.Found, foundJSON{c.Finding.ID, c.Finding.Variant, c.N})
	}
	switch {
	case doc.Withheld != "":
	case r.Answered == 0:
		doc.Withheld = "unanswered"
	default:
		at := func(p float64) float64 { return float64(r.Latency.Percentile(p)) / float64(time.Millisecond) }
		doc.Latency = &latencyJSON{at(50), at(90), at(99), at(99.9), float64(r.Latency.Max()) / float64(time.Millisecond)}
	}
	return doc
}

func toMicros(v float64) float64 { return math.Round(v*1e6) / 1e6 }

// page is the report of --html.
func (b *benchReport) htmlPage() []byte {
	say := b.sayer()
	about := loadpage.About{URL: b.known.Text(b.account.url), Load: b.what(), When: b.began, Withheld: b.noPercentiles()}
	for _, l := range b.limits {
		about.Limits = append(about.Limits, loadpage.Limit{
			Text: l.words(say), Outcome: say.named("bench.verdict.", string(l.Verdict)), Failed: l.Verdict == load.Broken,
		})
	}
	for i, f := range b.findings {
		about.Findings = append(about.Findings, loadpage.Finding{
			ID: f.ID, Severity: say.named("report.severity.", string(f.Severity)), Title: f.Title, Evidence: f.Evidence, Fix: f.Fix,
			Count: b.many(b.r.Findings[i].N, 0, words.BenchFoundOne, words.BenchFoundMany),
		})
	}
	return loadpage.Of(b.Lang(), b.r, about)
}
