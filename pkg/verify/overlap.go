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
		h.slots <- struct{}{}
		defer func() { <-h.slots }()
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
		h.slots <- struct{}{}
		mu.Lock()
		ended := over
		mu.Unlock()
		if ended {
			<-h.slots
			break
		}
		wg.Go(func() {
			defer func() { <-h.slots }()
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
		if sideBySide(one.ex, two.ex) {
			h.width = most
			return one, two
		}
		if !servedInTurn(one.ex, two.ex) {
			break
		}
	}
	if !servedInTurn(one.ex, two.ex) {
		return h.plain("again"), h.plain("and again")
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

// pair sends two right requests at the same time.
func (h *handle) pair() (one, two trial) {
	first, second := h.signed(h.newNonce()), h.signed(h.newNonce())
	var wg sync.WaitGroup
	wg.Go(func() { one = h.trial("at the same time", first) })
	two = h.trial("at the same time", second)
	wg.Wait()
	return one, two
}

// sideBySide reports whether the answers to a pair came side by side: of those
// given one at a time the second takes twice as long as the first.
func sideBySide(one, two *wire.Exchange) bool {
	a, b := one.Times.Total, two.Times.Total
	return one.Response != nil && two.Response != nil && max(a, b)*10 < min(a, b)*16
}

// servedInTurn reports whether one of a pair waited for the other: it took
// twice as long, or there was not the time for that.
func servedInTurn(one, two *wire.Exchange) bool {
	if one.Times.Total > two.Times.Total {
		one, two = two, one
	}
	return one.Response != nil && (two.Response != nil || two.Failure() == wire.Timeout) && !sideBySide(one, two)
}
