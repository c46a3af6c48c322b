package verify

import (
	"slices"
	"time"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/wire"
)

// So many requests a server gets before it passes for one that answers each
// time. Of those that refuse 30 in 100 at random, eight in 10 000 accept as
// many right ones in a row.
const (
	rightRequests = 20
	allRequests   = 24
)

// checkSteady sends the plain request until the server had enough of them. As
// soon as another check has met a refusal that it cannot explain, it runs at
// once, and finds out whether that was a limit or chance.
func checkSteady(h *handle) finding.Facts {
	if h.stop != doubtful && h.query.push != nil { // each ticket may be kept by the server, and be used
		h.skip = NotApplicable
		return nil
	}
	if h.stop != doubtful {
		right := 0
		for _, p := range h.report.Probes {
			if p.Shown == shownEcho {
				right++
			}
		}
		for _, t := range h.plains("once more", max(rightRequests-right, allRequests-len(h.report.Probes), 0)) {
			if !t.ok && h.stop == "" {
				h.doubt(t)
			}
		}
	}
	if h.stop == doubtful && h.stillThere() {
		return checkSteady(h)
	}
	if h.stop == doubtful {
		h.stop = ""
		explainDoubts(h)
		h.doubts = nil
	}
	return finding.NewFacts("sent", len(h.report.Probes))
}

// explainDoubts finds out why the server refused what it accepts at other
// times.
func explainDoubts(h *handle) {
	var refused []*wire.Exchange
	for _, t := range h.doubts {
		if t.ex != nil && !t.ok {
			refused = append(refused, t.ex)
		}
	}
	switch {
	case slices.ContainsFunc(refused, down), slices.ContainsFunc(refused, answer.Limited):
		h.halt(Limited, refused...)
	case behindGone(h, refused):
	case explainChance(h, h.doubts...):
		h.halt(AtRandom)
	default:
		h.halt(Limited, refused...)
	}
}

// explainChance sends the plain request slowly, so that no rate limit is met,
// and reports whether some are accepted and some are not, and why if it can.
func explainChance(h *handle, seen ...trial) bool {
	slow, ok := slowly(h)
	seen = append(slices.Clone(seen), slow...)
	refused := slices.DeleteFunc(slices.Clone(seen), passed)
	switch {
	case byZeros(h, refused):
		return true
	case !ok, h.ctx.Err() != nil, len(refused) == len(seen):
		return false
	case h.report.Accepted && !limitless(refused, slow):
		return false // it was a rate limit, then
	}
	shows := refused[0].ex
	gateway := slices.IndexFunc(refused, func(t trial) bool { return t.ex.Response != nil && answer.FromProxy(t.ex.Response.Status) })
	if gateway >= 0 {
		shows = refused[gateway].ex
	}
	counts := []any{"refused", len(refused), "sent", len(seen), "answer", answer.Summary(shows)}
	if gateway >= 0 {
		h.find("V04", "one-backend", shows, counts...)
		return true
	}
	signed := slices.DeleteFunc(refused, func(t trial) bool { return t.query.signature == nil || failedAnswer(t.ex) })
	for _, t := range signed[:min(len(signed), 2)] {
		if m, hit, ok := searchMistake(h, t.query); ok {
			findMistake(h, m, hit)
			return true
		}
	}
	h.find("V50", "random", shows, counts...)
	return true
}

// behindGone knows a proxy that from one request on answers for a server which
// is no longer there.
func behindGone(h *handle, refused []*wire.Exchange) bool {
	fromProxy := func(ex *wire.Exchange) bool { return ex.Response != nil && answer.FromProxy(ex.Response.Status) }
	last := refused[len(refused)-1]
	if !fromProxy(last) {
		return false
	}
	const tries = 10 // for one that is started again, or one of several
	for n := range tries {
		if !h.pause(time.Duration(min(n+1, growing)) * h.apart) {
			return false
		}
		t := h.plain("slowly")
		if !fromProxy(t.ex) {
			h.halt("")
			return false
		}
		last = t.ex
	}
	v, ok := answer.Judge(last)
	if ok {
		h.add(v.Finding)
		h.halt(Died)
	}
	return ok
}

// limitless reports whether no rate limit can have refused one of the trials:
// the server says that the fault is its own, or it came late, when the trials
// were further apart.
func limitless(refused, slow []trial) bool {
	late := slow[min(len(slow), growing/2):]
	return slices.ContainsFunc(refused, func(t trial) bool { return t.ex.Response != nil && failedAnswer(t.ex) }) ||
		slices.ContainsFunc(late, func(t trial) bool { return !t.ok })
}

// standardApart is between the first two of the requests that go slowly; each
// of the first ones waits as much longer than the one before.
const (
	standardApart = 40 * time.Millisecond
	growing       = 8
	evenly        = 20 // what refuses one in 16 shows it once more
)

// slowly sends plain requests a while apart, until the server has both
// accepted and refused some of the late ones. It reports false for those of a
// server that bans us.
func slowly(h *handle) ([]trial, bool) {
	var slow []trial
	for len(slow) < growing+evenly && h.pause(time.Duration(min(len(slow)+1, growing))*h.apart) {
		if h.stop != "" {
			return slow, false
		}
		t := h.plain("slowly")
		if !t.ok && !conclusive(t.ex) {
			return slow, false
		}
		slow = append(slow, t)
		ban := 10 // chance refuses as many in a row once in 1000 if it refuses every other one
		if t.ex.Failure() == wire.Timeout {
			ban = 3 // it takes too long to be sure
		}
		if len(slow) >= ban && !slices.ContainsFunc(slow, passed) && h.report.Accepted {
			return slow, false
		}
		if late := slow[min(len(slow), growing/2):]; len(slow) >= growing && slices.ContainsFunc(slow, passed) &&
			(!h.report.Accepted || slices.ContainsFunc(late, func(t trial) bool { return !t.ok })) {
			break
		}
	}
	return slow, true
}

// byZeros knows a server that computes the signature in hex without zeros: it
// refuses those that have any. A signature without them proves it.
func byZeros(h *handle, refused []trial) bool {
	for _, t := range refused {
		if t.query.signature == nil {
			continue
		}
		zeros := slices.DeleteFunc(mistakes(h, t.query), func(m signature.Mistake) bool { return !m.Zeros() })
		if len(zeros) == 0 {
			return false
		}
		if m, hit, ok := searchAmong(h, zeros, t.query); ok {
			findMistake(h, m, hit)
			return true
		}
		break
	}
	return false
}
