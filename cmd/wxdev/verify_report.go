package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/verify"
)

// verifyJSON is what --json prints.
type verifyJSON struct {
	SchemaVersion int               `json:"schema_version"`
	OK            bool              `json:"ok"`
	Accepted      bool              `json:"accepted"`
	URL           string            `json:"url"`
	Mode          string            `json:"mode"`
	Findings      []findingJSON     `json:"findings"`
	Checks        []checkStatusJSON `json:"checks"`
	Probes        []probeJSON       `json:"probes"`
	Unseen        []unseenJSON      `json:"unseen,omitempty"`
	MS            float64           `json:"ms"`
}

// checkStatusJSON is a check: ok, warning, error, note for findings that are infos
// alone, or skipped with the reason.
type checkStatusJSON struct {
	Name   string `json:"name"`
	Status string `json:"status"`
	Reason string `json:"reason,omitempty"`
}

type probeJSON struct {
	Name    string  `json:"name"`
	Request string  `json:"request"`
	Status  int     `json:"status,omitempty"`
	MS      float64 `json:"ms"`
	Shown   string  `json:"shown"`
}

type unseenJSON struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

func (o *verifyOptions) document(r *verify.Report, findings []findingJSON) verifyJSON {
	doc := verifyJSON{
		SchemaVersion: schemaVersion, OK: o.passes(r), Accepted: r.Accepted, URL: r.URL, Mode: r.Mode,
		Findings: findings, Checks: []checkStatusJSON{}, Probes: []probeJSON{}, MS: millis(r.Took),
	}
	for _, c := range r.Checks {
		doc.Checks = append(doc.Checks, checkStatusJSON{c.Name, checkStatus(&c), c.Skipped})
	}
	for _, p := range r.Probes {
		pj := probeJSON{Name: p.Name, Request: p.Exchange.Request.Line(), MS: millis(p.Exchange.Times.Total), Shown: p.Shown}
		if p.Exchange.Response != nil {
			pj.Status = p.Exchange.Response.Status
		}
		doc.Probes = append(doc.Probes, pj)
	}
	if r.OK() {
		for _, id := range verify.Unseen() {
			if e, ok := catalog.Lookup(id); ok {
				doc.Unseen = append(doc.Unseen, unseenJSON{id, e.Text(o.Lang()).Title})
			}
		}
	}
	return doc
}

func checkStatus(c *verify.Check) string {
	worst := worstOf(c.Findings)
	switch {
	case worst != nil:
		return string(worst.Severity)
	case !c.Passed:
		return string(finding.Error)
	case c.Skipped != "":
		return "skipped"
	case len(c.Findings) > 0:
		return "note"
	}
	return "ok"
}

func millis(d time.Duration) float64 {
	return float64(d.Round(100*time.Microsecond)) / float64(time.Millisecond)
}

func (o *verifyOptions) verdict(r *verify.Report) string {
	say := o.sayer()
	switch {
	case r.Accepted && r.Count(finding.Error) == 0:
		return say(words.VerifyAccepted)
	case r.Accepted:
		return say(words.VerifyUnsafe)
	case len(r.Findings) > 0 && consoleSays(r.Findings[0].ID) == catalog.ConsoleTimeout:
		return say(words.VerifyTimeout)
	}
	return say(words.VerifyRefused)
}

// consoleSays is what the console says of a finding.
func consoleSays(id string) catalog.Console {
	if e, ok := catalog.Lookup(id); ok && e.Console != "" {
		return e.Console
	}
	return catalog.ConsoleToken
}

// countWord is a number of things, which English has a plural for.
func countWord(lang finding.Lang, n int, one, many words.ID) string {
	if n == 1 {
		many = one
	}
	return words.Fill(lang, many, "n", strconv.Itoa(n))
}

func (o *verifyOptions) printReport(r *verify.Report, findings []findingJSON) {
	w, p, say, lang := o.env.Out, o.Colors(o.env.OutTTY), o.sayer(), o.Lang()
	paint := p.Green
	switch {
	case !r.OK():
		paint = p.Red
	case r.Count(finding.Warning) > 0:
		paint = p.Yellow
	}
	fmt.Fprintf(w, "\n%s\n", paint(o.verdict(r)))
	fmt.Fprintf(w, "%s\n", p.Dim(say(words.VerifyCounts, "errors", countWord(lang, r.Count(finding.Error), words.CommonCountOneError, words.CommonCountErrors), "warnings", countWord(lang, r.Count(finding.Warning), words.CommonCountOneWarning, words.CommonCountWarnings), "requests", countWord(lang, len(r.Probes), words.CommonCountOneRequest, words.CommonCountRequests), "time", shortTime(r.Took))))
	printFindings(w, o.globals, findings)
	if r.OK() {
		fmt.Fprintf(w, "\n%s\n", p.Bold(say(words.VerifyUnseen)))
		for _, id := range verify.Unseen() {
			if e, ok := catalog.Lookup(id); ok {
				fmt.Fprintf(w, "  %-4s %s\n", id, wrap(e.Text(lang).Title, o.env.Width-8, "       "))
			}
		}
	}
}

func shortTime(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// printCheck writes the line of a check that has ended.
func (o *verifyOptions) printCheck(c *verify.Check) {
	p, say := o.Colors(o.env.OutTTY), o.sayer()
	var ids []string
	for _, f := range c.Findings {
		if !slices.Contains(ids, f.ID) {
			ids = append(ids, f.ID)
		}
	}
	label, text := o.checkLine(c)
	state := map[string]func(...any) string{say(words.CommonMarkPass): p.Green, say(words.CommonMarkFail): p.Red, say(words.CommonMarkSkip): p.Dim}[label]
	if state == nil {
		state = p.Yellow
	}
	text = c.Facts.Fill(o.Lang(), text)
	if len(ids) > 0 {
		text += "  [" + strings.Join(ids, " ") + "]"
	}
	fmt.Fprintf(o.env.Out, "  %s%s %-10s %s\n", state(label), strings.Repeat(" ", max(0, 4-columns(label))), c.Name,
		wrap(text, o.env.Width-19, strings.Repeat(" ", 18)))
}

// checkLine is the mark of a check's line and its text.
func (o *verifyOptions) checkLine(c *verify.Check) (label, text string) {
	say, worst := o.sayer(), worstOf(c.Findings)
	title := func(f *finding.Finding) string {
		return describe(o.Lang(), *f).Title
	}
	switch {
	case worst != nil && worst.Severity == finding.Warning:
		return say(words.CommonMarkWarn), title(worst)
	case worst != nil && (c.Name != verify.Reach && c.Name != verify.Echo || worst.ID == "V44"):
		return say(words.CommonMarkFail), title(worst)
	case !c.Passed:
		return say(words.CommonMarkFail), cmp.Or(say.named("verify.failed.", string(c.Name+" "+c.Facts.Text(finding.English, "body"))), say.named("verify.failed.", string(c.Name)), say.named("verify.passed.", string(c.Name)))
	case c.Skipped != "":
		return say(words.CommonMarkSkip), o.whySkipped(c)
	case c.Facts.Text(finding.English, "unclear") != "":
		return say(words.CommonMarkNote), say(words.VerifyPostUnclear)
	case c.Facts.Text(finding.English, "count") != c.Facts.Text(finding.English, "of"), len(c.Findings) > 0 && say.named("verify.noted.", string(c.Name)) != "":
		return say(words.CommonMarkNote), say.named("verify.noted.", string(c.Name))
	case len(c.Findings) > 0 && c.Name != verify.Signature: // an old one that is taken is neither wrong nor missing
		return say(words.CommonMarkNote), title(&c.Findings[0])
	case c.Facts.Text(finding.English, "seen") == string(reply.SeenNothing):
		return say(words.CommonMarkPass), say(words.VerifyTaken)
	}
	return say(words.CommonMarkPass), say.named("verify.passed.", string(c.Name))
}

func (o *verifyOptions) whySkipped(c *verify.Check) string {
	switch c.Skipped {
	case verify.LeftOut:
		return o.say(words.VerifyLeftOut)
	case verify.Limited:
		return o.say(words.VerifyLimited)
	}
	return o.say(words.VerifySkipped)
}

// worstOf is the first error among the findings, else the first warning; nil
// when there are only infos.
func worstOf(findings []finding.Finding) *finding.Finding {
	for _, severity := range []finding.Severity{finding.Error, finding.Warning} {
		for i := range findings {
			if findings[i].Severity == severity {
				return &findings[i]
			}
		}
	}
	return nil
}
