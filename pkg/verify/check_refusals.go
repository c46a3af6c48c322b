package verify

import (
	"strings"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/reply"
)

// checkRefusals sends messages that must not be acted on.
func checkRefusals(h *handle) finding.Facts {
	sendForged(h)
	stillServed(h)
	if h.skip == "" && !h.answers {
		h.skip = Silent // what it takes in silence it may have refused
	}
	return nil
}

func sendForged(h *handle) {
	p := h.build(h.text("wxdev verify"))
	p.Signature = *h.wrongSignature()
	if p.MsgSignature != "" {
		p.MsgSignature = *h.wrongSignature()
	}
	denied := h.deliver("wrong signature", h.pusher(), p)
	keepDenial(h, denied.Last())
	if endedBy(h, denied, "text, wrong signature") {
		return
	}
	if speaks(denied) {
		h.find("M28", "no-check", denied.Last(), "status", denied.Last().Response.StatusFact(), "body", finding.Excerpt(denied.Plain))
		return
	}
	if !h.found("M28") {
		sendUnsigned(h, denied)
	}
	if h.mode() != msgcrypt.Safe || h.halted() != "" {
		return // in compatible mode a server may go by the plain fields alone
	}
	p = h.build(h.text("wxdev verify"))
	p.MsgSignature = *h.wrongSignature()
	d := h.deliver("wrong msg_signature", h.pusher(), p)
	keepDenial(h, d.Last())
	if speaks(d) {
		h.find("M02", "signature-only", d.Last())
	}
	if d := h.push("another AppID", h.text("wxdev verify"), push.WithCodec(h.Codec.WithAppID("wx0000000000000000"))); speaks(d) {
		h.find("M22", "unchecked", d.Last())
	}
	if d := h.push("not encrypted", h.text("wxdev verify"), push.WithMode(msgcrypt.Plain)); speaks(d) && !h.found("M28") {
		h.find("M02", "plaintext-accepted", d.Last())
	}
}

// sendUnsigned sends plain messages that anybody could: without a parameter,
// without a signature, with a wrong one. Some servers check what looks signed
// or encrypted, and nothing else.
func sendUnsigned(h *handle, denied *push.Delivery) {
	for _, forge := range []struct {
		name   string
		change func(*push.Push)
	}{
		{"no parameters", func(p *push.Push) { p.Signature, p.Timestamp, p.Nonce, p.OpenID = "", "", "", "" }},
		{"no signature", func(p *push.Push) { p.Signature = "" }},
		{"not encrypted, wrong signature", func(p *push.Push) { p.Signature = *h.wrongSignature() }},
	} {
		if h.mode() == msgcrypt.Plain && strings.HasPrefix(forge.name, "not encrypted") {
			continue // it is what was sent first
		}
		p := h.build(h.text("wxdev verify"), push.WithMode(msgcrypt.Plain))
		forge.change(p)
		d := h.deliver(forge.name, h.pusher(), p)
		if endedBy(h, d, "text, "+forge.name) || h.halted() != "" {
			return
		}
		variant := "unsigned"
		switch {
		case speaks(d):
		case acknowledges(h, d, denied):
			variant += "-taken"
		default:
			continue
		}
		if h.mode() == msgcrypt.Safe {
			variant += "-safe"
		}
		h.find("M28", variant, d.Last(), "status", d.Last().Response.StatusFact(), "body", finding.Excerpt(d.Last().Response.Decoded),
			"refused", answer.Summary(denied.Last()))
		return
	}
}

// speaks reports whether a server acted on a message: the answer is a reply,
// be it readable or not.
func speaks(d *push.Delivery) bool {
	res := d.Last().Response
	if res == nil || res.Status/100 != 2 {
		return false
	}
	r, _ := reply.Parse(res.Decoded)
	return r.IsMessage() || r.Type == reply.TypeEncrypted || replied(d)
}

// acknowledges reports whether a forged message was taken, though without a
// reply: it got the answer of a right one, or success, and what has a wrong
// signature does not. An empty body says so only where what is no message at
// all gets another answer; else it may be how a request is passed over.
func acknowledges(h *handle, d, denied *push.Delivery) bool {
	ex := d.Last()
	if ex.Response == nil || ex.Response.Status/100 != 2 || denied.Last().Response == nil || answer.Same(ex, denied.Last()) {
		return false
	}
	r, _ := reply.Parse(ex.Response.Decoded)
	switch {
	case r.Type == reply.TypeSuccess, h.took != nil && !h.answers && answer.Same(ex, h.took):
		return true
	case r.Type != reply.TypeEmpty:
		return false
	}
	p := *d.Push
	p.Body = []byte("wxdev")
	other := h.deliver("no message at all", h.pusher(), &p).Last()
	return other.Response != nil && conclusive(other) && !answer.Same(ex, other)
}

// endedBy reports whether the server ended over a forged message, which is
// then told.
func endedBy(h *handle, d *push.Delivery, what string) bool {
	if d.Last().Response != nil || !down(h.get("still there?", h.signed(h.newNonce()))) {
		return h.halted() == Died
	}
	endedOver(h, d, what)
	return true
}
