package verify

import (
	"crypto/rand"
	"fmt"
	"io"
	"slices"

	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/wire"
)

// wrongPush is a plain message with a signature that a server which is right
// refuses before it acts on the message.
func (h *handle) wrongPush() *wire.Request {
	p := h.build(h.text("wxdev verify"), push.WithMode(msgcrypt.Plain), push.WithNonce(h.newNonce()))
	p.Signature = *h.wrongSignature()
	return p.Request(h.accountURL())
}

// What only the encrypted modes have: a key, an envelope with an AppID and
// padding, and a fourth string in the signature.

func digit(b byte) bool { return b >= '0' && b <= '9' }

// TestUser makes the OpenID of a user that belongs to nobody, and begins with
// [message.TestPrefix]: another one each time, so that the events of two runs
// within a second, which have no MsgId, are not taken for repeated ones. A
// random that fails leaves it the same: what else reads it will report that.
func TestUser(random io.Reader) string {
	if random == nil {
		random = rand.Reader
	}
	var b [8]byte
	_, _ = io.ReadFull(random, b[:])
	return message.OpenID(fmt.Sprintf("wxdev verify %x", b))
}

// MessageCount returns about how many messages [Options].Messages pushes.
func MessageCount(o Options) int {
	n := len(pushTypes(product.Of(o.Product, msgcrypt.Format(o.Format)), msgcrypt.Format(o.Format))) + len(message.OddTexts()) + len(readings) + 51
	if o.Codec != nil {
		n += paddings
	}
	return n
}

func (e *engine) mode() msgcrypt.Mode { return msgcrypt.Mode(e.Mode) }

// pusher delivers once: what fails is tried again by a check that wants to.
func (h *handle) pusher() *push.Pusher {
	return &push.Pusher{
		URL: h.accountURL(), Token: h.Token, Mode: h.mode(), Product: h.Product, Codec: h.Codec, Attempts: 1,
		Sender: h.Sender, Now: h.Now, Rand: h.Rand,
	}
}

// text is a message of the test user.
func (h *handle) text(content string) *message.Message {
	if h.asTicket {
		return h.ticket(content)
	}
	t, _ := message.LookupType("text") // embedded
	m := h.newMessage(t)
	_ = m.Set("Content", content) // the type has it
	return m
}

// newMessage is a message of the type with an id of its own.
func (h *handle) newMessage(t *message.Type) *message.Message {
	m := t.New(h.User, h.accountID(), h.Now(), h.ids.Next())
	if h.Format == string(msgcrypt.JSON) {
		m.Format = msgcrypt.JSON
	}
	return m
}

func (h *handle) accountID() string {
	if h.Product == product.WeCom {
		return h.Codec.AppID()
	}
	if h.Product == product.Component && h.AccountAppID != "" {
		return originalID(h.AccountAppID)
	}
	if h.AppID != "" {
		return message.OriginalID(h.AppID)
	}
	return message.OriginalID("wxdev")
}

// build writes a push. What cannot be built is a fault of the options.
func (h *handle) build(m *message.Message, options ...push.Option) *push.Push {
	if h.unsorted() { // it is told: what it upsets would look like a fault of the messages
		options = append([]push.Option{push.WithNonce(h.newNonce())}, options...)
	}
	if h.Sending != nil {
		h.Sending(m.Get("FromUserName"))
	}
	p, err := h.pusher().Build(m, options...)
	if err != nil {
		h.fail(err)
		return &push.Push{Message: m, Mode: h.mode()}
	}
	return p
}

// unsorted reports whether the GETs have shown that the strings are sorted
// wrongly, which a nonce of ten digits mostly hides.
func (h *handle) unsorted() bool {
	return slices.ContainsFunc([]string{"V18", "V36", "M23"}, h.found)
}

// deliver sends the push, and keeps its probes.
func (h *handle) deliver(name string, c *push.Pusher, p *push.Push) *push.Delivery {
	if h.stops() {
		return c.Judge(h.ctx, p, unsent(p.Request(c.URL)))
	}
	crowded := h.crowd.isLarge() && c.Attempts == 1
	var d *push.Delivery
	deliver := func() {
		if h.inProcess != nil {
			d = c.Judge(h.ctx, p, h.inProcess(h.ctx, p.Request(c.URL)))
		} else {
			d = c.Deliver(h.ctx, p)
		}
		for _, ex := range d.Exchanges {
			h.keep(Probe{Name: name, Check: h.check.name, Exchange: ex, Shown: string(d.Seen)})
		}
	}
	if deliver(); crowded {
		h.alone(d.Last(), deliver)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.talks = h.talks || replied(d)
	if d.After == push.Ended && h.stop == "" {
		h.stop = Died
	}
	return d
}

// push builds and delivers in one.
func (h *handle) push(name string, m *message.Message, options ...push.Option) *push.Delivery {
	return h.deliver(name, h.pusher(), h.build(m, options...))
}

// firstText is what the first message says, and the one that is sent when
// others failed. In the encrypted modes its length decides the padding.
const firstText = "你好"

const textPlain, form = "text/plain", "application/x-www-form-urlencoded"
