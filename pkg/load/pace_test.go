package load_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/load"
	"github.com/wxdev/wxdev/pkg/message"
)

// TestStallIsNotHidden: while a server stands still the messages keep coming, and
// each counts from when it was due. The server's own log says what the latencies
// are at least.
func TestStallIsNotHidden(t *testing.T) {
	const rate, count = 200, 160
	var mu sync.Mutex
	came, answered := make([]time.Time, count), make([]time.Time, count)
	var began time.Time
	p := plan(t, &seen{t: t, f: func(w http.ResponseWriter, _ *http.Request, in *message.Message, _ int) {
		n, err := strconv.Atoi(strings.TrimPrefix(in.Get("Content"), "message "))
		if err != nil {
			t.Error(err)
			return
		}
		mu.Lock()
		came[n-1] = time.Now()
		if began.IsZero() {
			began = time.Now()
		}
		since := time.Since(began)
		mu.Unlock()
		if since > 200*time.Millisecond { // then nothing until the end of the 600th
			time.Sleep(600*time.Millisecond - since)
		}
		mu.Lock()
		answered[n-1] = time.Now()
		mu.Unlock()
	}})
	p.Connections, p.Rate, p.Count = 0, rate, count
	res := run(t, p)
	if res.Answered != count {
		t.Fatalf("%+v", res)
	}
	planned := func(i int) time.Duration { return time.Duration(i) * time.Second / rate }
	start := came[0]
	for i, at := range came { // no message leaves before its time
		if at = at.Add(-planned(i)); at.Before(start) {
			start = at
		}
	}
	var log []time.Duration
	for i, at := range answered {
		log = append(log, at.Sub(start)-planned(i))
	}
	slices.Sort(log)
	for _, q := range []int{50, 90, 99} {
		want := log[count*q/100-1]
		if got := res.Latency.Percentile(float64(q)); got < want-want/200-time.Millisecond {
			t.Errorf("p%d is %v, in the server's log %v", q, got, want)
		}
	}
}

// TestWithheld: when the generator is the limit, or its bound on connections,
// the percentiles are not for showing.
func TestWithheld(t *testing.T) {
	quick := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) })
	p := plan(t, quick)
	p.Connections, p.Rate, p.Count = 0, 100, 20
	p.Source = source(t, load.Options{Now: func() time.Time { time.Sleep(15 * time.Millisecond); return time.Now() }})
	if res := run(t, p); res.Withheld() != load.WithheldLate || res.Late != 20 || res.Crowded != 0 {
		t.Errorf("late: %+v", res)
	}
	p = plan(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { quick(w, r); time.Sleep(30 * time.Millisecond) }))
	p.Connections, p.Rate, p.Count = 1, 100, 20
	if res := run(t, p); res.Withheld() != load.WithheldCrowded || res.Crowded < 15 || res.Answered != 20 {
		t.Errorf("crowded: %+v", res)
	}
	if (&load.Result{Sent: 100, Late: 1}).Withheld() != "" {
		t.Error("one in a hundred is enough")
	}
}

// TestDuration: the load ends with its time, whichever the loop, and the answers
// are waited for.
func TestDuration(t *testing.T) {
	for _, rate := range []float64{0, 50} {
		p := plan(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			time.Sleep(100 * time.Millisecond)
		}))
		p.Rate, p.Count, p.Duration = rate, 0, 300*time.Millisecond
		if rate > 0 {
			p.Connections = 0
		}
		res := run(t, p)
		if res.Sent == 0 || res.Answered != res.Sent || rate > 0 && res.Sent != 15 || res.Interrupted {
			t.Errorf("rate %v: %+v", rate, res)
		}
	}
}

// TestTicks: each second is told, and the series adds up.
func TestTicks(t *testing.T) {
	if testing.Short() {
		t.Skip("takes two seconds")
	}
	var told []load.Snapshot
	p := plan(t, strict(t))
	p.Connections, p.Rate, p.Count = 0, 50, 110
	p.OnTick = func(s load.Snapshot) { told = append(told, s) }
	res := run(t, p)
	var sent, answered int64
	for _, s := range res.Series {
		sent, answered = sent+s.Sent, answered+s.Answered
	}
	if len(told) < 2 || len(res.Series) < 3 || sent != 110 || answered != 110 || told[1].Sent < told[0].Sent || told[0].Last != res.Series[0] {
		t.Errorf("%+v of %+v", told, res.Series)
	}
}

// descriptors is how many are open, where the system says so.
func descriptors() int {
	files, _ := os.ReadDir("/proc/self/fd")
	return len(files)
}

// TestNothingIsLeft: no goroutine and no descriptor outlives a run, and while it
// goes on there are no more than its connections need.
func TestNothingIsLeft(t *testing.T) {
	count := 20_000
	if testing.Short() {
		count = 2_000
	}
	var n atomic.Int64
	empty := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if n.Add(1)%500 == 0 { // some are cut off, and heard
			gone(r)
		}
	})
	for _, keep := range []bool{true, false} {
		p := plan(t, empty)
		goroutines, files := runtime.NumGoroutine(), descriptors()
		p.Connections, p.Count, p.KeepAlive, p.Timeout = 16, count, keep, 300*time.Millisecond
		most := 0
		done := make(chan struct{})
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			defer close(done)
			for ctx.Err() == nil {
				most = max(most, runtime.NumGoroutine())
				time.Sleep(10 * time.Millisecond)
			}
		}()
		res := run(t, p)
		cancel()
		<-done
		if res.Sent != int64(count) {
			t.Errorf("%+v", res)
		}
		// The server has one or two for each connection that it has not yet closed.
		if limit := goroutines + 16*8 + 3*int(res.Errors[load.ErrTimeout]); most > limit {
			t.Errorf("keep %t: %d goroutines, %d before", keep, most, goroutines)
		}
		for try := 0; runtime.NumGoroutine() > goroutines || descriptors() > files; try++ {
			if try == 200 {
				t.Errorf("keep %t: %d goroutines of %d are left, %d descriptors of %d", keep, runtime.NumGoroutine(), goroutines, descriptors(), files)
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
}

// TestInterruptedWhileOpen: the end of the context ends deliveries, what is heard
// of late ones, and the schedule.
func TestInterruptedWhileOpen(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var n atomic.Int64
	p := plan(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if n.Add(1) == 60 {
			cancel()
		}
		<-ctx.Done()
		time.Sleep(50 * time.Millisecond)
	}))
	p.Connections, p.Rate, p.Count, p.Duration, p.Timeout = 0, 200, 0, time.Hour, 100*time.Millisecond
	res, err := p.Run(ctx)
	if err != nil || !res.Interrupted || res.Sent < 20 || res.Canceled == 0 || res.Answered != 0 {
		t.Errorf("%+v %v", res, err)
	}
}

// TestTimeIsOver: a load with a duration ends, also when there are more messages than
// connections for them. What was left is counted, and nothing is said of latency.
func TestTimeIsOver(t *testing.T) {
	var came atomic.Int64
	p := plan(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		came.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	p.Rate, p.Connections, p.Count, p.Duration, p.Timeout = 1000, 2, 0, 500*time.Millisecond, 200*time.Millisecond
	res := run(t, p)
	if res.Unsent == 0 || res.Sent+res.Unsent != 500 || came.Load() > 3*res.Sent || res.Withheld() != load.WithheldCrowded {
		t.Errorf("%d came: %+v", came.Load(), res)
	}
}
