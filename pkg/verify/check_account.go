package verify

import (
	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/push"
)

// checkAccount pushes a text to an account that the platform serves: to the URL with
// the account's AppID in it, and encrypted with the platform's.
func checkAccount(h *handle) finding.Facts {
	d := h.push("text", h.text(firstText))
	ex := d.Last()
	facts := finding.NewFacts("time", answerTime(ex), "seen", string(d.Seen))
	if replied(d) && d.OK() {
		h.reached = true
		return facts
	}
	silent := accepted(d) // and may have understood nothing
	served := func(options ...push.Option) bool {
		d := h.push("text, another receive id", h.text(firstText), options...)
		return replied(d) || !silent && accepted(d)
	}
	switch {
	case !silent && !conclusive(ex):
		h.skip = Limited
	case byMark(h, d, silent), !silent && notRouted(h, d), ex.Response != nil && byForeignID(h, ex, served):
		h.failed = true
	case silent:
		h.reached = true
		h.addAll(d.Findings)
	case down(ex):
		h.failed = true
		endedOver(h, d, "text")
	default:
		h.failed = true
		if !stillTakes(h, ex) || !whyRefused(h, d) {
			h.addAll(d.Findings)
		}
	}
	return facts
}

// byMark sends the mark as it is: a server that takes that has a route for the
// letters $APPID$, and none for an AppID.
func byMark(h *handle, d *push.Delivery, silent bool) bool {
	if !product.HasAccount(h.messageURL) {
		return false
	}
	c := h.pusher()
	c.URL = h.messageURL
	literal := func() bool {
		other := h.deliver("text to $APPID$", c, h.build(h.text(firstText)))
		return replied(other) || !silent && accepted(other)
	}
	right := func() bool {
		again := h.push("text again", h.text(firstText))
		return replied(again) || !silent && accepted(again)
	}
	if !literal() || right() || !literal() {
		return false
	}
	h.find("P01", "literal", d.Last(), "answer", answer.Summary(d.Last()), "appid", h.AccountAppID)
	return true
}

// notRouted tells of a route that is not there for an AppID.
func notRouted(h *handle, d *push.Delivery) bool {
	res := d.Last().Response
	if res == nil || res.Status != 404 || !product.HasAccount(h.messageURL) {
		return false
	}
	h.find("P01", "not-routed", d.Last(), "appid", h.AccountAppID)
	return true
}
