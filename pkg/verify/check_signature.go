package verify

import (
	"fmt"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/wire"
)

// checkSignature sends what must be refused.
func checkSignature(h *handle) judge {
	forged := func() query {
		q := h.signed(h.newNonce())
		q.signature = h.wrongSignature()
		return q
	}
	bare := func() query {
		q := h.signed(h.newNonce())
		q.signature = nil
		return q
	}
	const hours = 2
	stale := func() query {
		return h.signedAt(fmt.Sprint(h.Now().Add(-hours*time.Hour).Unix()), h.newNonce())
	}
	wrong, none, old := h.begin("wrong signature", forged()), h.begin("no signature", bare()), h.begin("old timestamp", stale())
	return func() finding.Facts {
		h.refusal = wrong.answer()
		if h.accepts(h.refusal, wrong.query.echostr) {
			h.unsigned = true // nor can it be asked how it sorts
			h.find("V09", "wrong-signature", h.refusal, "body", finding.Excerpt(h.refusal.Response.Body))
			return nil
		}
		repeated(h, h.refusal, func() *wire.Exchange { return h.get("wrong signature", forged()) })
		if ex := none.answer(); h.accepts(ex, none.query.echostr) {
			h.find("V09", "missing-signature", ex, "body", finding.Excerpt(ex.Response.Body))
			return nil
		}
		repeated(h, none.answer(), func() *wire.Exchange { return h.get("no signature", bare()) })
		if ex := old.answer(); h.accepts(ex, old.query.echostr) && old.query.sealed == "" { // WeCom's is of the message
			h.find("V09", "stale", ex, "hours", hours)
		}
		repeated(h, old.answer(), func() *wire.Exchange { return h.get("old timestamp", stale()) })
		return nil
	}
}
