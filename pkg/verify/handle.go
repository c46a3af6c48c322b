package verify

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/wire"
)

// handle is what a check works with: it sends requests and reports what it
// finds. It refuses findings that the check's row in the table does not name.
type handle struct {
	*engine
	check    *check
	began    time.Time
	findings []finding.Finding
	failed   bool   // it failed, and the cause is found by another check
	skip     Reason // it says nothing
	twice    bool   // it was made again, since the server was gone meanwhile
	requests int
	lost     int
	unsent   int

	asTicket bool // what is pushed is a third-party platform's ticket
}

// find records a finding with the severity that the catalogue gives its
// variant. Facts are name, value, name, value…
func (h *handle) find(id, variant string, ex *wire.Exchange, facts ...any) {
	h.add(answer.NewFinding(id, variant, ex, facts...))
}

// add records f, once.
func (h *handle) add(f finding.Finding) {
	if !h.check.mayFind(f.ID) {
		h.fail(fmt.Errorf("verify: the check %s found %s %s, which the table does not say it can", h.check.name, f.ID, f.Variant))
		return
	}
	if f.ID == "V04" && f.Variant == "gateway" && h.report.Accepted && f.Exchange != nil && bytes.HasPrefix(f.Exchange.Sent, []byte("POST ")) {
		f.Variant = "gateway-post" // the application is there, as the GETs show
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if slices.ContainsFunc(h.report.Findings, func(have finding.Finding) bool {
		return have.ID == f.ID && have.Variant == f.Variant
	}) {
		return
	}
	h.report.Findings = append(h.report.Findings, f)
	h.findings = append(h.findings, f)
}

func (h *handle) addAll(found []finding.Finding) {
	for _, f := range found {
		h.add(f)
	}
}

// found reports whether some check has found id.
func (e *engine) found(id string) bool {
	return slices.ContainsFunc(e.report.Findings, func(f finding.Finding) bool { return f.ID == id })
}

// end makes the result of a check that has run: what it found, else why it
// proves nothing, else that it passed.
func (h *handle) end(facts finding.Facts) Check {
	c := Check{Name: h.check.name, Outcome: Passed, Facts: facts, Requests: h.requests, Took: time.Since(h.began)}
	for _, f := range h.findings {
		if h.wanted(f.ID) {
			c.Findings = append(c.Findings, f)
		}
	}
	if len(c.Findings) > 0 {
		if slices.ContainsFunc(c.Findings, h.fails) {
			c.Outcome = Failed
		}
		return c
	}
	switch why := h.inconclusive(); {
	case why != "":
		c.Outcome, c.Reason = Skipped, why
	case h.failed:
		c.Outcome = Failed
	}
	return c
}

// fails reports whether a check that found f has failed.
func (h *handle) fails(f finding.Finding) bool {
	return f.Severity == finding.Error || f.Severity == finding.Warning && h.Strict
}

// inconclusive is why a check that found nothing that is wanted proves nothing,
// empty if it does.
func (h *handle) inconclusive() Reason {
	hides := func(f finding.Finding) bool { return f.Severity != finding.Info }
	switch {
	case !h.wants(h.check):
		return LeftOut
	case slices.ContainsFunc(h.findings, hides):
		return Masked
	case h.noneAnswered():
		return cmp.Or(h.why(), Limited)
	case h.failed: // which is an answer
		return ""
	case h.ctx.Err() != nil:
		return Interrupted
	case h.skip != "":
		return h.skip
	case h.unsent > 0:
		return h.why()
	}
	return ""
}

// noneAnswered reports whether a limit, or the end of the run, kept all that
// the check wanted to send from being answered.
func (h *handle) noneAnswered() bool { return h.lost == h.requests && h.lost+h.unsent > 0 }
