package verify

import (
	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/wire"
)

// The checks ask five things of an answer. One is [answer.Echoed]: it holds
// the echostr. The others are here.

// accepts reports whether the server accepted a verification request. One that
// answered the first request with the echostr alone does so again: an answer
// with more in it is a refusal that quotes what was asked.
func (h *handle) accepts(ex *wire.Exchange, echostr string) bool {
	if h.rules != nil && h.rules.Verification == product.Ticket {
		return acknowledged(ex)
	}
	return answer.Echoed(ex, echostr) && (!h.report.Accepted || string(ex.Response.Body) == echostr)
}

// accepted reports whether the server accepted a message: it need not reply.
func accepted(d *push.Delivery) bool {
	ex := d.Last()
	return conclusive(ex) && ex.Response != nil && ex.Response.Status < 300 && d.OK()
}

// replied reports whether the server acted on a message: it replied to the
// user.
func replied(d *push.Delivery) bool {
	return d.Reply != nil && d.Reply.IsMessage() && d.Last().Response.Status == 200
}

// conclusive reports whether an answer says anything of what was asked: one
// that a rate limit, or an ended context, produced does not.
func conclusive(ex *wire.Exchange) bool {
	if ex.Err != nil {
		return ex.Failure() != wire.Canceled
	}
	return !answer.Limited(ex)
}

// down reports whether nobody listens: of a server that answered before, that
// it has ended.
func down(ex *wire.Exchange) bool { return ex.Failure() == wire.Refused }
