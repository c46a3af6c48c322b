package load

import (
	"context"
	"errors"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
)

// Result is what came of a plan.
type Result struct {
	Sent     int64   // messages, each counted once
	Answered int64   // messages with a whole answer of status 200
	Canceled int64   // messages on their way when the context ended
	Seconds  float64 // from the start to the end of the last message
	Rate     float64 // messages sent a second, while they were sent

	Late    int64 // messages that left over [LateAfter] after their time
	Crowded int64 // of those the ones that waited for one of the connections
	Unsent  int64 // messages that were due, and still waited when the time was long over; not among Sent
	Local   int64 // messages that could not leave, or not again, as this machine had no port or descriptor left

	Latency       *Latency // of the messages that were answered
	Faults        int64    // users who saw the fault line
	Redelivered   int64    // deliveries after a message's first
	AnsweredTwice int64    // messages that the server handled twice
	Checked       int64    // answers that were judged

	Errors   map[Class]int64 // deliveries that failed, by what was wrong
	Findings []Count         // in the order in which they came
	Series   []Second        // second by second, from the start

	Interrupted bool // the context ended before the plan did
}

// Count is a kind of finding: the first one, and how many messages had it.
type Count struct {
	Finding finding.Finding
	N       int64
}

// Second is one second of a run: what was sent in it and what ended in it.
type Second struct {
	Sent, Answered, Errors, Faults int64
	P50, P99, Max                  time.Duration // of those answered in it; 0 without any
}

// Snapshot is how a run is going.
type Snapshot struct {
	Elapsed                              time.Duration
	Sent, Answered, Errors, Late, Faults int64
	InFlight                             int64
	Last                                 Second // the second that just ended
}

// Withheld is why the percentiles are not to be shown. The empty one is no
// reason.
type Withheld string

// The reasons there are: more than one message in a hundred was sent late or not at
// all, by a generator that could not do it in time, for want of a connection, or
// by a machine that had nothing left to send with.
const (
	WithheldLocal   Withheld = "local"
	WithheldLate    Withheld = "late"
	WithheldCrowded Withheld = "connections"
)

// Withheld is why the percentiles of Latency are not to be shown, or empty.
func (r *Result) Withheld() Withheld {
	switch {
	case r.Local*100 > r.Sent:
		return WithheldLocal
	case r.Delayed()*100 <= r.Sent+r.Unsent:
		return ""
	case r.Crowded*2 > r.Late:
		return WithheldCrowded
	}
	return WithheldLate
}

// Delayed is how many messages were sent late, or not at all.
func (r *Result) Delayed() int64 { return r.Late + r.Unsent }

// result is all that the book has, once every worker is done.
func (r *run) result(ctx context.Context, took time.Duration) (*Result, error) {
	res := r.book.result()
	res.Seconds, res.Unsent = took.Seconds(), r.unsent
	sending := r.book.sending()
	switch {
	case r.plan.Rate == 0:
		sending = res.Seconds
	case res.Sent == 1: // one message has no rate but the one it was sent at
		sending = max(sending, 1/r.plan.Rate)
	}
	if sending > 0 {
		res.Rate = float64(res.Sent) / sending
	}
	cause := context.Cause(ctx)
	var unmade *unmadeError
	if errors.As(cause, &unmade) {
		return res, unmade.err
	}
	res.Interrupted = ctx.Err() != nil
	return res, nil
}

// unmadeError ends a run whose messages cannot be made.
type unmadeError struct{ err error }

func (e *unmadeError) Error() string { return e.err.Error() }
