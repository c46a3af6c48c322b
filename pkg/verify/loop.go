package verify

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/product"
)

// run runs the table. Nothing else decides which checks are made.
func (e *engine) run() {
	table := slices.DeleteFunc(slices.Clone(table()), func(c check) bool { return !c.suits(e.Product) })
	for i := 0; i < len(table); {
		next := i + 1
		for e.width > 1 && next < len(table) && table[next].beside && table[i].beside {
			next++
		}
		e.together(table[i:next])
		i = next
	}
	checks := e.report.Checks
	sort.Slice(checks, func(i, j int) bool { return place(checks[i].Name) < place(checks[j].Name) }) // one copy of the code for all types: slices has 15 KB for this one
}

// place is where in the table a check is.
func place(name CheckName) int {
	return slices.IndexFunc(table(), func(c check) bool { return c.name == name })
}

// together runs checks whose first requests may overlap: all are asked before
// the first answer is judged.
func (e *engine) together(group []check) {
	type started struct {
		*handle
		judge judge
	}
	var under []started
	for i := range group {
		c := &group[i]
		if e.done(c.name) {
			continue
		}
		if why := e.unmet(c); why != "" {
			e.record(Check{Name: c.name, Outcome: Skipped, Reason: why})
			continue
		}
		h := &handle{engine: e, check: c, began: time.Now()}
		e.progress(Event{Check: c.name, Requests: len(e.report.Probes)})
		under = append(under, started{h, c.run(h)})
	}
	for _, s := range under {
		if why := e.unmet(s.check); why != "" { // one of the group found out
			e.record(Check{Name: s.check.name, Outcome: Skipped, Reason: why, Requests: s.requests})
			continue
		}
		facts := s.judge()
		if s.stillThere() {
			facts = s.repeat()
		}
		e.record(s.end(facts))
		if e.halted() == doubtful {
			e.together(table()[place(Steady) : place(Steady)+1])
		}
	}
	e.under.Wait()
	e.forget()
}

// repeat makes a check again.
func (h *handle) repeat() finding.Facts {
	h.failed, h.skip, h.lost, h.unsent = false, "", 0, 0
	facts := h.check.run(h)()
	h.stillThere()
	return facts
}

func (e *engine) done(name CheckName) bool {
	return slices.ContainsFunc(e.report.Checks, func(c Check) bool { return c.Name == name })
}

// record keeps the result of a check.
func (e *engine) record(c Check) {
	e.report.Checks = append(e.report.Checks, c)
	e.progress(Event{Check: c.Name, Requests: len(e.report.Probes), Done: &c})
}

func (e *engine) progress(ev Event) {
	if e.Progress != nil && (e.ctx.Err() == nil || ev.Done != nil) {
		e.Progress(ev)
	}
}

// unmet says why a check is not to be made, or "".
func (e *engine) unmet(c *check) Reason {
	if !e.runs[c.name] {
		return LeftOut
	}
	if e.ctx.Err() != nil {
		return Interrupted
	}
	for _, n := range c.needs {
		if why := n.unmet(e); why != "" {
			return why
		}
	}
	if e.halted() == doubtful && c.name == Steady || c.sendsNothing {
		return ""
	}
	return e.why()
}

// why is the reason of the checks that are left when nothing more is sent.
func (e *engine) why() Reason {
	if e.stop == doubtful {
		return Limited
	}
	return e.stop
}

// runs are the checks that are to be made: those that can find something
// wanted, and those that find out what these need to know.
type runs map[CheckName]bool

func (e *engine) plan() runs {
	all, table := runs{}, table()
	var need func(c *check)
	need = func(c *check) {
		if all[c.name] {
			return
		}
		all[c.name] = true
		for _, n := range c.needs {
			if n.from != "" {
				need(&table[place(n.from)])
			}
		}
	}
	for i := range table {
		if table[i].suits(e.Product) && e.wants(&table[i]) && (!e.Handshake || slices.Contains(handshake(), table[i].name)) {
			need(&table[i])
		}
	}
	if e.Product == product.Component {
		need(&table[place(Ticket)]) // nothing is known of the server before
	}
	return all
}

// handshake are the checks of [Options].Handshake.
func handshake() []CheckName { return []CheckName{Reach, Echo, Cause, Ticket} }

// wants reports whether a check can find something that is wanted.
func (e *engine) wants(c *check) bool {
	return slices.ContainsFunc(c.finds, e.wanted) || slices.ContainsFunc(c.also, e.wanted)
}

// wanted reports whether an id is to be looked for.
func (e *engine) wanted(id string) bool {
	has := func(list []string) bool {
		return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, id) })
	}
	return (len(e.Only) == 0 || has(e.Only)) && !has(e.Skip)
}

// order keeps the findings that are wanted: errors before warnings before
// infos, and what was found first, the cause, first among them.
func (e *engine) order(findings []finding.Finding) []finding.Finding {
	kept := slices.DeleteFunc(findings, func(f finding.Finding) bool { return !e.wanted(f.ID) })
	rank := map[finding.Severity]int{finding.Error: 0, finding.Warning: 1, finding.Info: 2}
	slices.SortStableFunc(kept, func(a, b finding.Finding) int { return cmp.Compare(rank[a.Severity], rank[b.Severity]) })
	return kept
}
