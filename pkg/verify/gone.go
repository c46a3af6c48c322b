package verify

import (
	"slices"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/wire"
)

// A server may end while it is checked: over a request, which is M30, or because
// somebody starts it again, which is not a fault.

// stillThere looks whether the server is still there, if the last requests got
// no answer. It reports whether the check is to be made again, since the server
// was gone for a while for no reason of its own. That happens once in a check.
func (h *handle) stillThere() (again bool) {
	stop := h.halted()
	if stop != "" && stop != doubtful && stop != Died || h.ctx.Err() != nil || h.found(deadly) {
		return false
	}
	t := h.tail()
	if len(t.broken) == 0 && (stop == Died || !t.gone || t.before == nil) {
		return false
	}
	if h.width > 1 {
		h.under.Wait() // they were under way as well
		t = h.tail()
	}
	state := push.StateOf(h.ctx, &h.Sender, t.last.Address)
	switch {
	case state == "":
	case state == push.Ended && len(t.broken) > 0:
		h.endedOverRequest(t.broken)
	case state == push.Ended && h.local: // else it may be a ban
		h.endedOverRequest([]*wire.Exchange{t.before})
	case state == push.Ended:
	case t.gone || state == push.Restarted:
		h.undoubt()
		if len(t.broken) > 0 {
			h.find(deadly, "request-restarts", t.broken[0], "request", requestLines(t.broken))
			return false
		}
		again, h.twice = t.own && !h.twice, true
	}
	return again
}

// tail is what the last requests came to, since the server last answered.
type tail struct {
	broken []*wire.Exchange // were sent, and not answered
	gone   bool             // nobody listened any more
	own    bool             // for a request of this check
	before *wire.Exchange   // the last that was answered
	last   *wire.Exchange
}

func (h *handle) tail() (t tail) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range slices.Backward(h.report.Probes) {
		switch ex := p.Exchange; {
		case down(ex):
			t.gone = true
			t.own = t.own || p.Check == h.check.name
		case brokenOff(ex):
			t.broken = append([]*wire.Exchange{ex}, t.broken...)
		case ex.Response != nil:
			t.before = ex
			return t
		}
		if t.last == nil {
			t.last = p.Exchange
		}
	}
	return t
}

// brokenOff reports whether a request was sent, and not answered.
func brokenOff(ex *wire.Exchange) bool {
	return slices.Contains([]wire.Kind{wire.Closed, wire.Reset, wire.Timeout}, ex.Failure())
}

// back waits for a server that nobody listens for, and reports whether it is
// there again: if not, nothing more is sent.
func (h *handle) back(ex *wire.Exchange) bool {
	if h.halted() == Died {
		return false
	}
	if push.StateOf(h.ctx, &h.Sender, ex.Address) == push.Ended {
		h.halt(Died)
		return false
	}
	return h.ctx.Err() == nil
}

// endedOverRequest records that the server ended over a request, or over one
// of several that were under way at the same time: a POST is the likeliest then,
// as the only one of its kind.
func (h *handle) endedOverRequest(under []*wire.Exchange) {
	h.halt(Died)
	slices.SortStableFunc(under, func(a, b *wire.Exchange) int { return -strings.Compare(a.Request.Method, b.Request.Method) })
	h.find(deadly, "request-dies", under[0], "request", requestLines(under))
}

func requestLines(all []*wire.Exchange) finding.List {
	const most = 3
	var lines finding.List
	for _, ex := range all[:min(len(all), most)] {
		lines = append(lines, finding.Excerpt(ex.Request.Line()))
	}
	return lines
}
