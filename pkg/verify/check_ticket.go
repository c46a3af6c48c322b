package verify

import (
	"slices"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/wire"
)

// checkTicket decides whether WeChat would take the answer to the ticket, and
// finds out why not.
func checkTicket(h *handle) finding.Facts {
	h.asTicket = true
	ex := h.base
	d := h.pusher().Verdict(h.query.push, ex)
	facts := finding.NewFacts("time", answerTime(ex), "status", ex.Response.StatusFact())
	if acknowledged(ex) {
		h.report.Accepted = true
		h.addAll(d.Findings)
		return facts
	}
	h.failed = true
	switch {
	case failedAnswer(ex) && unsteady(h, 3):
	case byForeignID(h, ex, ticketTaken(h)), byJSONTicket(h, ex):
	case ex.Response.Status == 200 && !hasFinding(d, "M06"):
		h.addAll(d.Findings)
	case ex.Response.Status == 200:
		// What the handler says of the request is the cause, and its words the sign.
		if !saysWhy(h, d) {
			h.addAll(d.Findings)
		}
	case !whyRefused(h, d):
		h.addAll(d.Findings)
	}
	return facts
}

// ticketTaken reports whether a ticket is answered with success.
func ticketTaken(h *handle) func(options ...push.Option) bool {
	return func(options ...push.Option) bool {
		return acknowledged(h.push("ticket", h.ticket(""), options...).Last())
	}
}

// byJSONTicket pushes the ticket in JSON, which no platform gets.
func byJSONTicket(h *handle, ex *wire.Exchange) bool {
	taken := func() bool { return acknowledged(h.push("ticket in JSON", inJSON(h.ticket(""))).Last()) }
	if !taken() || ticketTaken(h)() || !taken() {
		return false
	}
	h.find("P04", "ticket", ex, "answer", answer.Summary(ex))
	return true
}

// checkAuthorized pushes an authorization, its change and its end. Who asks for the
// tokens before it answers fails, since the code is made up: that is only warned of.
func checkAuthorized(h *handle) finding.Facts {
	h.asTicket = true
	types := []string{"authorized", "updateauthorized", "unauthorized"}
	for _, name := range types {
		d := h.push(name, h.platformPush(name))
		ex := d.Last()
		switch {
		case h.halted() != "":
			return nil
		case acknowledged(ex):
			h.addAll(d.Findings)
		case !conclusive(ex) || !stillTakes(h, ex):
		case down(ex):
			endedOver(h, d, name)
			return nil
		case ex.Response != nil && ex.Response.Status == 200 && slices.ContainsFunc(d.Findings, func(f finding.Finding) bool { return f.ID == "M06" }):
			h.addAll(d.Findings)
		default:
			h.find("P05", "refused", ex, "type", name, "answer", answer.Summary(ex))
		}
	}
	return finding.NewFacts("types", finding.Names(types...))
}
