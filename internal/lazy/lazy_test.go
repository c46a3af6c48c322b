package lazy_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/wxdev/wxdev/internal/lazy"
)

var (
	made  atomic.Int32
	table = lazy.Value[map[string]int]{Make: func() map[string]int {
		made.Add(1)
		return map[string]int{"one": 1}
	}}
	digits = lazy.Regexp(`^[0-9]+$`)
	faulty = lazy.Regexp(`[`)
)

func TestValueIsMadeOnce(t *testing.T) {
	if made.Load() != 0 {
		t.Fatal("it was made before anybody asked")
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if table.Get()["one"] != 1 {
				t.Error("the table is not there")
			}
		})
	}
	all.Wait()
	if n := made.Load(); n != 1 {
		t.Errorf("it was made %d times", n)
	}
}

func TestRegexp(t *testing.T) {
	first := digits.Get()
	if !first.MatchString("40164") || digits.Get() != first {
		t.Error("it is not compiled, or more than once")
	}
	defer func() {
		if recover() == nil {
			t.Error("what is no expression does not panic")
		}
	}()
	faulty.Get()
}
