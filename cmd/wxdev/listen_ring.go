package main

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/wxdev/wxdev/internal/feed"
)

// What is kept of requests that nobody has read yet, or that a list shows.
const (
	listenLines = 10_000   // that are to be printed
	listenItems = 1000     // that the list has
	listenBody  = 64 << 10 // bytes of one message or answer in the list
	listenBytes = 32 << 20 // of all; then the oldest lose theirs
)

// listenRing hands what listen has to tell to whoever tells it: publishing never
// waits, be it that a terminal is stuck.
type listenRing struct {
	*feed.Ring

	most int // events
	mu   sync.Mutex
	kept []heavy // the oldest first
	size int
}

// heavy is an event with bytes that it can lose.
type heavy interface {
	weight() int
	lighten()
}

func newListenRing(most int) *listenRing { return &listenRing{Ring: feed.New(most), most: most} }

// publish adds an event, and takes the bytes of the oldest when there are too
// many.
func (r *listenRing) publish(h heavy) {
	r.mu.Lock()
	r.kept = append(r.kept, h)
	r.size += h.weight()
	for len(r.kept) > 1 && (r.size > listenBytes || len(r.kept) > r.most) {
		r.size -= r.kept[0].weight()
		r.kept[0].lighten()
		r.kept = r.kept[1:]
	}
	r.mu.Unlock()
	r.Publish(feed.Event{Data: h})
}

// each calls do with what is published, until there is no more or the context
// ends; missed is how many came that are gone already.
func (r *listenRing) each(ctx context.Context, do func(events []feed.Event, missed int)) {
	reader := r.Follow(0)
	for {
		events, err := reader.Next(ctx)
		switch {
		case errors.Is(err, feed.ErrGap):
			before := r.Before()
			do(nil, int(before-reader.Seen()))
			reader = r.Follow(before)
		case err != nil:
			return
		default:
			do(events, 0)
		}
	}
}

// listenLine is what plain lines and --json print of a request.
type listenLine struct{ text atomic.Pointer[string] }

func newListenLine(s string) *listenLine {
	l := &listenLine{}
	l.text.Store(&s)
	return l
}

func (l *listenLine) weight() int {
	if s := l.text.Load(); s != nil {
		return len(*s)
	}
	return 0
}

func (l *listenLine) lighten() { l.text.Store(nil) }

// printLines prints the lines of the ring until it is closed.
func (o *listenOptions) printLines(ring *listenRing, to *lineWriter) {
	ring.each(context.Background(), func(events []feed.Event, missed int) {
		for _, e := range events {
			if s := e.Data.(*listenLine).text.Load(); s != nil {
				to.Print(*s)
			} else {
				missed++
			}
		}
		to.Dropped(missed)
	})
}
