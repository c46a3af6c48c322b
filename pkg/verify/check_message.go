package verify

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/wire"
)

// checkMessage delivers a text as WeChat does, three times if need be, and
// finds out why it failed if it did.
func checkMessage(h *handle) finding.Facts {
	d := firstMessage(h)
	ok := d.OK()
	// Who answers each user once may have answered this one by now; or taken the
	// id for another.
	answers := replied(d) || ok && replied(h.push("a text of another user", withID(h.said("first", firstText), h.farID(9))))
	if ok && !answers && h.mode() != msgcrypt.Plain && unread(h, d) {
		ok = false // success says only that somebody answered
	}
	h.first, h.took, h.server.taken, h.answers = d.Push, d.Last(), ok, answers
	h.failed = !ok // the cause may have been found by an earlier check
	return finding.NewFacts("time", answerTime(d.Last()), "seen", string(d.Seen))
}

func firstMessage(h *handle) *push.Delivery {
	c := h.pusher()
	c.Attempts = push.Attempts
	d := h.deliver("text", c, h.build(h.text(firstText)))
	if down(d.Last()) && d.After != push.Ended && h.back(d.Last()) {
		d = h.deliver("text", c, h.build(h.text(firstText)))
	}
	if !d.OK() && !down(d.Last()) {
		if !stillTakes(h, d.Exchanges...) {
			return d
		}
		if h.halted() == "" {
			d = secondText(h, d)
		}
	}
	switch {
	case h.halted() == Died && h.found("M30"):
	case h.halted() == Died, down(d.Last()): // the GETs were answered
		endedOver(h, d, "text")
	case d.OK() && hasFinding(d, "M01") && byChance(h):
	case d.OK() || !whyRefused(h, d):
		mayLackQuery(h, d)
		h.addAll(slices.DeleteFunc(d.Findings, func(f finding.Finding) bool {
			return f.ID == "M01" && byLimit(d, f.Exchange)
		}))
	}
	return d
}

// mayLackQuery says of a server that calls a right signature wrong when it says
// so to a POST without a query, too.
func mayLackQuery(h *handle, d *push.Delivery) {
	for i := range d.Findings {
		if f := &d.Findings[i]; f.ID == "M29" && f.Variant == "said" && sameWithoutQuery(h, d.Last()) {
			f.Variant = "said-or-query"
		}
	}
}

// byChance reports, and tells, that texts fail now and then: that the first was
// answered at its second delivery only is then no matter of deliveries.
func byChance(h *handle) bool {
	const most = 8
	for n := range most {
		d := h.push("another text", h.text(firstText))
		switch {
		case h.halted() != "":
			return false
		case crashed(d) && accepted(h.push("text again", h.text(firstText))):
			chance(h, d, "text", 2, n+4) // with the first delivery, and the one after
			return true
		}
	}
	return false
}

// byLimit reports whether the attempt behind a finding met a rate limit.
func byLimit(d *push.Delivery, shown *finding.Exchange) bool {
	return slices.ContainsFunc(d.Exchanges, func(ex *wire.Exchange) bool {
		return shown != nil && bytes.Equal(ex.Received, shown.Received) && answer.Limited(ex)
	})
}

// secondText sends other texts when the first one was refused: if one is accepted,
// chance or a limit refused the first. In the encrypted modes it may be the
// sort order, which [whyEncryptedRefused] looks at.
func secondText(h *handle, d *push.Delivery) *push.Delivery {
	rate := answer.Limited(d.Last())
	if d.Last().Response == nil || h.mode() != msgcrypt.Plain && !rate {
		return d
	}
	const most = 4 // what refuses one in ten refuses five in a row once in 100 000
	for n := range most {
		again := h.push("another text", h.text(firstText))
		switch {
		case rate: // a GET was accepted: if a push is refused again, it is no matter of rate
			return again
		case accepted(again):
			chance(h, d, "text", n+1, n+2)
			return again
		}
	}
	return d
}

// whyRefused looks behind a message that failed: what the answer says, and
// which other message is answered.
func whyRefused(h *handle, d *push.Delivery) bool {
	ex, res := d.Last(), d.Last().Response
	encrypted := h.mode() != msgcrypt.Plain
	switch {
	case res != nil:
	case ex.Failure() == wire.Timeout:
		return otherContentType(h, d)
	case !brokenOff(ex) || d.After != push.Serving:
		return false
	case encrypted:
		return whyEncryptedRefused(h, d)
	default:
		return otherFormat(h, d) || everyMessage(h, d)
	}
	if saysWhy(h, d) {
		return true
	}
	noReply := res.Status == 200 && hasFinding(d, "M06") // of a reply that is wrong it is in hand what is
	switch {
	case encrypted && noReply && unread(h, d):
		return true
	case !encrypted && (noReply || res.Status != 200) && (otherContentType(h, d) || otherFormat(h, d)):
		return true
	case bodyLost(h, d):
		return true
	}
	if res.Status < 400 || res.Status == 404 || res.Status == 405 || answer.Limited(ex) {
		return false
	}
	if demandsOnPost(h, d) {
		return true
	}
	if encrypted {
		return whyEncryptedRefused(h, d)
	}
	if searchPush(h, d) || everyMessage(h, d) {
		return true
	}
	if res.Status >= 500 || answer.GuardMark(res) != "" {
		return false
	}
	refusedPlain(h, d)
	return true
}

func hasFinding(d *push.Delivery, id string) bool {
	return slices.ContainsFunc(d.Findings, func(f finding.Finding) bool { return f.ID == id })
}

// bodyLost reads that the handler got no body: it says so, or fills its reply in
// from nothing. Where msg_signature was checked, the body was there.
func bodyLost(h *handle, d *push.Delivery) bool {
	ex := d.Last()
	m := answer.Mark(ex.Response, answer.LostBody)
	if m == "" && madeOfNothing(d) {
		m = "<ToUserName></ToUserName>, <FromUserName></FromUserName>"
	}
	if m == "" || h.mode() != msgcrypt.Plain && checksMsgSignature(h, d) {
		return false
	}
	h.find("M05", "body-lost", ex, "marker", finding.Excerpt(m))
	return true
}

// madeOfNothing reports whether a reply is addressed to nobody by nobody: it
// was filled in from a message that was not read.
func madeOfNothing(d *push.Delivery) bool {
	if d.Reply == nil || !d.Reply.IsMessage() {
		return false
	}
	to, from := d.Reply.Doc.Field("ToUserName"), d.Reply.Doc.Field("FromUserName")
	return to != nil && from != nil && to.Value == "" && from.Value == ""
}

// otherFormat sends the message in the format that was not configured. That a
// message is taken there says nothing where others are taken in this format, too.
func otherFormat(h *handle, d *push.Delivery) bool {
	m := d.Push.Message.Clone()
	sent, works := cmp.Or(m.Format, msgcrypt.XML), msgcrypt.JSON
	if sent == msgcrypt.JSON {
		works = msgcrypt.XML
	}
	m.Format = works
	other := h.push("text in "+strings.ToUpper(string(works)), m)
	if !understood(h, other) || !replied(other) && takesQuiet(h) {
		return false
	}
	h.find("M04", "other-format", d.Last(), "sent", wordFor(sent), "works", wordFor(works))
	return true
}

func otherContentType(h *handle, d *push.Delivery) bool {
	p := h.build(d.Push.Message.Clone())
	kind := p.Type
	p.Type = textPlain
	if !understood(h, h.deliver("text as text/plain", h.pusher(), p)) {
		return false
	}
	h.find("M05", "content-type", d.Last(), "type", kind, "works", textPlain)
	return true
}

// understood reports whether a push in another form was read, and not just
// acknowledged: it got a reply, or what is not a message at all is refused.
func understood(h *handle, d *push.Delivery) bool {
	if !accepted(d) || replied(d) {
		return accepted(d)
	}
	p := *d.Push
	p.Body = []byte("wxdev")
	return !accepted(h.deliver("no message at all", h.pusher(), &p))
}
