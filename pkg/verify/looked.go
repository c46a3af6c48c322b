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
// are not wanted that take messages, when there are none, or that the mode or
// the scheme cannot have.
func (r *Report) Looked() []Looked { return r.looked }

// Untried returns those of [Report.Looked] that were not tried.
func (r *Report) Untried() []Looked {
	return slices.DeleteFunc(slices.Clone(r.looked), func(l Looked) bool { return l.Outcome != Skipped })
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
	for _, c := range table {
		ids = append(ids, c.finds...)
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

// lookedFor says what came of looking for id. It was tried if one of the
// checks that can find it was made to its end.
func (e *engine) lookedFor(id string) (Looked, bool) {
	if i := slices.IndexFunc(e.report.Findings, func(f finding.Finding) bool { return f.ID == id }); i >= 0 {
		if len(e.Only) > 0 || e.report.Findings[i].Severity == finding.Error || e.Strict && e.report.Findings[i].Severity == finding.Warning {
			return Looked{ID: id, Outcome: Failed}, true
		}
		return Looked{ID: id, Outcome: Passed}, true
	}
	why := Interrupted
	applies := false
	for _, c := range e.report.Checks {
		if !slices.Contains(table[place(c.Name)].finds, id) {
			continue
		}
		if c.Outcome != Skipped {
			return Looked{ID: id, Outcome: Passed}, true
		}
		if !applies || weight(c.Reason) > weight(why) {
			why = c.Reason
		}
		applies = true
	}
	if len(e.Only) == 0 && (why == NotAsked || why == NotApplicable) {
		return Looked{}, false
	}
	return Looked{ID: id, Outcome: Skipped, Reason: why}, true
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
