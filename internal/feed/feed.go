// Package feed is a bounded ring of events that can be watched: each has a
// number, whoever was away resumes after the last one seen, and is told when
// what came since is gone.
//
//	ring := feed.New(1000)
//	ring.Publish(feed.Event{Type: "push.start", Data: start, About: []string{appid, openid}})
//
//	r := ring.Follow(after, openid)       // what comes after a number, about a user
//	events, err := r.Next(ctx)            // waits; ErrGap when some are lost
//
// [Ring.Serve] is the same as server-sent events. Publishing never waits: a
// reader comes for what it has not seen, and one that is so slow that it was
// dropped out of the ring meanwhile gets [ErrGap].
package feed

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"sync"
)

// Event is one thing that happened.
type Event struct {
	Seq  int64  // from 1; filled in by Publish
	Type string // a word: "push.start"
	Data any    // written as JSON when somebody reads it; nobody changes it any more

	// About is what it concerns, by name. Who follows one of them gets the event
	// if it is among these, or if these are empty: then it concerns everybody.
	About []string
}

// ErrGap is the error of a reader that missed events: they are no longer in the
// ring.
var ErrGap = errors.New("events were missed: they are no longer kept")

// ErrClosed is the error of a reader that has read all there will be.
var ErrClosed = errors.New("there are no more events")

// Ring keeps the newest events. Make one with [New].
type Ring struct {
	boot string

	mu      sync.Mutex
	events  []Event // a ring once it is full: event n is at (n-1) % size
	size    int
	last    int64
	changed chan struct{} // closed by the next event; nil as long as nobody waits
	streams int           // that Serve writes
	closed  bool
}

// New returns a ring of that many events.
func New(size int) *Ring { return &Ring{boot: rand.Text(), size: max(size, 1)} }

// Boot tells this ring from another one, of the program's next run, say, whose
// numbers mean other events.
func (r *Ring) Boot() string { return r.boot }

// Last is the number of the newest event; 0 before the first.
func (r *Ring) Last() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

// Before is the number before the oldest event that is kept: who follows it gets
// all there is.
func (r *Ring) Before() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last - int64(len(r.events))
}

// Publish adds an event and returns its number. It never waits for a reader.
func (r *Ring) Publish(e Event) int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	e.Seq = r.last
	if len(r.events) < r.size {
		r.events = append(r.events, e)
	} else {
		r.events[int((e.Seq-1)%int64(r.size))] = e
	}
	r.wake()
	return e.Seq
}

// wake tells those who wait. The caller holds the lock.
func (r *Ring) wake() {
	if r.changed != nil {
		close(r.changed)
		r.changed = nil
	}
}

// Close ends the readers once they have read what there is. What is published
// afterwards nobody gets.
func (r *Ring) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	r.wake()
}

// Follow returns a reader of the events after a number that are about all of
// those names; without names, of all events.
func (r *Ring) Follow(after int64, about ...string) *Reader {
	return &Reader{ring: r, seen: after, about: about}
}

// Reader reads events in their order. It belongs to one goroutine.
type Reader struct {
	ring  *Ring
	seen  int64
	about []string
}

// Seen is the number of the last event that was looked at, be it about
// something else.
func (r *Reader) Seen() int64 { return r.seen }

// Next returns the events since the last call, waiting for one if there is
// none. It fails with the context's error, with [ErrGap] and with [ErrClosed].
func (r *Reader) Next(ctx context.Context) ([]Event, error) {
	for {
		found, changed, err := r.take()
		if len(found) > 0 || err != nil {
			return found, err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// maxBatch is how many events a reader takes at once: one that is slow to write
// them keeps no more alive, and finds out soon that it was left behind.
const maxBatch = 64

// take returns what there is now, and what is closed when there is more.
func (r *Reader) take() (found []Event, changed <-chan struct{}, err error) {
	g := r.ring
	g.mu.Lock()
	defer g.mu.Unlock()
	if r.seen > g.last || r.seen < g.last-int64(len(g.events)) {
		return nil, nil, ErrGap
	}
	for ; r.seen < g.last && len(found) < maxBatch; r.seen++ {
		if e := g.events[int(r.seen%int64(g.size))]; r.wants(&e) {
			found = append(found, e)
		}
	}
	if g.closed && len(found) == 0 {
		return nil, nil, ErrClosed
	}
	if g.changed == nil {
		g.changed = make(chan struct{})
	}
	return found, g.changed, nil
}

func (r *Reader) wants(e *Event) bool {
	if len(e.About) == 0 {
		return true
	}
	for _, name := range r.about {
		if !slices.Contains(e.About, name) {
			return false
		}
	}
	return true
}
