package load

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wxdev/wxdev/pkg/push"
)

// closed is the closed loop: each worker sends when it is done.
func (r *run) closed(ctx context.Context) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for n := range r.plan.most() {
		workers.Go(func() {
			w := r.worker(n)
			defer w.close()
			for ctx.Err() == nil {
				i := next.Add(1) - 1
				if !r.more(i, time.Since(r.began)) {
					return
				}
				w.message(ctx, ticket{i: i})
			}
		})
	}
	workers.Wait()
}

// more reports whether the plan has a message i, which is due then.
func (r *run) more(i int64, due time.Duration) bool {
	return (r.plan.Count <= 0 || i < int64(r.plan.Count)) && (r.plan.Duration <= 0 || due < r.plan.Duration)
}

// ticket is for message i. In the open loop it says when that is due, and whether it
// had to wait for a connection.
type ticket struct {
	i       int64
	due     time.Time
	crowded bool
}

// open is the open loop: the schedule hands out each message when it is due, to a
// worker that is free, or else to a new one while there may be more. When the time
// is long over it hands out no more.
func (r *run) open(ctx context.Context) {
	var workers sync.WaitGroup
	schedule, stop := r.schedule(ctx)
	defer stop()
	tickets := make(chan ticket)
	started, handed := 0, int64(0)
	timer := time.NewTimer(0)
	<-timer.C
	for i := int64(0); ; i++ {
		after := time.Duration(float64(i) / r.plan.Rate * float64(time.Second))
		if !r.more(i, after) || !sleepUntil(schedule, timer, r.began.Add(after)) {
			break
		}
		handed++
		t := ticket{i: i, due: r.began.Add(after)}
		select {
		case tickets <- t:
			continue
		default:
		}
		if started < r.plan.most() {
			n := started
			started++
			workers.Go(func() { r.serve(ctx, n, t, tickets) })
			continue
		}
		t.crowded = true
		select {
		case tickets <- t:
		case <-schedule.Done():
			handed--
		}
	}
	if schedule.Err() != nil && ctx.Err() == nil {
		r.unsent = r.planned() - handed
	}
	close(tickets)
	workers.Wait()
}

// schedule ends with ctx, or when what waits then is not sent any more.
func (r *run) schedule(ctx context.Context) (context.Context, context.CancelFunc) {
	if r.plan.Duration <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, r.began.Add(r.plan.Duration+push.Attempts*r.plan.timeout()))
}

// planned is how many messages are due in the plan's Duration.
func (r *run) planned() int64 {
	n := int64(math.Ceil(r.plan.Rate * r.plan.Duration.Seconds()))
	if r.plan.Count > 0 {
		return min(n, int64(r.plan.Count))
	}
	return n
}

// serve is a worker of the open loop, with its first message.
func (r *run) serve(ctx context.Context, n int, t ticket, tickets <-chan ticket) {
	w := r.worker(n)
	defer w.close()
	for ok := true; ok && ctx.Err() == nil; t, ok = <-tickets {
		w.message(ctx, t)
	}
}

// sleepUntil reports whether the time came before the context ended. The timer is
// used again, and has not been started or has fired.
func sleepUntil(ctx context.Context, timer *time.Timer, at time.Time) bool {
	if wait := time.Until(at); wait > 0 {
		timer.Reset(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	return ctx.Err() == nil
}
