package verify

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/wire"
)

// taking answers as next does, after d, so many requests at once.
func taking(d time.Duration, atOnce int, next func(context.Context, *wire.Request) *wire.Exchange) func(context.Context, *wire.Request) *wire.Exchange {
	slots := make(chan struct{}, atOnce)
	var one sync.Mutex // next is for one goroutine
	return func(ctx context.Context, req *wire.Request) *wire.Exchange {
		const limit = 5 * time.Second
		start := time.Now()
		answer := make(chan *wire.Exchange, 1)
		go func() { // it goes on also when nobody waits any more
			slots <- struct{}{}
			time.Sleep(d)
			<-slots
			one.Lock()
			defer one.Unlock()
			answer <- next(ctx, req)
		}()
		var ex *wire.Exchange
		select {
		case ex = <-answer:
		case <-time.After(limit):
			ex = &wire.Exchange{Request: req, Err: &wire.Error{Kind: wire.Timeout, Err: context.DeadlineExceeded}}
		}
		ex.Times.Total = time.Since(start)
		return ex
	}
}

func inBubble(t *testing.T, options func() Options) (r *Report) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o := options() // its channels belong to the bubble
		o.URL, o.Token, o.Rand = "http://127.0.0.1:8080/wechat", "letmein7", seeded{rand.New(rand.NewPCG(1, 2))}
		var err error
		if r, err = Run(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	})
	return r
}

func right(_ *testing.T) func(context.Context, *wire.Request) *wire.Exchange {
	return flaky(rand.New(rand.NewPCG(3, 4)), 0, nil)
}

// TestSlowSideBySide: a server that takes 3 s, and serves eight at once, is
// done in under 20 s, and all checks are made.
func TestSlowSideBySide(t *testing.T) {
	r := inBubble(t, func() Options { return Options{inProcess: taking(3*time.Second, 8, right(t))} })
	if r.Took >= 20*time.Second {
		t.Errorf("took %v", r.Took)
	}
	if got := named(r); got != "V37 close" {
		t.Errorf("found %s", got)
	}
	for _, c := range r.Checks {
		if c.Reason == OutOfBudget {
			t.Errorf("%s is left out", c.Name)
		}
	}
}

// TestSlowAndWrong: the same of one that is wrong.
func TestSlowAndWrong(t *testing.T) {
	r := inBubble(t, func() Options {
		return Options{inProcess: taking(3*time.Second, 8, func(_ context.Context, req *wire.Request) *wire.Exchange {
			return answering(req, 403, "forbidden")
		})}
	})
	if r.Took >= 24*time.Second { // a request that is under way is not cut off
		t.Errorf("took %v", r.Took)
	}
	if got := named(r); got != "V03 token-or-query" {
		t.Errorf("found %s", got)
	}
	facts := r.Findings[0].Facts
	if n, _ := strconv.Atoi(facts.Text(finding.English, "tried")); n < 8 || n > len(r.Probes) || facts.Text(finding.English, "rest") == "" {
		t.Errorf("%d signatures were tried in %d requests, and of the rest it is said %q", n, len(r.Probes), facts.Text(finding.English, "rest"))
	}
}

// TestOneAtATime: requests do not wait for one another, so that the queue is
// nobody's fault; it is a note.
func TestOneAtATime(t *testing.T) {
	for _, d := range []time.Duration{100 * time.Millisecond, 900 * time.Millisecond} {
		r := inBubble(t, func() Options { return Options{inProcess: taking(d, 1, right(t))} })
		if got := named(r); got != "healthy" {
			t.Errorf("%v: found %s", d, got)
		}
		if f, ok := r.finding("V54"); !ok {
			t.Errorf("%v: no note that it serves one at a time: %v", d, f)
		}
		for _, p := range r.Probes[7:] {
			if p.Exchange.Times.Total > d*3/2 {
				t.Errorf("%v: %s had to wait %v", d, p.Name, p.Exchange.Times.Total)
			}
		}
	}
	// One that needs 3 s is late for the second of two: that is not held against it.
	r := inBubble(t, func() Options { return Options{inProcess: taking(3*time.Second, 1, right(t))} })
	if got := named(r); got != "V37 close" {
		t.Errorf("3 s: found %s", got)
	}
	if r.Took > 70*time.Second {
		t.Errorf("took %v", r.Took)
	}
	left := 0
	for _, c := range r.Checks {
		if c.Reason == OutOfBudget {
			left++
		}
	}
	if left == 0 {
		t.Error("nothing was left out, though there was not the time for all")
	}
}

// TestFewAtATime: one with few workers is not blamed for how long eight
// requests have to wait, and no check is lost by it.
func TestFewAtATime(t *testing.T) {
	for _, workers := range []int{2, 3, 4, 6} {
		for _, d := range []time.Duration{time.Second, 2 * time.Second, 2400 * time.Millisecond} {
			r := inBubble(t, func() Options { return Options{inProcess: taking(d, workers, right(t))} })
			if got := named(r); got != "healthy" || r.Took > time.Minute {
				t.Errorf("%d workers, %v: found %s in %v", workers, d, got, r.Took)
			}
			for _, c := range r.Checks {
				if c.Reason == Limited || c.Reason == OutOfBudget {
					t.Errorf("%d workers, %v: %s is skipped: %s", workers, d, c.Name, c.Reason)
				}
			}
		}
	}
}

// TestMissed: of a run that ended before there was anything to say nothing is said.
func TestMissed(t *testing.T) {
	soon := func(d time.Duration, messages bool) func() Options {
		return func() Options {
			return Options{MaxTime: d, Messages: messages, inProcess: taking(300*time.Millisecond, 1, right(t))}
		}
	}
	for name, c := range map[string]struct {
		options  func() Options
		missed   string
		accepted bool
	}{
		"no request":   {func() Options { return Options{MaxRequests: -1, inProcess: right(t)} }, "[reach echo order]", false},
		"one request":  {soon(time.Millisecond, false), "[order]", true},
		"few requests": {func() Options { return Options{MaxRequests: 3, inProcess: right(t)} }, "[order]", true},
		"no message":   {soon(6*time.Second, true), "[message]", true},
		"enough":       {soon(6*time.Second, false), "[]", true},
	} {
		r := inBubble(t, c.options)
		if got := fmt.Sprint(r.Missed()); got != c.missed || r.Accepted != c.accepted || r.OK() != (c.missed == "[]") {
			t.Errorf("%s: missed %s, accepted %v, ok %v", name, got, r.Accepted, r.OK())
		}
		for _, check := range r.Checks {
			if check.Reason == Unreachable {
				t.Errorf("%s: %s is skipped because the server does not answer", name, check.Name)
			}
		}
	}
}

// TestBudget: what there is no time or number for is skipped, and said to be.
func TestBudget(t *testing.T) {
	for name, o := range map[string]func() Options{
		"requests": func() Options { return Options{MaxRequests: 5, inProcess: right(t)} },
		"time": func() Options {
			return Options{MaxTime: time.Second, inProcess: taking(300*time.Millisecond, 1, right(t))}
		},
	} {
		r := inBubble(t, o)
		if len(r.Probes) > 12 {
			t.Errorf("%s: %d requests", name, len(r.Probes))
		}
		for _, c := range r.Checks {
			if (c.Name == Echostr || c.Name == Steady) && c.Reason != OutOfBudget {
				t.Errorf("%s: %s is %s %s", name, c.Name, c.Outcome, c.Reason)
			}
		}
	}
}

func (r *Report) finding(id string) (any, bool) {
	for _, f := range r.Findings {
		if f.ID == id {
			return f, true
		}
	}
	return nil, false
}
