package verify

import (
	"slices"
	"sync/atomic"

	"github.com/wxdev/wxdev/pkg/wire"
)

// A server that fails at random makes every probe look telling: whatever was
// asked when it passed seems to be the cure. So before a form of the request
// is named as what decides, that form and the plain one are sent again, so
// often that chance is out of the question: see [package verify] for the odds.

// trial is a rightly signed request, and whether the server accepted it. Of
// one that is not of the plain form there is no query.
type trial struct {
	query query
	ex    *wire.Exchange
	ok    bool
}

func passed(t trial) bool { return t.ok }

func (h *handle) trial(name string, q query) trial {
	ex, ok := h.ask(name, q)
	return trial{q, ex, ok}
}

// plain sends the plain request: right, and in the form that WeChat's have.
func (h *handle) plain(name string) trial { return h.trial(name, h.signed(h.newNonce())) }

// plains sends n plain requests.
func (h *handle) plains(name string, n int) []trial {
	trials := make([]trial, n)
	for i := range trials {
		trials[i].query = h.signed(h.newNonce())
	}
	first := 0
	if n >= 2 && !h.paired && answerTime(h.base) >= worthwhile {
		first = 2
		trials[0], trials[1] = h.twoMore()
	}
	h.each(n-first, func(i int) bool {
		i += first
		trials[i] = h.trial(name, trials[i].query)
		return true
	})
	return slices.DeleteFunc(trials, func(t trial) bool { return t.ex == nil || !t.ok && !conclusive(t.ex) })
}

// telling reports whether the refusal of a request says something about that
// request.
func telling(h *handle, ex *wire.Exchange) bool { return conclusive(ex) && stillTakes(h, ex) }

// stillTakes sends the plain request, which the server accepted before. If it
// is refused now, the refused ones say nothing until it is known why.
func stillTakes(h *handle, refused ...*wire.Exchange) bool {
	t := h.plain("still accepted")
	if t.ok || h.ctx.Err() != nil || h.halted() != "" {
		return t.ok
	}
	for _, ex := range refused {
		h.doubt(trial{ex: ex})
	}
	h.doubt(t)
	return false
}

// insists reports whether a server that accepts the plain request refuses
// another kind each time, of which ex was the first. If that kind passes when
// it is sent again, or the plain one does not, the server refuses at random.
func insists(h *handle, ex *wire.Exchange, again func() (*wire.Exchange, bool)) bool {
	if !conclusive(ex) {
		return false
	}
	const rounds = 9
	var contradicted atomic.Bool
	h.each(2*rounds, func(i int) bool {
		if i%2 == 0 {
			if !stillTakes(h, ex) {
				contradicted.Store(true)
			}
		} else if next, ok := again(); ok {
			h.doubt(trial{ex: ex}, trial{ok: true})
			contradicted.Store(true)
		} else if !conclusive(next) {
			contradicted.Store(true)
		}
		return !contradicted.Load() && h.halted() == ""
	})
	return !contradicted.Load()
}

// repeated asks once more what was refused, and failed rather than answered:
// if it is answered now, the server fails at random. What fails again may have
// a reason of its own.
func repeated(h *handle, ex *wire.Exchange, again func() *wire.Exchange) {
	if !failedAnswer(ex) || h.halted() != "" {
		return
	}
	if next := again(); !failedAnswer(next) && conclusive(next) {
		h.doubt(trial{ex: ex}, trial{ok: true})
	}
}

// failedAnswer reports whether a request got no answer, or one that says that
// the server failed.
func failedAnswer(ex *wire.Exchange) bool {
	return conclusive(ex) && (ex.Response == nil || ex.Response.Status >= 500)
}

// unsteady sends the plain request n times more. It names the fault if one of
// them passes, though the first was refused.
func unsteady(h *handle, n int) bool {
	h.again = append(h.again, h.plains("base again", n)...)
	seen := append([]trial{{h.query, h.base, false}}, h.again...)
	return slices.ContainsFunc(seen, passed) && explainChance(h, seen...)
}

// settled reports whether a variant of the refused request, which passed once,
// passes each time and the plain form never. If the plain form passes too, that
// is what is wrong, and told.
func settled(h *handle, variant func() bool, find func()) bool {
	const refusals, passes = 10, 4
	if unsteady(h, refusals) {
		return true
	}
	for range passes {
		if !variant() {
			return false
		}
	}
	find()
	return true
}
