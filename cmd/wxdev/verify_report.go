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
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/verify"
)

// verifyJSON is what --json prints.
type verifyJSON struct {
	outcome

	Accepted *bool             `json:"accepted"` // null with --only and --skip, and when nothing was asked
	URL      string            `json:"url"`
	Mode     string            `json:"mode"`
	Looked   []lookedJSON      `json:"looked,omitempty"` // with --only and --skip
	Checks   []verifyCheckJSON `json:"checks"`
	Probes   []probeJSON       `json:"probes"`
	Unseen   []unseenJSON      `json:"unseen,omitempty"`
	MS       float64           `json:"ms"`
}

type verifyCheckJSON struct {
	Name     verify.CheckName `json:"name"`
	Outcome  verify.Outcome   `json:"outcome"`
	Reason   verify.Reason    `json:"reason,omitempty"` // of a skipped one
	Findings []string         `json:"findings,omitempty"`
	Requests int              `json:"requests"`
	MS       float64          `json:"ms"`
}

type lookedJSON struct {
	ID      string         `json:"id"`
	Outcome verify.Outcome `json:"outcome"`
	Reason  verify.Reason  `json:"reason,omitempty"`
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

func (o *verifyOptions) document(r *verify.Report, findings []findingJSON, ok bool) verifyJSON {
	doc := verifyJSON{
		outcome: newOutcome(ok, findings...), URL: r.URL, Mode: r.Mode,
		Checks: []verifyCheckJSON{}, Probes: []probeJSON{}, MS: millis(r.Took),
	}
	if !r.Selected && !slices.Contains(r.Missed(), verify.Reach) {
		doc.Accepted = &r.Accepted
	}
	for _, l := range r.Looked() {
		doc.Looked = append(doc.Looked, lookedJSON(l))
	}
	for _, c := range r.Checks {
		doc.Checks = append(doc.Checks, verifyCheckJSON{c.Name, c.Outcome, c.Reason, findingIDs(c.Findings), c.Requests, millis(c.Took)})
	}
	for _, p := range r.Probes {
		pj := probeJSON{Name: p.Name, Request: p.Exchange.Request.Line(), MS: millis(p.Exchange.Times.Total), Shown: p.Shown}
		if p.Exchange.Response != nil {
			pj.Status = p.Exchange.Response.Status
		}
		doc.Probes = append(doc.Probes, pj)
	}
	if ok && !r.Selected {
		for _, id := range verify.Unseen(o.Product) {
			if e, ok := catalog.Lookup(id); ok {
				doc.Unseen = append(doc.Unseen, unseenJSON{id, e.Text(o.Lang()).Title})
			}
		}
	}
	return doc
}

// findingIDs are the ids of findings, each once.
func findingIDs(findings []finding.Finding) []string {
	var ids []string
	for _, f := range findings {
		if !slices.Contains(ids, f.ID) {
			ids = append(ids, f.ID)
		}
	}
	return ids
}

func millis(d time.Duration) float64 {
	return float64(d.Round(100*time.Microsecond)) / float64(time.Millisecond)
}

func (o *verifyOptions) verdict(r *verify.Report) string {
	say := o.sayer()
	switch {
	case r.Selected:
		return o.looked(r)
	case o.outOfBudget(r):
		return say(words.VerifyOutOfBudget)
	case o.Product == product.Component && !r.Accepted:
		return say(words.VerifyTicketRefused, "words", product.Of(o.Product, "").Refused)
	case o.Product == product.Component && r.Count(finding.Error) == 0:
		return say(o.platformAcceptance(r))
	case r.Accepted && r.Count(finding.Error) == 0:
		return say(o.acceptance(r))
	case r.Accepted:
		return say(words.VerifyUnsafe)
	}
	rules := product.Of(o.Product, msgcrypt.Format(o.Format))
	said := rules.Refused
	if len(r.Findings) > 0 && consoleSays(r.Findings[0].ID) == catalog.ConsoleTimeout {
		said = rules.TimedOut
	}
	if said == "" {
		return say(words.VerifyRefusedSilently)
	}
	return say(words.VerifyRefused, "words", said)
}

// acceptance is the verdict on a server that nothing is wrong with, as far as
// it was tried.
func (o *verifyOptions) acceptance(r *verify.Report) words.ID {
	for _, c := range r.Checks {
		if c.Outcome == verify.Skipped && !slices.Contains([]verify.Reason{verify.NotApplicable, verify.NotAsked, verify.Silent, verify.LeftOut}, c.Reason) {
			return words.VerifyVerifiedPartly
		}
	}
	if !o.Messages {
		return words.VerifyVerified
	}
	return words.VerifyAccepted
}

// platformAcceptance is that of a third-party platform.
func (o *verifyOptions) platformAcceptance(r *verify.Report) words.ID {
	switch all := o.acceptance(r) == words.VerifyAccepted; {
	case o.Launch:
		return words.VerifyTicketLaunch
	case all:
		return words.VerifyTicketAll
	}
	return words.VerifyTicketTaken
}

// unpublished reports whether WeChat cannot reach the address that was checked.
func unpublished(r *verify.Report) bool {
	return slices.ContainsFunc(r.Findings, func(f finding.Finding) bool {
		return f.ID == "V04" && (f.Variant == "private-address" || f.Variant == "private-ip")
	})
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

func (o *verifyOptions) printReport(r *verify.Report, findings []findingJSON, verdict string, ok bool) {
	if !o.quiet {
		o.printSkipped(r)
	}
	w, p, say, lang := o.env.Out, o.Colors(o.env.OutTTY), o.sayer(), o.Lang()
	paint := p.Green
	switch {
	case !ok:
		paint = p.Red
	case r.Count(finding.Warning) > 0:
		paint = p.Yellow
	}
	fmt.Fprintf(w, "\n%s\n", paint(wrap(verdict, o.env.Width, "")))
	if r.Accepted && !r.Selected && !o.outOfBudget(r) && unpublished(r) {
		fmt.Fprintln(w, paint(say(words.VerifyOncePublished)))
	}
	fmt.Fprintf(w, "%s\n", p.Dim(say(words.VerifyCounts, "errors", countWord(lang, r.Count(finding.Error), words.CommonCountOneError, words.CommonCountErrors), "warnings", countWord(lang, r.Count(finding.Warning), words.CommonCountOneWarning, words.CommonCountWarnings), "requests", countWord(lang, len(r.Probes), words.CommonCountOneRequest, words.CommonCountRequests), "time", shortTime(r.Took))))
	printFindings(w, o.globals, findings)
	if ok && !r.Selected {
		fmt.Fprintf(w, "\n%s\n", p.Bold(say(words.VerifyUnseen)))
		for _, id := range verify.Unseen(o.Product) {
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

// printCheck writes the line of a check that has ended. Those of the skipped
// ones come last: see printSkipped.
func (o *verifyOptions) printCheck(c *verify.Check) {
	if c.Outcome == verify.Skipped {
		return
	}
	label, text := o.checkLine(c)
	text = c.Facts.Fill(o.Lang(), text)
	if ids := findingIDs(c.Findings); len(ids) > 0 {
		text += "  [" + strings.Join(ids, " ") + "]"
	}
	o.printLine(label, string(c.Name), text)
}

// printSkipped writes a line for each reason that checks were skipped for.
func (o *verifyOptions) printSkipped(r *verify.Report) {
	var reasons []verify.Reason
	names := map[verify.Reason][]string{}
	for _, c := range r.Checks {
		if c.Outcome == verify.Skipped {
			if names[c.Reason] == nil {
				reasons = append(reasons, c.Reason)
			}
			names[c.Reason] = append(names[c.Reason], string(c.Name))
		}
	}
	for _, why := range reasons {
		o.printLine(o.say(words.CommonMarkSkip), o.list(names[why]), o.reason(why))
	}
}

// printLine writes a line with a mark, in the colour that it has. What has a
// long name begins below it.
func (o *verifyOptions) printLine(label, name, text string) {
	p, say := o.Colors(o.env.OutTTY), o.sayer()
	paint := map[string]func(...any) string{say(words.CommonMarkPass): p.Green, say(words.CommonMarkFail): p.Red, say(words.CommonMarkSkip): p.Dim}[label]
	if paint == nil {
		paint = p.Yellow
	}
	const column = 18
	indent := strings.Repeat(" ", column)
	label = paint(label) + strings.Repeat(" ", max(0, 4-columns(label)))
	if len(name) > column-8 {
		fmt.Fprintf(o.env.Out, "  %s %s\n%s%s\n", label, wrap(name, o.env.Width-8, "       "), indent, wrap(text, o.env.Width-column-1, indent))
		return
	}
	fmt.Fprintf(o.env.Out, "  %s %-10s %s\n", label, name, wrap(text, o.env.Width-column-1, indent))
}

// checkLine is the mark of a check's line and its text.
func (o *verifyOptions) checkLine(c *verify.Check) (label, text string) {
	say, worst := o.sayer(), worstOf(c.Findings)
	title := func(f *finding.Finding) string {
		return describe(o.Lang(), *f).Title
	}
	name := string(c.Name)
	switch {
	case worst != nil && worst.Severity == finding.Warning:
		return say(words.CommonMarkWarn), title(worst)
	case worst != nil && (c.Name != verify.Reach && c.Name != verify.Echo || worst.ID == "V44"):
		return say(words.CommonMarkFail), title(worst)
	case c.Outcome == verify.Failed:
		return say(words.CommonMarkFail), cmp.Or(say.named("verify.failed.", name+" "+c.Facts.Text(finding.English, "body")), say.named("verify.failed.", name), say.named("verify.passed.", name))
	case c.Facts.Text(finding.English, "unclear") != "":
		return say(words.CommonMarkNote), say(words.VerifyPostUnclear)
	case c.Facts.Text(finding.English, "count") != c.Facts.Text(finding.English, "of"), len(c.Findings) > 0 && say.named("verify.noted.", name) != "":
		return say(words.CommonMarkNote), say.named("verify.noted.", name)
	case len(c.Findings) > 0 && c.Name != verify.Signature: // an old one that is accepted is neither wrong nor missing
		return say(words.CommonMarkNote), title(&c.Findings[0])
	case c.Facts.Text(finding.English, "seen") == string(reply.SeenNothing):
		return say(words.CommonMarkPass), say(words.VerifyTaken)
	}
	return say(words.CommonMarkPass), say.named("verify.passed.", name)
}

// reason says why a check was skipped.
func (o *verifyOptions) reason(why verify.Reason) string {
	return o.sayer().named("verify.reason.", string(why))
}

// looked is the verdict where only some findings were looked for.
func (o *verifyOptions) looked(r *verify.Report) string {
	say := o.sayer()
	var found []string
	for _, l := range r.Looked() {
		if l.Outcome == verify.Failed {
			found = append(found, l.ID)
		}
	}
	list := func(ids []string) string { return strings.Join(ids, say(words.CommonList)) }
	result := say(words.VerifyNotFound)
	switch untried := r.Untried(); {
	case len(found) > 0:
		result = say(words.VerifyFound, "ids", list(found))
	case len(untried) > 0:
		result = say(words.VerifyUntried, "ids", o.untried(untried))
	}
	if len(o.Only) > 0 {
		return say(words.VerifyOnly, "ids", strings.ToUpper(list(o.Only)), "result", result)
	}
	return say(words.VerifyAllBut, "ids", strings.ToUpper(list(o.Skip)), "result", result)
}

// untried lists findings that could not be looked for, by the reason.
func (o *verifyOptions) untried(all []verify.Looked) string {
	var parts []string
	for len(all) > 0 {
		why := all[0].Reason
		var ids []string
		all = slices.DeleteFunc(slices.Clone(all), func(l verify.Looked) bool {
			if l.Reason == why {
				ids = append(ids, l.ID)
			}
			return l.Reason == why
		})
		parts = append(parts, o.say(words.VerifyUntriedWhy, "ids", strings.Join(ids, o.say(words.CommonList)), "why", o.reason(why)))
	}
	return strings.Join(parts, o.say(words.CommonSemicolon))
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
