// Package push delivers a message to a server as WeChat does, and says what
// its user would see: the reply, nothing, or the line that the service is out
// of order.
//
// A [Pusher] has the account and the server. Its Build signs and encrypts a
// message of package message for the account's mode. Deliver sends it, again
// when that fails, and judges the reply by every rule there is. What comes
// back is a [Delivery]: the exchanges, the reply, the findings of package
// catalog, and what the user sees.
//
//	p := &push.Pusher{URL: url, Token: token}
//	push, err := p.Build(m)
//	d := p.Deliver(ctx, push)
//	if d.OK() { fmt.Println(d.Reply) }
//
// It is the one place that delivers: sending a message by hand, checking a
// server, running a conversation, a load test and the emulator all use it.
// What the HTTP answer is, package answer says; what is wrong with the reply in
// it and what the user sees, package reply. Whether a server that gave no answer
// is still there, see [StateAfter], is for this one.
//
// For those who show a delivery step by step, [Delivery.Steps] has its stages and
// [Pusher.Trace] its arithmetic.
//
// The page: https://developers.weixin.qq.com/doc/oplatform/developers/dev/push .
// What it does not say is marked as unconfirmed in the catalogue: whether
// WeChat sends again after a status other than 200, for one.
//
// # Compatibility
//
// The README says what a release may change. Which findings a reply gets
// follows WeChat's rules, and changes when they do or when more is known of
// them.
package push

import (
	"context"
	"crypto/rand"
	"io"
	"time"

	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/wire"
)

// Attempts is how often WeChat delivers a message in all.
const Attempts = 3

// Pusher pushes messages to one server. URL and Token are required, Codec in
// the encrypted modes.
type Pusher struct {
	URL      string
	Token    string
	Mode     msgcrypt.Mode   // empty is Plain
	Product  product.Product // empty is any but WeCom, whose query and envelope are its own
	Codec    *msgcrypt.Codec
	Attempts int          // deliveries in all when they fail; 0 is [Attempts]
	Header   []wire.Field // sent with each push besides WeChat's own

	// OnAttempt is called before each delivery with its number, from 1, and no
	// exchange, and after it with its exchange, before the next begins. Deliver
	// waits for it, so it must not block. An exchange may have failed, of a server
	// that ended or a context that did: its Err says so. Nil is nothing to call.
	OnAttempt func(n int, ex *wire.Exchange)

	Sender wire.Sender
	Now    func() time.Time // nil is time.Now
	Rand   io.Reader        // nil is crypto/rand
}

// Deliver sends the push, up to three times in all, and judges the answer. After
// an attempt that got none it looks whether the server still listens, as
// [StateAfter] does, and makes no other where it does not.
// When the context ends before there is one, the Delivery is Canceled. OnAttempt
// sees each attempt while it is made.
func (p *Pusher) Deliver(ctx context.Context, push *Push) *Delivery {
	d := &Delivery{Push: push}
	req := push.Request(p.URL)
	for _, f := range p.Header {
		req = req.With(f.Name, f.Value)
	}
	attempts := p.Attempts
	if attempts <= 0 {
		attempts = Attempts
	}
	for n := range attempts {
		ex := p.attempt(ctx, n+1, req)
		d.Exchanges = append(d.Exchanges, ex)
		if Accepted(ex) {
			break
		}
		if ctx.Err() != nil {
			d.Canceled, d.Seen = true, reply.SeenUnknown
			return d
		}
		if !p.ask(ctx, d) {
			break
		}
	}
	p.judge(d)
	return d
}

func (p *Pusher) attempt(ctx context.Context, n int, req *wire.Request) *wire.Exchange {
	if p.OnAttempt == nil {
		return p.Sender.Do(ctx, req)
	}
	p.OnAttempt(n, nil)
	ex := p.Sender.Do(ctx, req)
	p.OnAttempt(n, ex)
	return ex
}

// Judge judges exchanges as Deliver judges its own, those that went through a
// proxy, say, and looks for a server that did not answer as Deliver does. Of the push it takes Message and Mode. Without a Codec an
// encrypted reply is not opened, and nothing is found in it. Without an
// exchange the Delivery is Canceled.
func (p *Pusher) Judge(ctx context.Context, push *Push, exchanges ...*wire.Exchange) *Delivery {
	d := &Delivery{Push: push, Exchanges: exchanges}
	if len(exchanges) == 0 {
		d.Canceled, d.Seen = true, reply.SeenUnknown
		return d
	}
	if !Accepted(d.Last()) {
		p.ask(ctx, d)
	}
	p.judge(d)
	return d
}

// Verdict judges exchanges as Judge does, without looking whether the server is
// still there: nothing is sent. A load test asks it of a server that has enough to
// do.
func (p *Pusher) Verdict(push *Push, exchanges ...*wire.Exchange) *Delivery {
	d := &Delivery{Push: push, Exchanges: exchanges}
	p.judge(d)
	return d
}

// Accepted reports whether WeChat would accept the answer, and not send the
// message again.
func Accepted(ex *wire.Exchange) bool {
	return ex.Response != nil && ex.Response.Status == 200 && ex.Complete()
}

func (p *Pusher) now() time.Time {
	if p.Now != nil {
		return p.Now()
	}
	return time.Now()
}

func (p *Pusher) random() io.Reader {
	if p.Rand != nil {
		return p.Rand
	}
	return rand.Reader
}
