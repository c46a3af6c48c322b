package verify

import (
	"net/netip"
	"time"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/wire"
)

// checkTwice asks twice more: for a cached answer, for one that was slow only
// at first, and, where it is worth it, whether requests may overlap.
func checkTwice(h *handle) finding.Facts {
	one, two := h.twoMore()
	first, second := answerTime(h.base), answerTime(one.ex)
	facts := finding.NewFacts("first", first, "second", second)
	for _, t := range []trial{one, two} {
		if t.ok || !conclusive(t.ex) {
			continue
		}
		if res := t.ex.Response; res != nil && !answer.Echoed(t.ex, t.query.echostr) && string(res.Body) == string(h.base.Response.Body) {
			h.cached = true
			h.find("V34", "cached", t.ex, "header", cacheHeader(res), "body", finding.Excerpt(res.Body))
			return facts
		}
		if stillTakes(h, t.ex) {
			h.doubt(t, trial{ok: true})
		}
		return facts
	}
	if one.ok {
		quick := one.ex // a time is close to the limit if the quickest is
		if two.ok && answerTime(two.ex) < second {
			quick = two.ex
		}
		if first >= h.slow && first < answerTime(quick) {
			quick = h.base
		}
		judgeSpeed(h, first, answerTime(quick), quick)
	}
	return facts
}

// answerTime is what the server itself took, without name, connection and
// TLS.
func answerTime(ex *wire.Exchange) time.Duration {
	t := ex.Times
	return t.Total - t.DNS - t.Connect - t.TLS
}

// From slow on a time is worth a word, from tight on a warning: a server that
// is busier, or further away from WeChat, has half of the limit left.
const (
	standardSlow = time.Second
	tightBySlow  = 2.5
)

func (h *handle) tight() time.Duration { return time.Duration(tightBySlow * float64(h.slow)) }

func judgeSpeed(h *handle, first, second time.Duration, ex *wire.Exchange) {
	way := ex.Times.DNS + ex.Times.Connect + ex.Times.TLS
	switch {
	case h.rules.VerifyWithin > 0 && second >= max(h.rules.VerifyWithin, h.slow):
		h.find("W06", "late", ex, "seconds", second, "limit", h.rules.VerifyWithin)
	case second >= h.tight():
		h.find("V37", "close", ex, "seconds", second)
	case second >= h.slow:
		h.find("V37", "noticeable", ex, "seconds", second)
	case first >= h.tight() && first >= 4*second:
		h.find("V28", "first-slow", h.base, "first", first, "second", second)
	case first >= h.slow && first >= 4*second: // a cold runtime, or a machine that is busy
		h.find("V28", "first-noticeable", h.base, "first", first, "second", second)
	case way >= h.slow && !skipped(ex):
		h.find("V14", "far", ex, "connect", way, "total", ex.Times.Total)
	}
}

// skipped reports whether an address was tried before the one that answered:
// then connecting took the time of a dead one, which is a finding of its own.
func skipped(ex *wire.Exchange) bool {
	used, err := netip.ParseAddrPort(ex.Address)
	return err == nil && len(ex.Addresses) > 0 && used.Addr() != ex.Addresses[0]
}

// cacheHeader shows what tells of a cache in between.
func cacheHeader(res *wire.Response) finding.Fact {
	for _, name := range []string{"CF-Cache-Status", "X-Cache", "X-Cache-Lookup", "Age", "Via", "CF-Ray"} {
		if v := res.Get(name); v != "" {
			return finding.Name(name + ": " + v)
		}
	}
	return finding.Because(reason.NoCacheHeader)
}
