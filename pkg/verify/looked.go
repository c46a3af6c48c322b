package verify

import (
	"slices"

	"github.com/wxdev/wxdev/pkg/finding"
)

// Looked is what came of looking for a finding.
type Looked struct {
	ID      string
	Outcome Outcome // Failed when it was found, Skipped when nothing that could find it was tried
	Reason  Reason  // why it was not tried
}

// Looked returns, for Only and Skip, what came of looking for each finding
// that was wanted, in the order of [IDs]; without them nil. With Skip those
// are not wanted that take messages, when there are none, that the mode or the
// scheme cannot have, or that hide behind what was skipped.
func (r *Report) Looked() []Looked { return r.looked }

// Untried returns those of [Report.Looked] that were not tried.
func (r *Report) Untried() []Looked {
	return slices.DeleteFunc(slices.Clone(r.looked), func(l Looked) bool { return l.Outcome != Skipped })
}

// Missed returns those checks that the budget kept from being made and without
// which nothing can be said of what was asked for: the request that WeChat sends,
// the values on which a wrong sort order shows, and with Messages the first message.
func (r *Report) Missed() []CheckName {
	if r.Selected { // see Untried
		return nil
	}
	foundations := []CheckName{Reach, Ticket, Echo, Order}
	if r.messages {
		foundations = append(foundations, Message)
	}
	var missed []CheckName
	for _, c := range r.Checks {
		if c.Reason == OutOfBudget && slices.Contains(foundations, c.Name) {
			missed = append(missed, c.Name)
		}
	}
	return missed
}

func (r *Report) found() int {
	n := 0
	for _, l := range r.looked {
		if l.Outcome == Failed {
			n++
		}
	}
	return n
}

// IDs returns the ids of all findings that the checks can come to, sorted.
func IDs() []string {
	var ids []string
	for _, c := range table() {
		ids = append(ids, c.finds...)
		ids = append(ids, c.also...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (e *engine) looked() []Looked {
	if !e.report.Selected {
		return nil
	}
	var all []Looked
	for _, id := range IDs() {
		if !e.wanted(id) {
			continue
		}
		if l, ok := e.lookedFor(id); ok {
			all = append(all, l)
		}
	}
	return all
}

// lookedFor says what came of looking for id. It was tried if a check that is
// made for it was made to its end; what keeps a request from being accepted is
// not there when one was.
func (e *engine) lookedFor(id string) (Looked, bool) {
	if i := slices.IndexFunc(e.report.Findings, func(f finding.Finding) bool { return f.ID == id }); i >= 0 {
		if severity := e.report.Findings[i].Severity; len(e.Only) == 0 && (severity == finding.Info || severity == finding.Warning && !e.Strict) {
			return Looked{ID: id, Outcome: Passed}, true
		}
		return Looked{ID: id, Outcome: Failed}, true
	}
	why := NotApplicable
	for _, c := range e.report.Checks {
		switch {
		case !decides(c.Name, id):
			continue
		case c.Outcome != Skipped, c.Name == Cause && e.report.Accepted:
			return Looked{ID: id, Outcome: Passed}, true
		case weight(c.Reason) > weight(why):
			why = c.Reason
		}
	}
	if len(e.Only) == 0 && (why == NotAsked || why == NotApplicable || why == Masked) {
		return Looked{}, false
	}
	return Looked{ID: id, Outcome: Skipped, Reason: why}, true
}

// decides reports whether a check is made for a finding. Of those that several
// come to, Cause decides only what no other does: it ends at the first cause.
func decides(name CheckName, id string) bool {
	has := func(c check) bool { return slices.Contains(c.finds, id) }
	if name == Cause {
		return has(table()[place(Cause)]) && !slices.ContainsFunc(table(), func(c check) bool { return c.name != Cause && has(c) })
	}
	return has(table()[place(name)])
}

// weight puts the reasons that tell of the server before those that tell of
// the check.
func weight(why Reason) int {
	switch why {
	case NotApplicable:
		return 0
	case NotAsked:
		return 1
	case Masked:
		return 2
	}
	return 3
}
