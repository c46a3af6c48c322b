package busy_test

import (
	"errors"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
)

// TestNobody: the address refuses, and no listener can have it.
func TestNobody(t *testing.T) {
	addr := busy.Nobody(t)
	if c, err := net.Dial("tcp", addr); err == nil {
		c.Close()
		t.Errorf("somebody takes connections at %s", addr)
	}
	if l, err := net.Listen("tcp", addr); err == nil {
		l.Close()
		t.Errorf("somebody else may listen at %s", addr)
	} else if !errors.Is(err, syscall.EADDRINUSE) {
		t.Log(err) // of a system with other names for it
	}
}

func TestFree(t *testing.T) {
	l, err := net.Listen("tcp", busy.Free(t))
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}

func TestPatiently(t *testing.T) {
	var limits []time.Duration
	busy.Patiently(t, time.Second, func(limit time.Duration) error {
		if limits = append(limits, limit); len(limits) < 3 {
			return errors.New("not yet")
		}
		return nil
	})
	if len(limits) != 3 || limits[0] != time.Second || limits[2] != 16*time.Second {
		t.Errorf("tried with %v", limits)
	}
}

func TestFastest(t *testing.T) {
	calls := ""
	best := busy.Fastest(3, func() { calls += "a" }, func() { calls += "b"; time.Sleep(time.Millisecond) })
	if calls != "ababab" || best[1] < time.Millisecond {
		t.Errorf("%s took %v", calls, best)
	}
}
