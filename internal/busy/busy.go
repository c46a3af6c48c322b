// Package busy is for tests that must pass on a busy machine: CI runs the packages side by side, on few and slow cores.
//
// A limit that no test should meet is a safety net, of [Net]. Where one must
// be met, [Patiently] looks for one that this machine can tell from a delay
// of its own. Speed is judged against something bare, with [Fastest].
// [Nobody] and [Free] are addresses that no other test gets.
package busy

import (
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
	"time"
)

// Net ends what hangs, and nothing else.
const Net = time.Minute

// Patiently calls try with a short limit, then with longer ones while it
// fails. A short one also ends exchanges that are quick on a quiet machine;
// what is wrong in itself fails with each.
func Patiently(t testing.TB, short time.Duration, try func(limit time.Duration) error) {
	t.Helper()
	for limit := short; ; limit *= 4 {
		err := try(limit)
		if err == nil {
			return
		}
		if limit > Net/4 {
			t.Error(err)
			return
		}
		t.Logf("with a limit of %v: %v", limit, err)
	}
}

// Fastest calls the functions in turn, rounds times, and returns the shortest
// time that each took: what else the machine does is left out.
func Fastest(rounds int, all ...func()) []time.Duration {
	best := make([]time.Duration, len(all))
	for round := range rounds {
		for i, f := range all {
			start := time.Now()
			f()
			if took := time.Since(start); round == 0 || took < best[i] {
				best[i] = took
			}
		}
	}
	return best
}

// Nobody returns a loopback address on which nothing listens until the test
// ends: it is the client's end of a connection, so the system gives its port
// to no listener.
func Nobody(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	c, err := net.DialTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}, l.Addr().(*net.TCPAddr))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c.LocalAddr().String()
}

// Free returns a loopback address for a process of the test's to listen on.
// Its port is below those that most systems hand out for port 0, so no other
// test gets it meanwhile.
func Free(t testing.TB) string {
	t.Helper()
	for range 100 {
		addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(10_000+rand.N(20_000)))
		if l, err := net.Listen("tcp", addr); err == nil {
			l.Close()
			return addr
		}
	}
	t.Fatal("no free port was found")
	return ""
}
