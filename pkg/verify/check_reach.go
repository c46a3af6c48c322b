package verify

import (
	"net/netip"
	"slices"
	"sync"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/wire"
)

// whyNoAnswer finds out why the base request got no HTTP answer. When a second
// try is answered, it becomes the base.
func whyNoAnswer(h *handle) {
	ex := h.base
	if !speaksPlain(h) {
		for _, f := range answer.Unreachable(ex) {
			h.add(f)
		}
	}
	switch ex.Failure() {
	case wire.Timeout:
		timedOut(h)
	case wire.Closed, wire.Reset:
		if !unsteady(h, 10) && !(h.query.sealed != "" && brokeDown(h)) && (h.query.push != nil || !byAgent(h)) {
			variant := map[wire.Kind]string{wire.Closed: "closed", wire.Reset: "reset"}[ex.Failure()]
			h.find("V39", variant, ex, "ms", ex.Times.Total)
		}
	}
	if ex.Failure() != wire.DNS && len(ex.Addresses) > 0 && !slices.ContainsFunc(ex.Addresses, netip.Addr.Is4) && !h.local {
		h.find("V19", "no-ipv4", ex, "addresses", joinAddresses(ex.Addresses))
	}
}

// speaksPlain knows a port without TLS that hangs up on a TLS hello: it
// answers a plain request.
func speaksPlain(h *handle) bool {
	ex := h.base
	problems := ex.TLSProblems()
	if len(problems) != 1 || problems[0].Kind != wire.TLSHandshake || len(ex.Certs) > 0 {
		return false
	}
	host := h.target.Host
	if h.target.Port() == "" {
		host += ":443"
	}
	q := h.signed(h.newNonce())
	q.signature = h.wrongSignature() // a right one has no business in the clear
	to := wire.JoinQuery("http://"+host+h.target.EscapedPath(), q.params()...)
	plain := h.send("plain http", wire.NewRequest("GET", to, nil), q.echostr)
	if plain.Response == nil || plain.Response.Status == 400 { // 400 is a TLS server's word for it
		return false
	}
	h.find("V13", "plain-http", plain, "status", plain.Response.StatusFact(), "error", problems[0].Facts["error"])
	return true
}

// timedOut tries again, as WeChat would from the console, and at the same
// time as a browser: a slow start, a filter that swallows, or always slow.
func timedOut(h *handle) {
	first := h.base
	q := h.signed(h.newNonce())
	other := h.signed(h.newNonce())
	var again, browser *wire.Exchange
	var both sync.WaitGroup
	both.Go(func() { again = h.get("again", q) })
	both.Go(func() {
		browser = h.send("as a browser", h.request(other).HTTP11().With("User-Agent", browserAgent), other.echostr)
	})
	both.Wait()
	took := finding.Duration(first.Times.Total)
	switch {
	case again.Response != nil:
		h.find("V28", "first-timeout", first, "first", "> "+took.In(finding.English), "second", answerTime(again))
		h.base, h.query = again, q
	case answer.Echoed(browser, other.echostr):
		h.find("V10", "by-both", first, "refused", answered(first, "HTTP/1.0", "Mozilla/4.0"), "accepted", finding.List{finding.Name("HTTP/1.1"), client("browser")})
	case len(first.Received) > 0:
		h.find("V37", "drip", first, "bytes", len(first.Received), "seconds", took)
	case again.Failure() == wire.Canceled: // there was no time for it
		h.find("V37", "once", first, "seconds", took)
	default:
		h.find("V37", "always", first, "seconds", took)
	}
}

// checkReach sends the base request; whatever kept it from an HTTP answer is
// found here.
func checkReach(h *handle) finding.Facts {
	h.query = h.signed(h.newNonce())
	h.base = h.get("base", h.query)
	if h.base.Err != nil {
		whyNoAnswer(h)
		if h.base.Err != nil { // not mended by a second try
			return nil
		}
	}
	h.lost = 0 // it answers, whatever it says
	facts := finding.NewFacts("address", h.base.Address, "time", h.base.Times.Connect, "tls", h.base.TLS)
	if h.base.Times.DNS > 0 {
		facts["dns"] = finding.Duration(h.base.Times.DNS)
	}
	return facts
}
