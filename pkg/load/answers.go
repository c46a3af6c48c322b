package load

import (
	"sync"
	"time"

	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/wire"
)

// maxHeard is how many deliveries that were cut off are heard at the same time.
const maxHeard = 256

// answers are those to the deliveries of one message, the late ones among them.
type answers struct {
	*run
	page *page
	push *push.Push

	mu    sync.Mutex
	first string // what the first one says
	any   bool
	twice bool
}

// listen hears what comes of the delivery that a connection has just cut off.
func (a *answers) listen(conn *wire.Conn) {
	if a.hearing.Add(1) > maxHeard {
		a.hearing.Add(-1)
		return
	}
	late := conn.Detach()
	if late == nil {
		a.hearing.Add(-1)
		return
	}
	a.aborts.add(late)
	a.late.Go(func() {
		defer a.hearing.Add(-1)
		defer a.aborts.remove(late)
		ex := late.Hear(time.Now().Add(a.plan.timeout()))
		if push.Accepted(ex) {
			a.take(a.pusher.Verdict(a.push, ex).Reply)
		}
	})
}

// take enters an answer. Nothing may be said any number of times.
func (a *answers) take(r *reply.Reply) {
	if r == nil || !r.IsMessage() {
		return
	}
	says := r.String()
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case !a.any:
		a.any, a.first = true, says
	case says != a.first && !a.twice:
		a.twice = true
		a.page.enter(func(t *tally) { t.twice++ })
	}
}
