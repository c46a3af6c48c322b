package scenario

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wxdev/wxdev/pkg/emulator/client"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
)

// Runner runs scenarios against one server. Pusher is required. It may run
// again, and remembers the times it gave its events, so that none is taken for
// another's duplicate.
type Runner struct {
	Pusher   *push.Pusher
	Format   msgcrypt.Format // of steps that say none; empty is XML
	To       string          // the account's original ID; empty is a test account's
	Parallel int             // deliveries at once, each to another user; 0 is 1
	API      *client.Client  // of the emulator that the server calls; nil is none, and no step may expect something later
	AppID    string          // of the account there; empty is its first one

	// Step is called after each step; it may be nil. Several goroutines call it
	// at once if Parallel is more than 1.
	Step func(*Scenario, *StepResult)

	clock clock
}

// Check reports what a scenario asks for and the account does not have, as an
// [*finding.FileError].
func (r *Runner) Check(s *Scenario) error {
	if r.API == nil {
		if err := s.NeedsEmulator(); err != nil {
			return err
		}
	}
	for _, st := range s.Steps {
		at := st.offsets.mode
		if st.mode == "" {
			at = st.offsets.send
		}
		if mode := r.mode(st); mode != msgcrypt.Plain && r.Pusher.Codec == nil {
			return s.text.Fail(at, finding.Because(reason.HintSetKeyOrNoMode), finding.Because(reason.ModeNeedsKey, "mode", string(mode)))
		}
		if err := s.unfit(st, r.format(st)); err != nil {
			return err
		}
	}
	return nil
}

// unfit reports a message that a format does not have.
func (s *Scenario) unfit(st *Step, format msgcrypt.Format) error {
	if format == msgcrypt.JSON && !st.typ.JSON {
		return s.text.Fail(st.offsets.send, finding.Because(reason.HintListMarks), finding.Because(reason.NotPushedInJSON, "type", st.typ.Name))
	}
	if v := st.forbidden(); v != nil && format != msgcrypt.JSON && !st.raw {
		return s.text.Fail(v.offset, finding.Because(reason.HintRaw), finding.Because(reason.CharacterXMLForbids))
	}
	return nil
}

// forbidden returns the first value that XML cannot have, or nil.
func (st *Step) forbidden() *template {
	for _, t := range st.sends() {
		if _, n := message.Sanitize([]byte(t.text)); n > 0 {
			return t
		}
	}
	return nil
}

// NeedsKey reports whether a scenario asks for an encrypted mode itself.
func (s *Scenario) NeedsKey() bool {
	for _, st := range s.Steps {
		if st.mode != "" && st.mode != msgcrypt.Plain {
			return true
		}
	}
	return false
}

func (r *Runner) mode(st *Step) msgcrypt.Mode {
	switch {
	case st.mode != "":
		return st.mode
	case r.Pusher.Mode != "":
		return r.Pusher.Mode
	}
	return msgcrypt.Plain
}

func (r *Runner) format(st *Step) msgcrypt.Format {
	if st.format != "" {
		return st.format
	}
	return r.Format
}

// Run runs the scenarios, and calls done for each when it and all before it are
// over. Its error is the context's: a scenario that fails is not an error.
func (r *Runner) Run(ctx context.Context, scenarios []*Scenario, done func(*Result)) error {
	r.clock.start(r.random(), r.now())
	slots := make(chan struct{}, max(r.Parallel, 1))
	if r.Parallel <= 1 {
		for _, s := range scenarios {
			x, err := r.newRun(s, slots)
			if err != nil {
				return err
			}
			x.lane(ctx, &lane{steps: x.all(), free: make(chan struct{})})
			if ctx.Err() != nil {
				return ctx.Err()
			}
			done(x.finish())
		}
		return nil
	}
	var runs []*run
	last := map[string]chan struct{}{} // the last lane of each user so far
	for _, s := range scenarios {
		x, err := r.newRun(s, slots)
		if err != nil {
			return err
		}
		x.chain(last)
		runs = append(runs, x)
	}
	for _, x := range runs {
		for _, l := range x.lanes {
			x.busy.Go(func() { x.lane(ctx, l) })
		}
	}
	for _, x := range runs {
		x.busy.Wait()
		if ctx.Err() == nil {
			done(x.finish())
		}
	}
	return ctx.Err()
}

// run is one scenario that is being run.
type run struct {
	*Runner
	scenario *Scenario
	result   *Result
	salt     string // makes names new users; empty if they are not
	slots    chan struct{}
	lanes    []*lane
	busy     sync.WaitGroup
	start    sync.Once
	began    time.Time
	failed   atomic.Bool

	ended    []chan struct{}     // by step: closed when it is over, or will not run
	captured []map[string]string // by step: written before ended is closed
}

// lane is the steps of one user, by number.
type lane struct {
	openID string
	steps  []int
	before chan struct{} // closed when the user is free; nil when it is
	free   chan struct{} // closed when this lane is over
}

func (r *Runner) newRun(s *Scenario, slots chan struct{}) (*run, error) {
	x := &run{
		Runner: r, scenario: s, slots: slots, result: &Result{Scenario: s},
		captured: make([]map[string]string, len(s.Steps)),
	}
	if s.Fresh {
		var b [8]byte
		if _, err := io.ReadFull(r.random(), b[:]); err != nil {
			return nil, finding.Because(reason.NoRandomBytes, "error", err)
		}
		x.salt = hex.EncodeToString(b[:]) + " "
	}
	byUser := map[string]*lane{}
	for i, st := range s.Steps {
		id := x.openID(st)
		x.ended = append(x.ended, make(chan struct{}))
		x.result.Steps = append(x.result.Steps, &StepResult{Step: st, OpenID: id})
		l := byUser[id]
		if l == nil {
			l = &lane{openID: id, free: make(chan struct{})}
			byUser[id] = l
			x.lanes = append(x.lanes, l)
		}
		l.steps = append(l.steps, i)
	}
	return x, nil
}

func (r *Runner) random() io.Reader {
	if r.Pusher.Rand != nil {
		return r.Pusher.Rand
	}
	return rand.Reader
}

// openID is the sender of a step.
func (x *run) openID(st *Step) string {
	if message.IsOpenID(st.From) {
		return st.From
	}
	return message.OpenID(x.salt + st.From)
}

// all are the numbers of all steps.
func (x *run) all() []int {
	numbers := make([]int, len(x.scenario.Steps))
	for i := range numbers {
		numbers[i] = i
	}
	return numbers
}

// chain makes each lane wait for the one before it that has the same user, so
// that no two scenarios talk as the same person at once.
func (x *run) chain(last map[string]chan struct{}) {
	for _, l := range x.lanes {
		l.before = last[l.openID]
		last[l.openID] = l.free
	}
}

func (x *run) finish() *Result {
	if !x.began.IsZero() {
		x.result.Took = time.Since(x.began)
	}
	if x.salt != "" {
		for _, l := range x.lanes {
			x.clock.forget(l.openID)
		}
	}
	return x.result
}

// lane runs steps in order until one fails, here or in another lane.
func (x *run) lane(ctx context.Context, l *lane) {
	defer close(l.free)
	if l.before != nil {
		<-l.before // ends with the context, as all lanes do
	}
	n := 0
	defer func() {
		for _, i := range l.steps[n:] {
			close(x.ended[i]) // whoever waits for it need not
		}
	}()
	for _, i := range l.steps {
		x.await(i)
		x.slots <- struct{}{}
		if x.failed.Load() || ctx.Err() != nil {
			<-x.slots
			return
		}
		x.start.Do(func() { x.began = time.Now() })
		x.step(ctx, i)
		<-x.slots
		if ctx.Err() != nil {
			return
		}
		if x.Step != nil {
			x.Step(x.scenario, x.result.Steps[i])
		}
		if x.result.Steps[i].Failure != nil {
			x.failed.Store(true)
			return
		}
		close(x.ended[i])
		n++
	}
}

// await returns when the steps are over whose variables this one uses. One
// that failed is over as well, and then so is this one.
func (x *run) await(i int) {
	for _, t := range x.scenario.Steps[i].templates() {
		for _, u := range t.uses {
			if u.step >= 0 {
				<-x.ended[u.step]
			}
		}
	}
}
