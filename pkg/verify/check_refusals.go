package verify

import (
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
)

// checkRefusals sends messages that must not be acted on.
func checkRefusals(h *handle) finding.Facts {
	sendForged(h)
	stillServed(h)
	return nil
}

func sendForged(h *handle) {
	p := h.build(h.text("wxdev verify"))
	p.Signature = *h.wrongSignature()
	if p.MsgSignature != "" {
		p.MsgSignature = *h.wrongSignature()
	}
	d := h.deliver("wrong signature", h.pusher(), p)
	keepDenial(h, d.Last())
	if down(h.get("still there?", h.signed(h.newNonce()))) {
		endedOver(h, d, "text, wrong signature")
		return
	}
	if replied(d) {
		h.find("M28", "no-check", d.Last(), "status", d.Last().Response.StatusFact(), "body", finding.Excerpt(d.Plain))
		return
	}
	if h.mode() != msgcrypt.Safe {
		return // in compatible mode a server may go by the plain fields alone
	}
	p = h.build(h.text("wxdev verify"))
	p.MsgSignature = *h.wrongSignature()
	d = h.deliver("wrong msg_signature", h.pusher(), p)
	keepDenial(h, d.Last())
	if replied(d) {
		h.find("M02", "signature-only", d.Last())
	}
	if d := h.push("another AppID", h.text("wxdev verify"), push.WithCodec(h.Codec.WithAppID("wx0000000000000000"))); replied(d) {
		h.find("M22", "unchecked", d.Last())
	}
	if d := h.push("not encrypted", h.text("wxdev verify"), push.WithMode(msgcrypt.Plain)); replied(d) {
		h.find("M02", "plaintext-accepted", d.Last())
	}
}
