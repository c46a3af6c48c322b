package load

import (
	"context"
	"math"
	"time"

	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/wire"
)

// worker delivers one message after the other.
type worker struct {
	*run
	pusher push.Pusher // with random bytes of its own
	page   *page
	conn   *wire.Conn
	buffer []byte
}

func (r *run) worker(n int) *worker {
	w := &worker{run: r, pusher: r.pusher, page: r.book.page(n), conn: r.route.Conn(r.plan.KeepAlive)}
	if w.pusher.Rand == nil {
		w.pusher.Rand = newRandom()
	}
	r.aborts.add(w.conn)
	return w
}

func (w *worker) close() {
	w.aborts.remove(w.conn)
	w.conn.Close()
}

// message makes a message and delivers it as WeChat would.
func (w *worker) message(ctx context.Context, t ticket) {
	p, err := w.pusher.Build(w.plan.Source.Next())
	if err != nil {
		w.fail(&unmadeError{err})
		return
	}
	now := time.Now()
	if t.due.IsZero() {
		t.due = now
	}
	w.page.sends(now, now.Sub(t.due) > LateAfter, t.crowded)
	w.deliver(ctx, p, t)
}

// deliver makes the deliveries of a message, and enters what came of them.
func (w *worker) deliver(ctx context.Context, p *push.Push, t ticket) {
	req := w.request(p)
	w.buffer = req.Append(w.buffer[:0])
	ex := w.conn.Do(ctx, req, w.buffer)
	if push.Accepted(ex) {
		w.page.answers(time.Since(t.due))
		if w.judges(t.i) {
			w.judge(p, ex)
		}
		return
	}
	w.again(ctx, p, t.due, ex)
}

func (w *worker) request(p *push.Push) *wire.Request {
	req := p.Request(w.pusher.URL)
	for _, f := range w.pusher.Header {
		req = req.With(f.Name, f.Value)
	}
	if w.plan.KeepAlive {
		req.Proto = "HTTP/1.1"
	}
	return req
}

// judges reports whether the answer to message i is of those that are judged. They
// are spread evenly, in no step with the types or users.
func (r *run) judges(i int64) bool {
	_, part := math.Modf(float64(i) * math.Phi)
	return part < r.plan.Check
}

// judge judges the answer that was accepted at once.
func (w *worker) judge(p *push.Push, ex *wire.Exchange) {
	d := w.pusher.Verdict(p, ex)
	if w.book.found.news(d.Findings) {
		w.keep()
	}
	w.enter(d)
}

// keep gives away all that the last message used.
func (w *worker) keep() {
	w.conn.Keep()
	w.buffer = nil
}

// enter enters a verdict.
func (w *worker) enter(d *push.Delivery) {
	if len(d.Findings) > 0 {
		w.book.found.add(d.Findings)
	}
	w.page.judged(d.Seen == reply.SeenFault)
}
