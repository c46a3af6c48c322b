package scenario

import (
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/reply"
)

// Result is the outcome of a scenario.
type Result struct {
	Scenario *Scenario
	Steps    []*StepResult // one for each step, in order
	Took     time.Duration
}

// OK reports whether every step ran and was answered as expected.
func (r *Result) OK() bool {
	for _, s := range r.Steps {
		if s.Runs == 0 || s.Failure != nil {
			return false
		}
	}
	return true
}

// Ran is how many of the steps were begun.
func (r *Result) Ran() int {
	n := 0
	for _, s := range r.Steps {
		if s.Runs > 0 {
			n++
		}
	}
	return n
}

// StepResult is the outcome of a step. It keeps no bytes of a step that went
// well, so that a long run stays small.
type StepResult struct {
	Step    *Step
	OpenID  string        // the sender's
	Sent    finding.Fact  // the last message in a few words; nil when there was none
	Got     finding.Fact  // the last answer likewise
	Seen    reply.Seen    // what its user saw
	Runs    int           // messages sent; 0 for a step that was not begun
	Took    time.Duration // all of them together
	Later   []Later       // customer-service messages that came after the answer, where the step expects some
	Notes   []finding.Finding
	Failure *Failure // nil if all went well
}

// Failure is why a step failed.
type Failure struct {
	Run        int            // the repetition, from 1
	Copy       int            // which duplicate; 0 is the message itself
	Delivery   *push.Delivery // nil when the message could not be made
	Mismatches []Mismatch
	Findings   []finding.Finding // that the step does not allow
	Err        error             // why the message could not be made
	Unread     error             // why the emulator could not be asked for what came later
}

// Kind is the key of an expectation that was not met.
type Kind string

// The kinds of a [Mismatch].
const (
	TypeOf      Kind = "type"
	Text        Kind = "text"
	Match       Kind = "match"
	NotMatch    Kind = "not_match"
	Contains    Kind = "contains"
	NotContains Kind = "not_contains"
	Articles    Kind = "articles"
	Field       Kind = "fields"
	Under       Kind = "under"
	NoFindings  Kind = "no_findings"
	Capture     Kind = "capture"
	Times       Kind = "times"

	// LaterPrefix is before the kinds of what is expected later: later.contains.
	LaterPrefix Kind = "later."
)

// Mismatch is one expectation that was not met. Want and Got are as they came,
// not safe to print.
type Mismatch struct {
	Kind   Kind
	Name   string // of the field or the variable
	Line   int    // of the expectation
	Want   string // variables filled in
	Got    string
	Absent bool // there is nothing to compare Want with
}
