package push

import (
	"context"
	"errors"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/wire"
)

// State is how a server is after a request that it did not answer.
type State string

// The states there are. The empty State is that of a server that was not asked:
// it answered, or was not reached to begin with.
const (
	Serving   State = "serving"   // it still listens
	Restarted State = "restarted" // nothing listened for a moment
	Ended     State = "ended"     // nothing listens any more
)

// StateAfter finds out whether a server is still there after an exchange that
// broke off, or timed out, before the whole answer came. It tells a server that
// ended over a request from one that only gave no answer, which takes a tenth of
// a second, or two seconds for one that is gone.
//
// It opens connections to the same address and sends nothing. That can do no
// harm: a request, even one without parameters, would run the server's code,
// could itself be what ends it, and would be in its log among WeChat's. A proxy
// or supervisor that listens in the server's place answers for it, so such a
// server counts as Serving.
func StateAfter(ctx context.Context, sender *wire.Sender, ex *wire.Exchange) State {
	if !brokeOff(ex) {
		return ""
	}
	return StateOf(ctx, sender, ex.Address)
}

// brokeOff reports whether a connection was made, and ended before the whole
// answer came.
func brokeOff(ex *wire.Exchange) bool {
	if ex.Response != nil {
		return ex.End == wire.EndShort || ex.End == wire.EndTimeout
	}
	switch ex.Failure() {
	case wire.Reset, wire.Closed, wire.Timeout:
		return true
	}
	return false
}

// StateOf connects to an address where a server was, twice: a process that dies may
// close its connections a little before its listener. Whoever starts it again
// gets some time for that.
func StateOf(ctx context.Context, sender *wire.Sender, address string) (state State) {
	defer func() {
		if ctx.Err() != nil { // that connects to nothing either
			state = ""
		}
	}()
	const ms = time.Millisecond
	if !refuses(ctx, sender, address, 0) && !refuses(ctx, sender, address, 100*ms) {
		return Serving
	}
	for wait := 100 * ms; wait <= 800*ms; wait *= 2 {
		if !refuses(ctx, sender, address, wait) {
			return Restarted
		}
	}
	return Ended
}

// refuses reports whether after a wait nothing listens on an address.
func refuses(ctx context.Context, sender *wire.Sender, address string, wait time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(wait):
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second) // who refuses does so at once
	defer cancel()
	var fail *wire.Error
	return errors.As(sender.Connect(ctx, address), &fail) && fail.Kind == wire.Refused
}

// ask finds out how the server is after the last attempt, which failed. It
// reports whether there is any use in another.
func (p *Pusher) ask(ctx context.Context, d *Delivery) bool {
	ex := d.Last()
	state := StateAfter(ctx, &p.Sender, ex)
	if d.unanswered != nil && ex.Failure() == wire.Refused { // it took its time to end
		state, ex = StateOf(ctx, &p.Sender, ex.Address), d.unanswered
	}
	if state != "" && (state != Serving || d.After != Restarted) {
		d.After, d.unanswered = state, ex
	}
	return d.After != Ended
}

// ended tells of the attempt that the server ended over. It reports whether
// that is also why there is no answer.
func (d *Delivery) ended() bool {
	variant := "restarts"
	switch d.After {
	case Ended:
		variant = "dies"
	case Restarted:
	default:
		return false
	}
	d.find("M30", variant, d.unanswered, "type", d.label())
	ex := d.Last()
	if Accepted(ex) { // a later attempt was
		d.Findings[0].Severity = finding.Warning
	}
	return brokeOff(ex) || ex.Failure() == wire.Refused
}
