package load

import (
	"context"
	"time"

	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/wire"
)

// again goes on with a message whose first delivery was not accepted. The
// deliveries after it are the same bytes.
func (w *worker) again(ctx context.Context, p *push.Push, due time.Time, ex *wire.Exchange) {
	answers := &answers{run: w.run, page: w.page, push: p}
	defer w.keep()
	var all []*wire.Exchange
	for {
		all = append(all, ex)
		w.conn.Keep()
		if push.Accepted(ex) {
			w.page.answers(time.Since(due))
			break
		}
		if ctx.Err() != nil {
			w.page.enter(func(t *tally) { t.canceled++; t.ended++ })
			return
		}
		w.page.fails(classOf(ex))
		if classOf(ex) == ErrLocal { // which says nothing of the server, and nobody knows what it would have said
			w.page.enter(func(t *tally) { t.local++; t.ended++ })
			return
		}
		if classOf(ex) == ErrTimeout {
			answers.listen(w.conn)
		}
		if len(all) == push.Attempts {
			w.page.enter(func(t *tally) { t.ended++ })
			break
		}
		w.page.enter(func(t *tally) { t.redelivered++ })
		ex = w.conn.Do(ctx, ex.Request, ex.Sent)
	}
	d := w.pusher.Verdict(p, all...)
	w.enter(d)
	if push.Accepted(ex) {
		answers.take(d.Reply)
	}
}
