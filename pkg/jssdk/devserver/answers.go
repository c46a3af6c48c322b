package devserver

import (
	"context"
	"strings"
	"sync"
)

// Answers are what functions are to give back, for [Server.Answer]: one that has
// several gives them in turn, and the last one from then on. What is not among
// them happens only as far as it tells the client something.
type Answers struct {
	mu   sync.Mutex
	next map[string][]Result
}

// Add reads one more, as [ParseAnswer] does.
func (a *Answers) Add(given string) error {
	name, r, err := ParseAnswer(given)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.next == nil {
		a.next = map[string][]Result{}
	}
	a.next[name] = append(a.next[name], r)
	return nil
}

// Answer is one for [Server.Answer].
func (a *Answers) Answer(_ context.Context, c Call) Result {
	a.mu.Lock()
	defer a.mu.Unlock()
	left := a.next[c.Name]
	switch {
	case c.Refused != "":
		return Result{}
	case len(left) == 0 && Tells(c.Name):
		return Result{Outcome: OK}
	case len(left) == 0:
		return Result{}
	case len(left) > 1:
		a.next[c.Name] = left[1:]
	}
	return left[0]
}

// Tells reports whether a function only tells the client something: what is
// shared, which buttons there are.
func Tells(name string) bool {
	for _, verb := range []string{"hide", "show", "update"} {
		if strings.HasPrefix(name, verb) {
			return true
		}
	}
	return false
}
