package verify

import (
	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/wire"
)

// checkTransport asks in HTTP/1.1, as a browser would.
func checkTransport(h *handle) judge {
	send := func(q query) *wire.Exchange {
		return h.send("as a browser", h.request(q).HTTP11().With("User-Agent", browserAgent), q.echostr)
	}
	q := h.signed(h.newNonce())
	first := h.later(func() *wire.Exchange { return send(q) })
	return func() finding.Facts {
		ex := first()
		again := func() (*wire.Exchange, bool) {
			q := h.signed(h.newNonce())
			ex := send(q)
			return ex, answer.Echoed(ex, q.echostr)
		}
		if !answer.Echoed(ex, q.echostr) && insists(h, ex, again) {
			h.find("V10", "modern", ex, "answer", answer.Summary(ex))
		}
		return nil
	}
}
