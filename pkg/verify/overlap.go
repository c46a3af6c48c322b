package verify

import (
	"sync"
	"time"

	"github.com/wxdev/wxdev/pkg/wire"
)

// Requests overlap only after the server was seen to answer two of them side
// by side. Before, and where it was not, they go one by one: a server that
// serves one at a time would let the others wait, and be blamed for that.

// most is how many requests are under way at once at most.
const most = 8

// worthwhile is how long an answer takes for which overlapping is worth a
// test.
const worthwhile = 20 * time.Millisecond

// clear is how long an answer takes beside which nothing else counts that this
// machine or the server has to do.
const clear = 500 * time.Millisecond

// pending is a request whose answer is wanted later. Where requests overlap it
// is under way; else it is sent when the answer is asked for, so that what is
// not asked for is not sent.
type pending struct {
	query query
	once  func() *wire.Exchange
}

// answer waits for the answer.
func (p *pending) answer() *wire.Exchange { return p.once() }

// begin sends a request whose answer is wanted later.
func (h *handle) begin(name string, q query) *pending {
	return &pending{q, h.later(func() *wire.Exchange { return h.get(name, q) })}
}

// later calls send: at once and in the background where requests overlap, and
// when the result is asked for where they do not.
func (h *handle) later(send func() *wire.Exchange) func() *wire.Exchange {
	if h.width <= 1 {
		return sync.OnceValue(send)
	}
	answer := make(chan *wire.Exchange, 1)
	h.under.Go(func() {
		h.crowd.enter()
		defer h.crowd.leave()
		answer <- send()
	})
	return sync.OnceValue(func() *wire.Exchange { return <-answer })
}

// each calls f for 0…n-1, side by side where the server was seen to answer
// so. It ends early once f reports false.
func (h *handle) each(n int, f func(i int) bool) {
	if h.width <= 1 {
		for i := range n {
			if !f(i) {
				return
			}
		}
		return
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	over := false
	for i := range n {
		h.crowd.enter()
		mu.Lock()
		ended := over
		mu.Unlock()
		if ended {
			h.crowd.leave()
			break
		}
		wg.Go(func() {
			defer h.crowd.leave()
			if !f(i) {
				mu.Lock()
				over = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

// twoMore sends two right requests: at the same time, when answers are so slow
// that overlapping is worth it.
func (h *handle) twoMore() (one, two trial) {
	h.paired = true
	if answerTime(h.base) < worthwhile {
		return h.plain("again"), h.plain("and again")
	}
	const pairs = 3 // what else the server or this machine had to do may upset one
	for range pairs {
		one, two = h.pair()
		least := min(answerTime(h.base), answerTime(one.ex), answerTime(two.ex))
		if sideBySide(one.ex, two.ex, least) {
			h.width = most
			return one, two
		}
		inTurn := servedInTurn(one.ex, two.ex, least)
		h.drain(one.ex, two.ex)
		if !inTurn {
			return h.plain("again"), h.plain("and again")
		}
		if least >= clear && (answerTime(h.base)-least)*5 < least { // and a steady one
			break
		}
	}
	// The later one has waited for the other: neither its time nor that it may
	// have had none left is the server's fault.
	early, late := one, two
	if late.ex.Times.Total < early.ex.Times.Total {
		early, late = late, early
	}
	h.find("V54", "one-at-a-time", late.ex, "first", early.ex.Times.Total, "second", late.ex.Times.Total)
	return early, h.plain("again")
}

// drain waits until a server that serves one at a time is done with what we no
// longer wait for.
func (h *handle) drain(pair ...*wire.Exchange) {
	for _, ex := range pair {
		if ex.Failure() == wire.Timeout {
			h.pause(answerTime(h.base))
			return
		}
	}
}

// pair sends two right requests at the same time.
func (h *handle) pair() (one, two trial) {
	first, second := h.signed(h.newNonce()), h.signed(h.newNonce())
	var wg sync.WaitGroup
	wg.Go(func() { one = h.trial("at the same time", first) })
	two = h.trial("at the same time", second)
	wg.Wait()
	return one, two
}

// sideBySide reports whether the answers to a pair came side by side. Of those
// given one at a time the second takes longer than the first by what an answer
// takes at least.
func sideBySide(one, two *wire.Exchange, least time.Duration) bool {
	return one.Response != nil && two.Response != nil && (one.Times.Total-two.Times.Total).Abs()*2 < least
}

// servedInTurn reports whether one of a pair waited for the other: it took
// as much longer as an answer takes, or there was not the time for that.
func servedInTurn(one, two *wire.Exchange, least time.Duration) bool {
	if one.Times.Total > two.Times.Total {
		one, two = two, one
	}
	if one.Response == nil {
		return false
	}
	if two.Failure() == wire.Timeout {
		return (one.Times.Total+least)*10 >= two.Times.Total*9
	}
	return two.Response != nil && (two.Times.Total-one.Times.Total)*10 >= least*8
}
