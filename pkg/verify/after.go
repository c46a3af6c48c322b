package verify

import (
	"slices"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/wire"
)

// keepDenial keeps the answer to a push with a wrong signature.
func keepDenial(h *handle, ex *wire.Exchange) {
	if ex.Response != nil && ex.Response.Status >= 400 && conclusive(ex) {
		h.denials = append(h.denials, ex)
	}
}

// refusedAsDenied reports whether a push was answered as one with a wrong signature:
// then it is the signature that was refused, whatever the message is.
func refusedAsDenied(h *handle, d *push.Delivery) bool {
	res := d.Last().Response
	return res != nil && slices.ContainsFunc(h.denials, func(ex *wire.Exchange) bool {
		return answer.Same(ex, d.Last())
	})
}

// chance tells of messages that failed, such as d, while others of their kind
// are accepted: a mistake in the signature may show with some values only. That
// they fail by chance is told once.
func chance(h *handle, d *push.Delivery, name string, refused, sent int) {
	if h.found("V50") {
		return
	}
	facts := []any{"name", kindFact(name), "answer", answer.Summary(d.Last()), "refused", refused, "sent", sent}
	switch res := d.Last().Response; {
	case res != nil && answer.FromProxy(res.Status):
		h.find("V04", "one-backend", d.Last(), facts...)
	case replyTells(d): // what is in hand says more than that it comes now and then
		h.addAll(d.Findings)
	case searchPush(h, d):
	case !failedAnswer(d.Last()) && refusedAsDenied(h, d):
		h.find("V50", "push-refused", d.Last(), facts...)
	default:
		h.find("V50", "push-failed", d.Last(), facts...)
	}
}

// replyTells reports whether an encrypted reply says itself what is wrong with it.
func replyTells(d *push.Delivery) bool {
	return d.Last().Response != nil && slices.ContainsFunc(d.Findings, func(f finding.Finding) bool {
		return f.Severity == finding.Error && slices.Contains(envelopeFaults, f.ID)
	})
}

// state is how a server is after pushes that failed.
type state int

const (
	serving  state = iota // it accepts what it accepted before, so that they are telling
	refusing              // a limit or a ban is in force
	ended                 // nobody listens any more
)

// after delivers a plain text such as the server took before, again if need
// be, since a failure may be chance, and at last the very bytes it took. If
// they are refused too, nothing more is sent.
func after(h *handle, failed ...*push.Delivery) state {
	if h.halted() == Died {
		return ended
	}
	if h.halted() != "" {
		return refusing
	}
	var refused []*wire.Exchange
	for _, d := range failed {
		refused = append(refused, d.Exchanges...)
	}
	for _, again := range []func() *push.Delivery{
		func() *push.Delivery {
			return h.push("still served", h.text(firstText), push.WithFirst(digit))
		},
		func() *push.Delivery {
			return h.push("still served", h.text(firstText), push.WithFirst(alike(h.first)))
		},
		func() *push.Delivery { return h.deliver("the first text", h.pusher(), h.first) },
	} {
		d := again()
		switch {
		case accepted(d):
			return serving
		case down(d.Last()):
			if !h.back(d.Last()) {
				return ended
			}
		case h.ctx.Err() != nil:
			return refusing
		}
		refused = append(refused, d.Last())
	}
	h.halt(Limited, refused...)
	return refusing
}

// endedOver records that the server ended, and after which message.
func endedOver(h *handle, killer *push.Delivery, what string) {
	h.halt(Died)
	h.find("M30", "dies", killer.Last(), "type", kindFact(what))
}

// diedOf reports whether the server ended over a push, which is then told.
func diedOf(h *handle, d *push.Delivery, what string) bool {
	if accepted(d) || after(h, d) != ended {
		return false
	}
	endedOver(h, d, what)
	return true
}

// stillServed makes a check say nothing of a server that meanwhile refuses
// what it accepted before: whatever it refused may have met a limit.
func stillServed(h *handle) {
	if h.halted() == Died || len(h.findings) > 0 {
		return
	}
	if d := h.push("still served", h.text(firstText), push.WithFirst(digit)); h.halted() != "" || !accepted(d) && after(h, d) == refusing {
		h.skip = Limited
	}
}
