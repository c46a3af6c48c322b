package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/push"
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
	say := o.words()
	switch {
	case r.Accepted && r.Count(finding.Error) == 0:
		return say.accepted
	case r.Accepted:
		return say.unsafe
	case len(r.Findings) > 0 && consoleSays(r.Findings[0].ID) == catalog.ConsoleTimeout:
		return say.timeout
	}
	return say.refused
}

// consoleSays is what the console says of a finding.
func consoleSays(id string) catalog.Console {
	if e, ok := catalog.Lookup(id); ok && e.Console != "" {
		return e.Console
	}
	return catalog.ConsoleToken
}

func countWord(lang finding.Lang, n int, one, many, zh string) string {
	switch {
	case lang == finding.Chinese:
		return fmt.Sprintf("%d 个%s", n, zh)
	case n == 1:
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (o *verifyOptions) printReport(r *verify.Report, findings []findingJSON) {
	w, p, say, lang := o.env.Out, o.Colors(o.env.OutTTY), o.words(), o.Lang()
	paint := p.Green
	switch {
	case !r.OK():
		paint = p.Red
	case r.Count(finding.Warning) > 0:
		paint = p.Yellow
	}
	fmt.Fprintf(w, "\n%s\n", paint(o.verdict(r)))
	fmt.Fprintf(w, "%s\n", p.Dim(fill(say.counts, map[string]string{
		"errors":   countWord(lang, r.Count(finding.Error), "error", "errors", "错误"),
		"warnings": countWord(lang, r.Count(finding.Warning), "warning", "warnings", "警告"),
		"requests": countWord(lang, len(r.Probes), "request", "requests", "请求"), "time": shortTime(r.Took),
	})))
	printFindings(w, o.globals, findings)
	if r.OK() {
		fmt.Fprintf(w, "\n%s\n", p.Bold(say.unseen))
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
	p, say := o.Colors(o.env.OutTTY), o.words()
	var ids []string
	for _, f := range c.Findings {
		if !slices.Contains(ids, f.ID) {
			ids = append(ids, f.ID)
		}
	}
	label, text := o.checkLine(c)
	state := map[string]func(...any) string{say.pass: p.Green, say.fail: p.Red, say.skip: p.Dim}[label]
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
	say, worst := o.words(), worstOf(c.Findings)
	title := func(f *finding.Finding) string {
		return describe(o.Lang(), *f).Title
	}
	switch {
	case worst != nil && worst.Severity == finding.Warning:
		return say.warn, title(worst)
	case worst != nil && (c.Name != verify.Reach && c.Name != verify.Echo || worst.ID == "V44"):
		return say.fail, title(worst)
	case !c.Passed:
		return say.fail, cmp.Or(say.failed[c.Name+" "+c.Facts.Text(finding.English, "body")], say.failed[c.Name], say.checks[c.Name])
	case c.Skipped != "":
		return say.skip, o.whySkipped(c)
	case c.Facts.Text(finding.English, "unclear") != "":
		return say.note, say.postUnclear
	case c.Facts.Text(finding.English, "count") != c.Facts.Text(finding.English, "of"), len(c.Findings) > 0 && say.noted[c.Name] != "":
		return say.note, say.noted[c.Name]
	case len(c.Findings) > 0 && c.Name != verify.Signature: // an old one that is taken is neither wrong nor missing
		return say.note, title(&c.Findings[0])
	case c.Facts.Text(finding.English, "seen") == string(push.SeenNothing):
		return say.pass, say.taken
	}
	return say.pass, say.checks[c.Name]
}

func (o *verifyOptions) whySkipped(c *verify.Check) string {
	switch c.Skipped {
	case verify.LeftOut:
		return o.words().leftOut
	case verify.Limited:
		return o.words().limited
	}
	return o.words().skipped
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
