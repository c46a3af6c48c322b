package verify

import (
	"slices"
	"time"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/wire"
)

// A server that fails at random makes every probe look telling: whatever was
// asked when it passed seems to be the cure. So before a form of the request
// is named as what decides, that form and the plain one are sent again.

// trial is a rightly signed request, and whether the server took it. Of one
// that is not of the plain form there is no query.
type trial struct {
	q  query
	ex *wire.Exchange
	ok bool
}

func (r *run) try(name string) trial {
	q := r.signed(r.newNonce())
	ex, ok := r.accepted(name, q)
	return trial{q, ex, ok}
}

// byRepeat sends the base request again: what passes now and then has another
// cause than what never passes.
func (r *run) byRepeat() bool { return r.unsteady(3) }

// unsteady sends the plain request n times more. It names the fault if one of
// them passes, though the base request was refused.
func (r *run) unsteady(n int) bool {
	seen := []trial{{r.baseQuery, r.base, false}}
	for range n {
		if t := r.try("base again"); t.ok || judged(t.ex) {
			seen = append(seen, t)
		}
	}
	r.again = append(r.again, seen[1:]...)
	return slices.ContainsFunc(seen, passed) && r.atRandom(seen...)
}

func passed(t trial) bool { return t.ok }

// settled reports whether a variant of the base request, which passed once,
// passes each time and the base form never. If the base form passes too, that
// is what is wrong, and told.
func (r *run) settled(variant func() bool, find func()) bool {
	if r.unsteady(3) {
		return true
	}
	for range 2 {
		if !variant() {
			return false
		}
	}
	find()
	return true
}

// insists reports whether a server that takes the plain request refuses
// another kind each time, of which ex was the first. If that kind passes when
// it is sent again, or the plain one does not, the server refuses at random.
func (r *run) insists(ex *wire.Exchange, again func() (*wire.Exchange, bool)) bool {
	const times = 3
	for range times {
		if !r.telling(ex) {
			return false
		}
		if r.stopped { // the server ended over it
			return true
		}
		next, ok := again()
		if ok {
			r.stopAtRandom(trial{ex: ex}, trial{ok: true})
			return false
		}
		ex = next
	}
	for range times {
		if !r.telling(ex) {
			return false
		}
	}
	return true
}

// stopAtRandom is atRandom for a server that took the base request. Nothing
// more is sent then: no answer would prove anything.
func (r *run) stopAtRandom(seen ...trial) bool {
	if !r.atRandom(seen...) {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopped = true
	return true
}

// atRandom sends the plain request slowly, so that no rate limit is met, and
// reports whether some are taken and some are not, and why if it can.
func (r *run) atRandom(seen ...trial) bool {
	slow, ok := r.slowly()
	seen = append(seen, slow...)
	refused := slices.DeleteFunc(slices.Clone(seen), passed)
	switch {
	case r.byZeros(refused):
		return true
	case !ok, r.ctx.Err() != nil, len(refused) == len(seen):
		return false
	case r.report.Accepted && !limitless(refused, slow):
		return false // it was a rate limit, then
	}
	shows := refused[0].ex
	gateway := slices.IndexFunc(refused, func(t trial) bool { return t.ex.Response != nil && answer.FromProxy(t.ex.Response.Status) })
	if gateway >= 0 {
		shows = refused[gateway].ex
	}
	counts := []any{"refused", len(refused), "sent", len(seen), "answer", answer.Summary(shows)}
	if gateway >= 0 {
		r.find("V04", "one-backend", shows, counts...)
		return true
	}
	plain := slices.DeleteFunc(refused, func(t trial) bool { return t.q.signature == nil })
	for _, t := range plain[:min(len(plain), 2)] {
		if m, hit, ok := r.search(t.q); ok {
			r.findMistake(m, hit)
			return true
		}
	}
	r.find("V50", "random", shows, counts...)
	return true
}

// limitless reports whether no rate limit can have refused one of the trials:
// the server says that the fault is its own, or it came late, when the trials
// were further apart.
func limitless(refused, slow []trial) bool {
	own := func(t trial) bool { return !t.ok && t.ex.Response != nil && t.ex.Response.Status >= 500 }
	late := slow[len(slow)/2:]
	return slices.ContainsFunc(refused, own) || slices.ContainsFunc(late, func(t trial) bool { return !t.ok })
}

// standardApart is between the first two of the requests that go slowly; each
// next one waits as much longer.
const standardApart = 40 * time.Millisecond

// slowly sends plain requests a while apart. It reports false for those of a
// server that bans us or says nothing.
func (r *run) slowly() ([]trial, bool) {
	const most, ban = 8, 3
	var slow []trial
	for len(slow) < most && r.pause(time.Duration(len(slow)+1)*r.apart) {
		t := r.try("slowly")
		if !t.ok && (!judged(t.ex) || t.ex.Response == nil) {
			return slow, false
		}
		slow = append(slow, t)
		if r.report.Accepted && len(slow) == ban && !slices.ContainsFunc(slow, passed) {
			return slow, false
		}
	}
	return slow, true
}

// byZeros knows a server that computes the signature in hex without zeros: it
// refuses those that have any. A signature without them proves it.
func (r *run) byZeros(refused []trial) bool {
	for _, t := range refused {
		if t.q.signature == nil {
			continue
		}
		zeros := slices.DeleteFunc(r.mistakes(t.q), func(m signature.Mistake) bool { return !m.Zeros() })
		if len(zeros) == 0 {
			return false
		}
		if m, hit, ok := r.searchAmong(zeros, t.q); ok {
			r.findMistake(m, hit)
			return true
		}
		break
	}
	return false
}

// pause waits, unless the context ends.
func (r *run) pause(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.ctx.Done():
		return false
	}
}
