package verify

import (
	"errors"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/wire"
)

// A rate limit, or a firewall that bans an address after some refusals, meets
// our probes sooner than it meets WeChat's requests. What it answers says
// nothing about what was asked, so before the refusal of a request becomes a
// finding the plain request is sent once more.

// limits is what a rate limit did to the probes.
type limits struct {
	limit   *wire.Exchange // its first answer
	lost    int            // probes whose answers were its
	unsent  int            // probes that were not sent any more
	stopped bool           // the server refuses now what it took before
}

// tookAll reports whether since before all probes, of which some were sent,
// were lost to the limit.
func (l limits) tookAll(before limits, sent int) bool {
	lost, unsent := l.lost-before.lost, l.unsent-before.unsent
	return lost == sent && lost+unsent > 0
}

var errStopped = errors.New("not sent: the server takes no more requests")

// skips reports, and counts, that a probe is not to be sent any more.
func (r *run) skips() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped {
		r.unsent++
	}
	return r.stopped
}

// judged reports whether an answer says anything: one that a rate limit, or
// an ended context, produced does not.
func judged(ex *wire.Exchange) bool {
	if ex.Err != nil {
		return ex.Failure() != wire.Canceled
	}
	return !answer.Limited(ex)
}

// telling reports whether the refusal of a request says something about that
// request.
func (r *run) telling(ex *wire.Exchange) bool { return judged(ex) && r.stillTakes(ex) }

// stillTakes sends the plain request, which the server took before. If it is
// refused now, nothing more is sent: the server refuses at random, or a limit
// was met.
func (r *run) stillTakes(refused ...*wire.Exchange) bool {
	q := r.signed(r.newNonce())
	again, ok := r.accepted("still accepted", q)
	if ok || r.ctx.Err() != nil {
		return ok
	}
	last := refused[len(refused)-1]
	if died(last, again) {
		r.stopped = true
		return true
	}
	if judged(last) && judged(again) && again.Response != nil && r.stopAtRandom(trial{ex: last}, trial{q, again, false}) {
		return false
	}
	r.stop(again, append(refused, again)...)
	return false
}

// stop ends the sending: from now on the server refuses everything, so that
// the refused exchanges say nothing.
func (r *run) stop(limit *wire.Exchange, refused ...*wire.Exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopped = true
	for _, ex := range refused {
		if !answer.Limited(ex) { // else it is counted
			r.lost++
		}
	}
	if r.limit == nil {
		r.limit = limit
	}
}

// state is how a server is after pushes that failed.
type state int

const (
	serving  state = iota // it takes what it took before, so that they are telling
	refusing              // a limit or a ban is in force
	ended                 // nobody listens any more
)

// after delivers a plain text such as the server took before, again if need
// be, since a failure may be chance, and at last the very bytes it took. If
// they are refused too, nothing more is sent.
func (r *run) after(failed ...*push.Delivery) state {
	if r.stopped {
		return refusing
	}
	var refused []*wire.Exchange
	for _, d := range failed {
		refused = append(refused, d.Exchanges...)
	}
	for _, again := range []func() *push.Delivery{
		func() *push.Delivery {
			return r.push("still served", r.text(firstText), push.WithFirst(digit))
		},
		func() *push.Delivery {
			return r.push("still served", r.text(firstText), push.WithFirst(alike(r.first)))
		},
		func() *push.Delivery { return r.deliver("the first text", r.pusher(), r.first) },
	} {
		d := again()
		switch {
		case taken(d):
			return serving
		case gone(d):
			return ended
		case r.ctx.Err() != nil:
			return refusing
		}
		refused = append(refused, d.Last())
	}
	r.stop(refused[len(refused)-1], refused...)
	return refusing
}

// died reports whether a server ended over a request: it broke that
// connection off, and nothing listens any more.
func died(refused, again *wire.Exchange) bool {
	return refused.Err != nil && refused.Failure() != wire.Refused && again.Failure() == wire.Refused
}

// rateLimit tells of a limit that was met.
func (r *run) rateLimit() {
	ex := r.limit
	if ex == nil {
		return
	}
	status := ""
	if ex.Err != nil {
		status = text.Line(ex.Err.Error())
	} else {
		status = text.Line(ex.Response.StatusText())
	}
	r.find("V48", "rate-limited", ex, "status", status, "probes", r.lost+r.unsent)
}
