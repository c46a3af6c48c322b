package scenario_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/scenario"
)

// TestParallelUsers: two users wait for each other's message to arrive, which
// only goes well when their steps run side by side.
func TestParallelUsers(t *testing.T) {
	var both sync.WaitGroup
	both.Add(2)
	r := serve(t, func(in *message.Message) string {
		if in.Get("Content") == "meet" {
			both.Done()
			both.Wait()
		}
		return "ok"
	})
	r.Parallel = 2
	res := run(t, r, parse(t, `
[[step]]
from = "alice"
send = "text"
value = "meet"
[[step]]
from = "bob"
send = "text"
value = "meet"
[[step]]
from = "alice"
send = "text"
value = "after"
`))[0]
	if !res.OK() {
		t.Error(describe(res))
	}
}

// TestParallelIsFull: as many deliveries are under way at once as are asked for,
// from the first steps to the last. Each waits for its round to be complete,
// which a runner that sends fewer never brings about, and one that sends more
// would be counted.
func TestParallelIsFull(t *testing.T) {
	const parallel, rounds = 4, 5
	var (
		mu      sync.Mutex
		here    int
		most    int
		release = make(chan struct{})
	)
	r := serve(t, func(*message.Message) string {
		mu.Lock()
		here++
		most = max(most, here)
		round := release
		if here == parallel {
			close(round)
			here, release = 0, make(chan struct{})
		}
		mu.Unlock()
		<-round
		return "ok"
	})
	r.Parallel = parallel
	var text strings.Builder
	for i := range parallel * rounds {
		fmt.Fprintf(&text, "[[step]]\nfrom = \"user%d\"\nsend = \"text\"\nvalue = \"%d\"\n", i%parallel, i)
	}
	if res := run(t, r, parse(t, text.String()))[0]; !res.OK() {
		t.Error(describe(res))
	}
	if most != parallel {
		t.Errorf("up to %d at once, not %d", most, parallel)
	}
}

// diary is a bot that writes down what it hears, and numbers it.
type diary struct {
	mu    sync.Mutex
	heard []string
}

func (d *diary) say(in *message.Message) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.heard = append(d.heard, in.Get("FromUserName")+" "+in.Get("Content"))
	return fmt.Sprintf("number %d: %s", len(d.heard), in.Get("Content"))
}

// TestParallelOrder: each user's steps come in order, and a variable is the
// one that was captured last before its use in the file, whoever is faster.
func TestParallelOrder(t *testing.T) {
	var text strings.Builder
	for i := range 20 {
		for _, user := range []string{"alice", "bob", "carol"} {
			value := fmt.Sprintf("%s%d", user, i)
			if i > 0 {
				value += " after {{last}}"
			}
			fmt.Fprintf(&text, "[[step]]\nfrom = %q\nsend = \"text\"\nvalue = %q\n", user, value)
			if user == "bob" {
				text.WriteString("capture = { last = '(bob[0-9]+)' }\n")
			}
		}
	}
	d := &diary{}
	r := serve(t, d.say)
	r.Parallel = 8
	s := parse(t, text.String())
	res := run(t, r, s)[0]
	if !res.OK() {
		t.Fatal(describe(res))
	}
	for n, user := range []string{"alice", "bob", "carol"} {
		var got, want []string
		for _, h := range d.heard {
			if id, said, _ := strings.Cut(h, " "); id == res.Steps[n].OpenID {
				got = append(got, said)
			}
		}
		for i := range 20 {
			switch last := i; {
			case i == 0:
				want = append(want, user+"0")
				continue
			default:
				if user != "carol" {
					last--
				}
				want = append(want, fmt.Sprintf("%s%d after bob%d", user, i, last))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s said %q, want %q", user, got, want)
		}
	}
}

// TestParallelScenarios: they run side by side too and are reported in order,
// but never talk as one person at once.
func TestParallelScenarios(t *testing.T) {
	var mu sync.Mutex
	busy := map[string]bool{}
	most := 0
	r := serve(t, func(in *message.Message) string {
		user := in.Get("FromUserName")
		mu.Lock()
		if busy[user] {
			t.Errorf("%s sends two messages at once", user)
		}
		busy[user] = true
		most = max(most, len(busy))
		mu.Unlock()
		time.Sleep(time.Millisecond) // time for another to come in
		mu.Lock()
		delete(busy, user)
		mu.Unlock()
		return "ok"
	})
	r.Parallel = 4
	var all []*scenario.Scenario
	for i := range 12 {
		text := fmt.Sprintf("name = \"s%d\"\n", i)
		if i%2 == 0 {
			text += "fresh = false\n"
		}
		for range 5 {
			text += "[[step]]\nsend = \"text\"\n[[step]]\nfrom = \"oAbCdEfGhIjKlMnOpQrStUvWxYz0\"\nsend = \"text\"\n"
		}
		all = append(all, parse(t, text))
	}
	for i, res := range run(t, r, all...) {
		if !res.OK() || res.Scenario != all[i] || res.Took <= 0 {
			t.Errorf("result %d is of %s: %s", i, res.Scenario.Name, describe(res))
		}
	}
	if most < 2 || most > 4 {
		t.Errorf("%d users at once", most)
	}
}

// TestParallelFailure: one user's failure ends the scenario, also for those
// who wait for a variable of that user.
func TestParallelFailure(t *testing.T) {
	r := serve(t, func(in *message.Message) string { return "no number" })
	r.Parallel = 3
	res := run(t, r, parse(t, `
[[step]]
from = "alice"
send = "text"
capture = { code = '\d+' }
[[step]]
from = "bob"
send = "text"
value = "{{code}}"
[[step]]
from = "carol"
send = "text"
value = "{{code}}"
`))[0]
	if res.OK() || res.Steps[0].Failure == nil || res.Steps[1].Runs != 0 || res.Steps[2].Runs != 0 {
		t.Error(describe(res))
	}
}

// thousand is a scenario of n steps with users, variables and expectations.
func thousand(n int) string {
	var b strings.Builder
	b.WriteString("[[step]]\nsend = \"text\"\nvalue = \"code 7\"\ncapture = { code = '(\\d)' }\n")
	for i := range n - 1 {
		fmt.Fprintf(&b, "[[step]]\nfrom = \"user%d\"\nsend = \"text\"\nvalue = \"{{code}} %d\"\n"+
			"expect = { type = \"text\", text = \"you said: 7 %d\", match = '^you', not_contains = \"error\", under = \"1m\" }\n", i%7, i, i)
	}
	return b.String()
}

// TestThousandSteps: to judge a thousand steps costs little beside sending
// them, which takes a fraction of a second on loopback.
func TestThousandSteps(t *testing.T) {
	r := serve(t, echo)
	s := parse(t, thousand(1000))
	trip := roundTrip(t)
	best := busy.Fastest(3, func() {
		if res := run(t, r, s)[0]; !res.OK() {
			t.Fatal(describe(res))
		}
	}, func() {
		for range 1000 {
			trip()
		}
	})
	t.Logf("1000 steps took %v, as many bare round trips %v", best[0], best[1])
	if best[0] > 5*best[1] {
		t.Errorf("1000 steps took %v, as many bare round trips %v", best[0], best[1])
	}
}

// BenchmarkSteps is a thousand steps, beside as many bare round trips. The server
// is in the same process, so the parallel steps can gain twice at most on two cores.
func BenchmarkSteps(b *testing.B) {
	b.Run("bare", func(b *testing.B) {
		trip := roundTrip(b)
		b.ReportAllocs()
		for b.Loop() {
			for range 1000 {
				trip()
			}
		}
	})
	for name, parallel := range map[string]int{"wxdev": 1, "wxdev-parallel": 8} {
		b.Run(name, func(b *testing.B) {
			r := serve(b, echo)
			r.Parallel = parallel
			s := parse(b, thousand(1000))
			b.ReportAllocs()
			for b.Loop() {
				if !run(b, r, s)[0].OK() {
					b.Fatal("a step fails")
				}
			}
			b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "steps/s")
		})
	}
}

// roundTrip is what a step cannot be faster than: such a message on a new
// connection, answered by the same server, and nothing judged.
func roundTrip(tb testing.TB) func() {
	r := serve(tb, echo)
	typ, _ := message.LookupType("text")
	p, err := r.Pusher.Build(typ.New(message.OpenID("alice"), message.OriginalID("wxdev"), time.Now(), 1))
	if err != nil {
		tb.Fatal(err)
	}
	addr, raw := strings.TrimSuffix(strings.TrimPrefix(r.Pusher.URL, "http://"), "/wechat"), p.Request(r.Pusher.URL).Bytes()
	return func() {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			tb.Fatal(err)
		}
		defer conn.Close()
		if _, err := conn.Write(raw); err != nil {
			tb.Fatal(err)
		}
		if answer, err := io.ReadAll(conn); err != nil || !bytes.Contains(answer, []byte("you said")) {
			tb.Fatalf("%q, %v", answer, err)
		}
	}
}
