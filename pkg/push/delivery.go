package push

import (
	"bytes"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/wire"
)

// Delivery is what came of a push.
type Delivery struct {
	reply.View // what its user sees

	Push      *Push
	Exchanges []*wire.Exchange // one for each attempt
	Reply     *reply.Reply     // the last one, decrypted; nil when there was no answer to judge
	Envelope  *msgcrypt.Reply  // what it came in; nil when it was not encrypted
	Plain     []byte           // the reply's own bytes, decrypted
	Findings  []finding.Finding
	After     State // of a server that left an attempt without an answer
	Canceled  bool  // the context ended before there was an answer, so that nothing is known of the server

	unanswered *wire.Exchange // the attempt that After is about
}

// OK reports whether the user sees what the server meant.
func (d *Delivery) OK() bool {
	if d.Canceled {
		return false
	}
	for _, f := range d.Findings {
		if f.Severity == finding.Error {
			return false
		}
	}
	return true
}

// Last is the exchange of the last attempt. It is never nil: where nothing was
// sent, it has an empty Request and an Err that says so.
func (d *Delivery) Last() *wire.Exchange {
	if d == nil || len(d.Exchanges) == 0 {
		err := finding.Because(reason.NotSent)
		return &wire.Exchange{Request: &wire.Request{}, Err: &wire.Error{Kind: wire.Canceled, Err: err}}
	}
	return d.Exchanges[len(d.Exchanges)-1]
}

// Received is a place of the last answer's body as one of all bytes that came,
// for those who show those. Another place, and one in a body that came in chunks,
// is returned as it is; nil stays nil.
func (d *Delivery) Received(p *finding.Place) *finding.Place {
	ex := d.Last()
	if p == nil || p.In != finding.InBody || ex.Response == nil || len(ex.Response.Body) != len(ex.Response.Decoded) ||
		!bytes.HasSuffix(ex.Received, ex.Response.Body) {
		return p
	}
	r := answer.Received(ex, len(ex.Received)-len(ex.Response.Body)+p.Offset, p.Length)
	r.Expected, r.Remove, r.And = p.Expected, p.Remove, d.Received(p.And)
	return r
}
