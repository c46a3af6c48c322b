package phonetest

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/wxdev/wxdev/internal/browser"
	"github.com/wxdev/wxdev/internal/stacks"
)

// one is the Chromium of all tests: starting it takes longer than most of them.
// What a page keeps is kept by its origin, and each emulator has its own port.
var one struct {
	sync.Once
	ctx  context.Context
	stop func()
	err  error
}

func shared(t *testing.T) context.Context {
	t.Helper()
	stacks.Need(t, "chromium")
	one.Do(func() {
		dir, err := os.MkdirTemp("", "phonetest-")
		if err != nil {
			one.err = err
			return
		}
		ctx, stop, err := browser.Launch(dir)
		one.ctx, one.err = ctx, err
		one.stop = func() {
			if stop != nil {
				stop()
			}
			if err := os.RemoveAll(dir); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}
	})
	if one.err != nil {
		t.Fatal(one.err)
	}
	return one.ctx
}

func TestMain(m *testing.M) {
	code := m.Run()
	if one.stop != nil {
		one.stop()
	}
	os.Exit(code)
}
