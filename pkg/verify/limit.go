package verify

import (
	"errors"
	"fmt"

	"github.com/wxdev/wxdev/pkg/callback"
	"github.com/wxdev/wxdev/pkg/safetext"
)

// A rate limit, or a firewall that bans an address after some refusals, meets
// our probes sooner than it meets WeChat's requests. What it answers says
// nothing about what was asked, so before the refusal of a request becomes a
// finding the plain request is sent once more.

// limits is what a rate limit did to the probes.
type limits struct {
	limit   *callback.Exchange // its first answer
	lost    int                // probes whose answers were its
	unsent  int                // probes that were not sent any more
	stopped bool               // the server refuses now what it took before
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

// limited reports whether an answer is a rate limit's. That of nginx has
// status 503, which a server that took a request before hardly says for
// another reason.
func limited(ex *callback.Exchange) bool {
	return ex.Response != nil && (ex.Response.Status == 429 || ex.Response.Status == 503)
}

// judged reports whether an answer says anything: one that a rate limit, or
// an ended context, produced does not.
func judged(ex *callback.Exchange) bool {
	if ex.Err != nil {
		return ex.Err.Kind != callback.Canceled
	}
	return !limited(ex)
}

// telling reports whether the refusal of a request says something about that
// request.
func (r *run) telling(ex *callback.Exchange) bool { return judged(ex) && r.stillTakes(ex) }

// stillTakes sends the plain request, which the server took before. If it is
// refused now, nothing more is sent: the server refuses at random, or a limit
// was met.
func (r *run) stillTakes(refused *callback.Exchange) bool {
	q := r.signed(r.newNonce())
	again, ok := r.accepted("still accepted", q)
	if ok || r.ctx.Err() != nil {
		return ok
	}
	if judged(refused) && judged(again) && again.Response != nil && r.stopAtRandom(trial{ex: refused}, trial{q, again, false}) {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopped = true
	if died(refused, again) {
		return true
	}
	for _, ex := range []*callback.Exchange{refused, again} {
		if !limited(ex) { // else it is counted
			r.lost++
		}
	}
	if r.limit == nil {
		r.limit = again
	}
	return false
}

// died reports whether a server ended over a request: it broke that
// connection off, and nothing listens any more.
func died(refused, again *callback.Exchange) bool {
	return refused.Err != nil && refused.Err.Kind != callback.Refused &&
		again.Err != nil && again.Err.Kind == callback.Refused
}

// rateLimit tells of a limit that was met.
func (r *run) rateLimit() {
	ex := r.limit
	if ex == nil {
		return
	}
	status := ""
	if ex.Err != nil {
		status = safetext.Line(ex.Err.Error())
	} else {
		status = safetext.Line(ex.Response.StatusText())
	}
	r.find("V48", "rate-limited", ex, "status", status, "probes", fmt.Sprint(r.lost+r.unsent))
}
