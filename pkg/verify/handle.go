package verify

import (
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

// allLost reports whether a rate limit refused all that the check sent.
func (h *handle) allLost() bool { return h.lost == h.requests && h.lost+h.unsent > 0 }

// end makes the result of a check that has run.
func (h *handle) end(facts finding.Facts) Check {
	c := Check{Name: h.check.name, Outcome: Passed, Facts: facts, Requests: h.requests, Took: time.Since(h.began)}
	hidden := false
	for _, f := range h.findings {
		if !h.wanted(f.ID) {
			hidden = hidden || f.Severity != finding.Info
			continue
		}
		c.Findings = append(c.Findings, f)
		if f.Severity == finding.Error || f.Severity == finding.Warning && h.Strict {
			c.Outcome = Failed
		}
	}
	switch {
	case !h.wants(h.check):
		c.skip(LeftOut)
	case len(c.Findings) > 0:
	case hidden:
		c.skip(Masked)
	case h.allLost() && h.stop == "":
		c.skip(Limited)
	case h.failed && !h.allLost():
		c.Outcome = Failed
	case h.ctx.Err() != nil:
		c.skip(Interrupted)
	case h.skip != "":
		c.skip(h.skip)
	case h.allLost() || h.stop != "" && h.stop != Died && h.unsent > 0:
		c.skip(h.why())
	}
	return c
}

func (c *Check) skip(why Reason) { c.Outcome, c.Reason = Skipped, why }
