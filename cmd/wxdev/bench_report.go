package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/load"
	"github.com/wxdev/wxdev/pkg/load/loadpage"
)

// benchReport is what came of a load, for each of the ways to tell it.
type benchReport struct {
	*benchOptions
	r        *load.Result
	began    time.Time
	findings []findingJSON
	limits   []limitJSON
}

// limitJSON is what a --fail-if came to.
type limitJSON struct {
	Limit   string       `json:"limit"`
	Value   *float64     `json:"value"` // null where it cannot be told
	Unit    string       `json:"unit"`  // ms, % of the messages, /s; empty is a number
	Verdict load.Verdict `json:"verdict"`
}

func (o *benchOptions) report(r *load.Result, began time.Time) *benchReport {
	b := &benchReport{benchOptions: o, r: r, began: began}
	for _, c := range r.Findings {
		b.findings = append(b.findings, describeFindings(o.globals, []finding.Finding{c.Finding})...)
	}
	for _, l := range o.limits {
		value, verdict := l.Judge(r)
		j := limitJSON{Limit: l.String(), Unit: l.Unit(), Verdict: verdict}
		if verdict != load.Unknown {
			j.Value = &value
		}
		b.limits = append(b.limits, j)
	}
	return b
}

// outcome is how the command ends.
func (b *benchReport) outcome(ctx context.Context) error {
	is := func(v load.Verdict) func(limitJSON) bool { return func(l limitJSON) bool { return l.Verdict == v } }
	switch {
	case b.r.Interrupted:
		return ctx.Err()
	case slices.ContainsFunc(b.limits, is(load.Broken)):
		return errNo
	case b.r.Answered == 0:
		return failed(words.BenchErrUnanswered, "url", text.Line(b.account.url))
	}
	if i := slices.IndexFunc(b.limits, is(load.Unknown)); i >= 0 {
		return failed(words.BenchErrUntold, "limit", b.limits[i].Limit)
	}
	return nil
}

// noPercentiles says why there are none; it is empty where there are.
func (b *benchReport) noPercentiles() string {
	share := func(n, of int64) string { return fmt.Sprintf("%.1f", float64(n)*100/float64(max(of, 1))) }
	late := share(b.r.Delayed(), b.r.Sent+b.r.Unsent)
	switch b.r.Withheld() {
	case load.WithheldLate:
		return b.say(words.BenchWithheldLate, "percent", late)
	case load.WithheldCrowded:
		return b.say(words.BenchWithheldConnections, "percent", late)
	case load.WithheldLocal:
		return b.say(words.BenchWithheldLocal, "percent", share(b.r.Local, b.r.Sent))
	}
	if b.r.Answered == 0 {
		return b.say(words.BenchWithheldUnanswered)
	}
	return ""
}

// print writes the summary.
func (b *benchReport) print(w io.Writer) {
	r, say, p := b.r, b.sayer(), b.Colors(b.env.OutTTY)
	width := 0
	for _, id := range []words.ID{words.BenchLabelSent, words.BenchLabelAnswered, words.BenchLabelLatency, words.BenchLabelFaults, words.BenchLabelAgain, words.BenchLabelErrors, words.BenchLabelJudged} {
		width = max(width, columns(say(id)))
	}
	line := func(label words.ID, text string, bad bool) {
		if bad {
			text = p.Red(text)
		}
		name := say(label)
		fmt.Fprintf(w, "%s%s  %s\n", p.Dim(name), strings.Repeat(" ", width-columns(name)), text)
	}
	pad := strings.Repeat(" ", width+2)
	fitted := func(s string) string { return wrap(s, min(b.env.Width, 100)-width-2, pad) }

	fmt.Fprintf(w, "%s\n", p.Bold(text.Line(b.account.url)))
	fmt.Fprintf(w, "%s\n\n", wrap(b.what(), min(b.env.Width, 100), ""))
	if r.Interrupted {
		fmt.Fprintf(w, "%s\n\n", p.Yellow(say(words.BenchInterrupted)))
	}
	sent := say(words.BenchSent, "n", strconv.FormatInt(r.Sent, 10), "time", took(r.Seconds), "rate", perSecond(r.Rate))
	if r.Unsent > 0 {
		sent += say(words.CommonComma) + say(words.BenchUnsent, "n", strconv.FormatInt(r.Unsent, 10))
	}
	line(words.BenchLabelSent, fitted(sent), r.Unsent > 0)
	line(words.BenchLabelAnswered, strconv.FormatInt(r.Answered, 10), r.Answered < r.Sent-r.Canceled)
	if why := b.noPercentiles(); why != "" {
		line(words.BenchLabelLatency, p.Yellow(fitted(why)), false)
	} else {
		line(words.BenchLabelLatency, fitted(b.latency()), false)
	}
	line(words.BenchLabelFaults, b.many(r.Faults, words.BenchFaultsNone, words.BenchFaultsOne, words.BenchFaultsMany), r.Faults > 0)
	again := strconv.FormatInt(r.Redelivered, 10)
	if r.AnsweredTwice > 0 {
		again += say(words.CommonComma) + b.many(r.AnsweredTwice, 0, words.BenchTwiceOne, words.BenchTwiceMany)
	}
	line(words.BenchLabelAgain, fitted(again), r.Redelivered > 0)
	line(words.BenchLabelErrors, fitted(b.errors()), r.Failed() > 0)
	line(words.BenchLabelJudged, fitted(b.judged()), r.Faulty() > 0)
	printFindings(w, b.globals, b.findings)
	for i, l := range b.limits {
		if i == 0 {
			fmt.Fprintln(w)
		}
		paint := map[load.Verdict]func(...any) string{load.Held: p.Green, load.Broken: p.Red, load.Unknown: p.Yellow}[l.Verdict]
		fmt.Fprintf(w, "%s  %s\n", paint(say.named("bench.verdict.", string(l.Verdict))), l.words(say))
	}
}

// what is the load, in a line: the messages, the way, the pace.
func (b *benchReport) what() string {
	way := "HTTP/1.0"
	if b.keepAlive {
		way = b.say(words.BenchKept)
	}
	return strings.Join([]string{b.described(), b.mix, b.sayer().mode(b.account.mode), strings.ToUpper(string(b.account.format)), way}, b.say(words.CommonSemicolon))
}

func (b *benchReport) latency() string {
	lat := b.r.Latency
	var parts []string
	for _, q := range []float64{50, 90, 99, 99.9} {
		parts = append(parts, "p"+strconv.FormatFloat(q, 'f', -1, 64)+" "+loadpage.Time(lat.Percentile(q)))
	}
	return strings.Join(append(parts, b.say(words.BenchMax)+" "+loadpage.Time(lat.Max())), "  ")
}

func (b *benchReport) errors() string {
	var parts []string
	for _, class := range load.Classes() {
		if n := b.r.Errors[class]; n > 0 {
			parts = append(parts, b.sayer().named("bench.class.", string(class))+" "+strconv.FormatInt(n, 10))
		}
	}
	if parts == nil {
		return b.say(words.BenchErrorsNone)
	}
	return strings.Join(parts, b.say(words.CommonComma))
}

// judged says of how many replies it is known whether they are right.
func (b *benchReport) judged() string {
	parts := []string{b.many(b.r.Checked, words.BenchJudgedNone, words.BenchJudgedOne, words.BenchJudgedMany)}
	counts, ids := map[string]int64{}, []string{}
	for _, c := range b.r.Findings {
		if counts[c.Finding.ID] == 0 {
			ids = append(ids, c.Finding.ID)
		}
		counts[c.Finding.ID] += c.N
	}
	for _, id := range ids {
		parts = append(parts, id+" ×"+strconv.FormatInt(counts[id], 10))
	}
	return strings.Join(parts, b.say(words.CommonComma))
}

// many counts something, none of it in words of its own.
func (g *globals) many(n int64, none, one, more words.ID) string {
	id := more
	switch n {
	case 0:
		id = none
	case 1:
		id = one
	}
	return g.say(id, "n", strconv.FormatInt(n, 10))
}

// words is a limit with what came.
func (l limitJSON) words(say sayer) string {
	if l.Value == nil {
		return l.Limit
	}
	return l.Limit + say(words.CommonBracket, "text", l.shown())
}

func (l limitJSON) shown() string {
	switch l.Unit {
	case "ms":
		return loadpage.Time(time.Duration(*l.Value * float64(time.Millisecond)))
	case "":
		return strconv.FormatFloat(*l.Value, 'f', 0, 64)
	}
	return strconv.FormatFloat(*l.Value, 'f', 2, 64) + l.Unit
}

func took(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	if d < time.Minute {
		return loadpage.Time(d)
	}
	return loadpage.Clock(d)
}

func perSecond(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

// going is how the load is getting on, in one line.
func (o *benchOptions) going(s load.Snapshot) string {
	line := o.say(words.BenchGoing, "time", loadpage.Clock(s.Elapsed.Round(time.Second)), "sent", strconv.FormatInt(s.Sent, 10))
	if s.Last.Answered > 0 {
		line += o.say(words.CommonComma) + "p99 " + loadpage.Time(s.Last.P99)
	}
	for _, c := range []struct {
		n  int64
		id words.ID
	}{{s.Faults, words.BenchGoingFaults}, {s.Errors, words.BenchGoingErrors}, {s.Late, words.BenchGoingLate}} {
		if c.n > 0 {
			line += o.say(words.CommonComma) + o.say(c.id, "n", strconv.FormatInt(c.n, 10))
		}
	}
	return line
}
