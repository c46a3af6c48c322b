package load

import "sync"

// aborter is what waits for a server.
type aborter interface{ Abort() }

// aborts are all that wait for the server, to be ended together.
type aborts struct {
	mu    sync.Mutex
	all   map[aborter]struct{}
	ended bool
}

func (a *aborts) add(one aborter) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ended {
		one.Abort()
		return
	}
	if a.all == nil {
		a.all = map[aborter]struct{}{}
	}
	a.all[one] = struct{}{}
}

func (a *aborts) remove(one aborter) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.all, one)
}

// end aborts all, those too that are added later.
func (a *aborts) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ended = true
	for one := range a.all {
		one.Abort()
	}
}
