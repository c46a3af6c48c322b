package verify

import (
	"sync"
	"time"

	"github.com/wxdev/wxdev/pkg/wire"
)

// A server that answers two requests side by side need not answer eight: one
// with two workers lets the others wait, longer than WeChat would. That is our
// doing. So what timed out among many is asked again, and from then on no more
// are under way than were seen to be served.

// crowd is how many requests are under way, and may be.
type crowd struct {
	mu    sync.Mutex
	moved *sync.Cond
	under int
	room  int
	until time.Time     // when the server is done with those we no longer wait for
	again chan struct{} // who asks again
}

// few is how many were seen to be served side by side.
const few = 2

func newCrowd() *crowd {
	c := &crowd{room: most, again: make(chan struct{}, few)}
	c.moved = sync.NewCond(&c.mu)
	return c
}

// enter waits until one more request may be under way.
func (c *crowd) enter() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.under >= c.room {
		c.moved.Wait()
	}
	c.under++
}

func (c *crowd) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.under--
	c.moved.Broadcast()
}

// isLarge reports whether many requests may be under way.
func (c *crowd) isLarge() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.room > few
}

// narrow lets few be under way from now on, and returns when the server will
// have answered those that are.
func (c *crowd) narrow(takes time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.room > few {
		c.room, c.until = few, time.Now().Add(most/few*takes)
	}
	return c.until
}

// alone sends what timed out among many once more, among few.
func (h *handle) alone(timedOut *wire.Exchange, send func()) {
	if h.width <= 1 || timedOut.Failure() != wire.Timeout {
		return
	}
	if !h.pause(time.Until(h.crowd.narrow(answerTime(h.base)))) {
		return
	}
	h.crowd.again <- struct{}{}
	defer func() { <-h.crowd.again }()
	send()
}
