// Package push delivers a message to a server as WeChat does, and says what
// its user would see: the reply, nothing, or the line that the service is out
// of order.
//
// A [Pusher] has the account and the server. Its Build signs and encrypts a
// message of package message for the account's mode, Deliver sends it, again
// when it fails, and judges the reply by every rule there is; what comes back
// is a [Delivery] with findings of package catalog.
//
//	c := &push.Courier{URL: url, Token: token}
//	push, err := c.Build(m)
//	d := c.Deliver(ctx, push)
//	if d.OK() { fmt.Println(d.Reply) }
//
// It is the one place for these rules: sending a message by hand, checking a
// server, running a conversation, a load test and the emulator all judge by
// it.
//
// The page: https://developers.weixin.qq.com/doc/oplatform/developers/dev/push .
// What it does not say is marked as unconfirmed in the catalogue: whether
// WeChat sends again after a status other than 200, for one.
package push

import (
	"context"
	"crypto/rand"
	"io"
	"time"

	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/wire"
)

// Attempts is how often WeChat delivers a message in all.
const Attempts = 3

// Courier delivers to one server. URL and Token are required, Codec in the
// encrypted modes.
type Pusher struct {
	URL      string
	Token    string
	Mode     msgcrypt.Mode // empty is Plain
	Codec    *msgcrypt.Codec
	Attempts int // deliveries in all when they fail; 0 is [Attempts]

	Sender wire.Sender
	Now    func() time.Time // nil is time.Now
	Rand   io.Reader        // nil is crypto/rand
}

// Deliver sends the push, up to three times in all, and judges the answer.
// When the context ends before there is one, the Delivery is Canceled.
func (c *Pusher) Deliver(ctx context.Context, p *Push) *Delivery {
	d := &Delivery{Push: p}
	req := p.Request(c.URL)
	attempts := c.Attempts
	if attempts <= 0 {
		attempts = Attempts
	}
	for range attempts {
		ex := c.Sender.Do(ctx, req)
		d.Exchanges = append(d.Exchanges, ex)
		if answered(ex) {
			break
		}
		if ctx.Err() != nil {
			d.Canceled, d.Seen = true, SeenUnknown
			return d
		}
	}
	c.judge(d)
	return d
}

// Judge judges exchanges as Deliver judges its own: those that a proxy saw
// pass, say. There is one at least, and of the push it takes Message and Mode.
// Without a Codec an encrypted reply stays closed, and is none to find fault
// with.
func (c *Pusher) Judge(p *Push, exchanges ...*wire.Exchange) *Delivery {
	d := &Delivery{Push: p, Exchanges: exchanges}
	c.judge(d)
	return d
}

// answered reports whether WeChat would take the answer for one, and not send
// the message again.
func answered(ex *wire.Exchange) bool {
	return ex.Response != nil && ex.Response.Status == 200 && ex.Complete()
}

func (c *Pusher) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

func (c *Pusher) random() io.Reader {
	if c.Rand != nil {
		return c.Rand
	}
	return rand.Reader
}
