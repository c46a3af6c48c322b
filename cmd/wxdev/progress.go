package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// progress shows on a terminal what is going on, from the second second on.
// Without a terminal it does nothing.
type progress struct {
	mu    sync.Mutex
	w     io.Writer
	text  string
	shown int // columns on the line now
	stop  chan struct{}
	done  sync.WaitGroup
}

func newProgress(env *Env) *progress {
	p := &progress{w: env.Err, stop: make(chan struct{})}
	if !env.ErrTTY {
		return p
	}
	p.done.Go(func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-p.stop:
				return
			case <-tick.C:
				p.draw()
			}
		}
	})
	return p
}

// Say sets what is shown.
func (p *progress) Say(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text = text
}

func (p *progress) draw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clearLocked()
	fmt.Fprint(p.w, p.text)
	p.shown = columns(p.text)
}

// Clear takes the line away, so that another can be printed in its place.
func (p *progress) Clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clearLocked()
}

func (p *progress) clearLocked() {
	if p.shown > 0 {
		fmt.Fprint(p.w, "\r"+strings.Repeat(" ", p.shown)+"\r")
		p.shown = 0
	}
}

// Close ends it and leaves no trace.
func (p *progress) Close() {
	close(p.stop)
	p.done.Wait()
	p.Clear()
}
