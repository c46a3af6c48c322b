// Package load delivers many messages to a server as WeChat would, at a rate or
// as fast as the server goes, and says how long the answers took and what users
// saw.
//
// A [Source] makes the messages, each another one; a [Plan] says where they go,
// how many and how fast; Run carries it out:
//
//	source, err := load.NewSource(load.Options{Mix: mix, Users: 100_000})
//	plan := &load.Plan{Pusher: pusher, Source: source, Rate: 500, Duration: time.Minute, Check: 0.01}
//	result, err := plan.Run(ctx)
//	if result.Withheld() == "" { fmt.Println(result.Latency.Percentile(99), result.Faults) }
//
// # Open and closed loop
//
// With a Rate the loop is open: message i is due at the start + i/Rate, and is
// sent then, however many the server still has. Its latency counts from the
// moment at which it was due to the last byte of the answer that was accepted, so
// that no stall of the server hides what users would have waited. A message
// that left over [LateAfter] after its time was late. When more than one in a
// hundred were, the generator was the limit and not the server: [Result.Withheld]
// says why, and the percentiles are not to be shown. What has a Duration ends: a
// message that still waits for its turn when those sent last could have been delivered
// three times is not sent any more, and is [Result].Unsent.
//
// Without a Rate the loop is closed: each of so many Connections sends its next
// message when the one before it is done. That finds the most a server can do,
// and says little of what users wait. Latency counts from the sending.
//
// # As WeChat
//
// Each delivery is HTTP/1.0 on a connection of its own, the very bytes of package
// push. KeepAlive keeps the connections, with HTTP/1.1, for the ceiling of
// the server itself; a request that finds its kept connection closed is made on a
// new one, as all clients do, and that is no error.
//
// A delivery without a whole answer of status 200 in time is made again, byte for
// byte, up to [push.Attempts] in all. After the last the user sees that the
// service is out of order: a fault. What WeChat would do with an answer is for
// package reply to say, so an answer that breaks a rule may be a fault too.
// A message that cannot leave because this machine has no port or descriptor left
// is not delivered again, and is no fault: it says nothing of the server.
//
// A delivery that was cut off for its time may be answered yet. Its connection
// is closed for sending, which a server sees as WeChat's cut, and heard for a
// while: a message of which two deliveries were answered, and not with the same
// or with nothing, was handled twice ([Result].AnsweredTwice). Of those that
// are cut off at the same time no more than a few hundred are heard.
//
// # What is judged
//
// Check is the share of the accepted answers that is judged by every rule there
// is. What was not accepted is always judged. Of each kind of finding the first
// is kept, with its exchange, and the others are counted.
//
// The package has no words for people and no guard: whether a server may be
// loaded is for the command to ask.
//
// # Compatibility
//
// The README says what a release may change. Classes of errors may be added.
package load

import (
	"context"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/wire"
)

// LateAfter is how long after its time a message of the open loop may leave.
const LateAfter = 10 * time.Millisecond

// MaxOpen is the bound on the connections of the open loop where a Plan has none.
const MaxOpen = 10_000

// Plan is a load to be put on a server. Pusher and Source are required, Rate or
// Connections, and Duration or Count: the load ends with whichever comes first.
type Plan struct {
	Pusher *push.Pusher // the server and the account; its OnAttempt is not called
	Source *Source

	Rate        float64 // messages a second: the open loop
	Connections int     // of the closed loop; in the open loop a bound on those in use, 0 is [MaxOpen]
	Duration    time.Duration
	Count       int
	KeepAlive   bool
	Timeout     time.Duration // of one delivery; 0 is the Sender's, or [wire.DefaultTimeout]
	Check       float64       // the share of accepted answers that is judged: 1 is all, 0 none

	// OnTick is called about once a second with how things are, never by two
	// goroutines at once; it may be nil.
	OnTick func(Snapshot)
}

func (p *Plan) check() error {
	switch {
	case p.Rate < 0 || math.IsNaN(p.Rate) || math.IsInf(p.Rate, 0), p.Rate == 0 && p.Connections <= 0, p.Connections < 0:
		return finding.Because(reason.LoadWithoutPace)
	case p.Count <= 0 && p.Duration <= 0:
		return finding.Because(reason.LoadWithoutEnd)
	}
	_, err := wire.CheckURL(p.Pusher.URL)
	return err
}

func (p *Plan) timeout() time.Duration {
	switch {
	case p.Timeout > 0:
		return p.Timeout
	case p.Pusher.Sender.Timeout > 0:
		return p.Pusher.Sender.Timeout
	}
	return wire.DefaultTimeout
}

// most is how many connections may be in use at once.
func (p *Plan) most() int {
	switch {
	case p.Connections > 0 && p.Count > 0:
		return min(p.Connections, p.Count)
	case p.Connections > 0:
		return p.Connections
	case p.Count > 0:
		return min(p.Count, MaxOpen)
	}
	return MaxOpen
}

// Run carries out the plan, and returns when the last message has been answered,
// or given up. When the context ends before, what there is so far comes back, and
// Interrupted is set. The error is of a plan that cannot be carried out, or of a
// message that cannot be made; with the latter comes what there is so far too.
func (p *Plan) Run(ctx context.Context) (*Result, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r, err := newRun(ctx, p, cancel)
	if err != nil {
		return nil, err
	}
	defer context.AfterFunc(ctx, r.aborts.end)()
	stop := r.book.tick(r.began, p.OnTick)
	if p.Rate > 0 {
		r.open(ctx)
	} else {
		r.closed(ctx)
	}
	took := time.Since(r.began)
	r.late.Wait()
	stop()
	return r.result(ctx, took)
}

// run is a plan that is being carried out.
type run struct {
	plan   *Plan
	pusher push.Pusher
	route  *wire.Route
	began  time.Time
	book   *book
	fail   context.CancelCauseFunc // ends the run
	aborts aborts
	unsent int64 // of the schedule

	hearing atomic.Int64 // how many deliveries that were cut off
	late    sync.WaitGroup
}

func newRun(ctx context.Context, p *Plan, fail context.CancelCauseFunc) (*run, error) {
	r := &run{plan: p, pusher: *p.Pusher, fail: fail, book: newBook(runtime.GOMAXPROCS(0))}
	r.pusher.Sender.Timeout = p.timeout()
	route, err := r.pusher.Sender.Route(ctx, p.Pusher.URL)
	if err != nil {
		return nil, err
	}
	r.route, r.began = route, time.Now()
	return r, nil
}
