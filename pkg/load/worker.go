package load

import (
	"context"
	"time"

	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/wire"
)

// worker delivers one message after the other.
type worker struct {
	*run
	page *page
	owed float64 // of an answer to judge
}

func (r *run) worker(n int) *worker { return &worker{run: r, page: r.book.page(n)} }

func (w *worker) close() {}

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
	w.deliver(ctx, p, t.due)
}

// deliver makes the deliveries of a message, and enters what came of them.
func (w *worker) deliver(ctx context.Context, p *push.Push, due time.Time) {
	defer w.page.enter(func(t *tally) { t.ended++ })
	req := w.request(p)
	var all []*wire.Exchange
	for n := range push.Attempts {
		if n > 0 {
			w.page.enter(func(t *tally) { t.redelivered++ })
		}
		ex := w.pusher.Sender.Do(ctx, req)
		all = append(all, ex)
		if push.Accepted(ex) {
			w.page.answers(time.Since(due))
			if n > 0 || w.judges() {
				w.judge(p, all)
			}
			return
		}
		if ctx.Err() != nil {
			w.page.enter(func(t *tally) { t.canceled++ })
			return
		}
		w.page.fails(classOf(ex))
	}
	w.judge(p, all)
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

// judges reports whether the next answer is of those that are judged.
func (w *worker) judges() bool {
	if w.owed += w.plan.Check; w.owed < 1 {
		return false
	}
	w.owed--
	return true
}

func (w *worker) judge(p *push.Push, all []*wire.Exchange) {
	d := w.pusher.Verdict(p, all...)
	w.book.found.add(d.Findings)
	w.page.enter(func(t *tally) {
		t.checked++
		if d.Seen == reply.SeenFault {
			t.faults++
		}
	})
}
