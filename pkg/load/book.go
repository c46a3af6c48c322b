package load

import (
	"sync"
	"time"
)

// book is where the workers enter what happens. It has several pages so that
// they do not wait for each other.
type book struct {
	pages []*page
	found findings

	mu     sync.Mutex // of whoever closes a second
	began  time.Time
	total  tally
	all    *Latency
	second *Latency // of all pages
	series []Second
}

// tally is what is counted.
type tally struct {
	sent, ended, answered, canceled, late, crowded, faults, redelivered, twice, checked, errors, local int64

	classes map[Class]int64
	left    time.Time // when the last message did
}

func (t *tally) add(o *tally) {
	t.sent += o.sent
	t.ended += o.ended
	t.answered += o.answered
	t.canceled += o.canceled
	t.late += o.late
	t.crowded += o.crowded
	t.faults += o.faults
	t.redelivered += o.redelivered
	t.twice += o.twice
	t.checked += o.checked
	t.errors += o.errors
	t.local += o.local
	for c, n := range o.classes {
		if t.classes == nil {
			t.classes = map[Class]int64{}
		}
		t.classes[c] += n
	}
	if o.left.After(t.left) {
		t.left = o.left
	}
}

// page is the second that is going on, of some of the workers.
type page struct {
	mu sync.Mutex
	tally
	latency, spare *Latency
}

func newBook(pages int) *book {
	b := &book{all: newLatency(), second: newLatency()}
	for range min(max(pages, 1), 8) {
		b.pages = append(b.pages, &page{latency: newLatency(), spare: newLatency()})
	}
	return b
}

// page is the one for worker n.
func (b *book) page(n int) *page { return b.pages[n%len(b.pages)] }

// enter calls f with the page's tally.
func (p *page) enter(f func(*tally)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(&p.tally)
}

// sends enters a message that leaves.
func (p *page) sends(at time.Time, late, crowded bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent++
	p.left = at
	if late {
		p.late++
		if crowded {
			p.crowded++
		}
	}
}

// answers enters a message that was answered.
func (p *page) answers(took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answered++
	p.ended++
	p.latency.record(took)
}

// judged enters an answer that was judged.
func (p *page) judged(fault bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.checked++
	if fault {
		p.faults++
	}
}

// fails enters a delivery that failed.
func (p *page) fails(c Class) {
	p.enter(func(t *tally) {
		if t.classes == nil {
			t.classes = map[Class]int64{}
		}
		t.classes[c]++
		t.errors++
	})
}

// tick closes each second when it is over, and tells of it, until stop is
// called, which closes the last one.
func (b *book) tick(began time.Time, tell func(Snapshot)) (stop func()) {
	b.began = began
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for n := 1; ; n++ {
			timer := time.NewTimer(time.Until(began.Add(time.Duration(n) * time.Second)))
			select {
			case <-done:
				timer.Stop()
				b.close()
				return
			case <-timer.C:
			}
			if snapshot := b.close(); tell != nil {
				tell(snapshot)
			}
		}
	}()
	return func() { close(done); <-ended }
}

// close ends the second that is going on.
func (b *book) close() Snapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	var now tally
	b.second.h.Reset()
	for _, p := range b.pages {
		p.mu.Lock()
		p.latency, p.spare = p.spare, p.latency
		now.add(&p.tally)
		p.tally = tally{}
		p.mu.Unlock()
		b.second.h.Merge(p.spare.h)
		p.spare.h.Reset()
	}
	b.total.add(&now)
	b.all.h.Merge(b.second.h)
	s := Second{
		Sent: now.sent, Answered: now.answered, Errors: now.errors, Faults: now.faults,
		P50: b.second.Percentile(50), P99: b.second.Percentile(99), Max: b.second.Max(),
	}
	b.series = append(b.series, s)
	t := &b.total
	return Snapshot{
		Elapsed: time.Since(b.began), Sent: t.sent, Answered: t.answered, Errors: t.errors, Late: t.late, Faults: t.faults,
		InFlight: t.sent - t.ended, Last: s,
	}
}

// sending is for how long messages were sent, in seconds: each takes its share
// of the time.
func (b *book) sending() float64 {
	if b.total.sent < 2 {
		return b.total.left.Sub(b.began).Seconds()
	}
	took := b.total.left.Sub(b.began).Seconds()
	return took * float64(b.total.sent) / float64(b.total.sent-1)
}

// result is all that was entered. The last second must have been closed.
func (b *book) result() *Result {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := &b.total
	return &Result{
		Sent: t.sent, Answered: t.answered, Canceled: t.canceled, Late: t.late, Crowded: t.crowded,
		Latency: b.all, Faults: t.faults, Redelivered: t.redelivered, AnsweredTwice: t.twice, Checked: t.checked, Local: t.local,
		Errors: t.classes, Findings: b.found.list(), Series: b.series,
	}
}
