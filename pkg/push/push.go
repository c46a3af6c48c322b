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
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/signature"
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

// Push is a message made ready for the wire. Change its fields to send what
// WeChat would not.
type Push struct {
	Message *message.Message // what the reply is judged by; nil for a body that is no message
	Plain   []byte           // the message as written, before any encryption
	Body    []byte           // what goes over the wire
	Type    string           // its Content-Type
	Mode    msgcrypt.Mode

	Timestamp, Nonce string
	Signature        string
	OpenID           string // empty leaves the parameter out
	Encrypt          string // the encrypted message; empty in plain mode
	MsgSignature     string // empty leaves it and encrypt_type out
}

// Option changes how Build writes a push.
type Option func(*build)

type build struct {
	codec *msgcrypt.Codec
	first func(byte) bool
	mode  msgcrypt.Mode
	nonce string
}

// WithCodec encrypts with another key or AppID.
func WithCodec(c *msgcrypt.Codec) Option { return func(b *build) { b.codec = c } }

// WithFirst makes the Encrypt text begin with a byte that want accepts.
func WithFirst(want func(byte) bool) Option { return func(b *build) { b.first = want } }

// WithMode pushes in another mode than the account's.
func WithMode(m msgcrypt.Mode) Option { return func(b *build) { b.mode = m } }

// WithNonce signs with this nonce.
func WithNonce(nonce string) Option { return func(b *build) { b.nonce = nonce } }

// Build writes, encrypts and signs a message. It fails for a message that
// cannot be written, and for an encrypted mode without a Codec.
func (c *Pusher) Build(m *message.Message, options ...Option) (*Push, error) {
	plain, err := m.Append(nil)
	if err != nil {
		return nil, fmt.Errorf("write the message: %w", err)
	}
	return c.build(m, plain, options)
}

// BuildBody encrypts and signs a body as it is, be it a message or not. A
// body that is none cannot be pushed in compatible mode, which shows its
// fields.
func (c *Pusher) BuildBody(body []byte, options ...Option) (*Push, error) {
	m, err := message.Parse(body)
	if err != nil {
		m = nil // pushing what is no message is allowed
	}
	return c.build(m, body, options)
}

func (c *Pusher) build(m *message.Message, plain []byte, options []Option) (*Push, error) {
	b := build{codec: c.Codec, mode: c.Mode}
	for _, o := range options {
		o(&b)
	}
	if b.mode == "" {
		b.mode = msgcrypt.Plain
	}
	p := &Push{Message: m, Plain: plain, Body: plain, Mode: b.mode, Type: "text/xml", Nonce: b.nonce}
	if m != nil {
		p.OpenID = m.Get("FromUserName")
	}
	if isJSON(m, plain) {
		p.Type = "application/json"
	}
	if p.Nonce == "" {
		nonce, err := wire.NewNonce(c.random())
		if err != nil {
			return nil, err
		}
		p.Nonce = nonce
	}
	p.Timestamp = strconv.FormatInt(c.now().Unix(), 10)
	p.Signature = signature.Access(c.Token, p.Timestamp, p.Nonce)
	if b.mode == msgcrypt.Plain {
		return p, nil
	}
	if err := c.encrypt(p, b); err != nil {
		return nil, err
	}
	p.MsgSignature = signature.Message(c.Token, p.Timestamp, p.Nonce, p.Encrypt)
	return p, nil
}

func (c *Pusher) encrypt(p *Push, b build) error {
	if b.codec == nil {
		return fmt.Errorf("%s mode needs an EncodingAESKey and an AppID", b.mode)
	}
	var err error
	if b.first != nil {
		p.Encrypt, err = b.codec.EncryptFirst(p.Plain, c.random(), b.first)
	} else {
		p.Encrypt, err = b.codec.Encrypt(p.Plain, c.random())
	}
	if err != nil {
		return err
	}
	outer := &message.Message{Fields: []*message.Field{{Name: "ToUserName"}, {Name: "Encrypt", Value: p.Encrypt}}}
	switch {
	case p.Message == nil && b.mode == msgcrypt.Compat:
		return errors.New("a body that is no message cannot be sent in compat mode, which shows its fields")
	case p.Message != nil && b.mode == msgcrypt.Compat:
		outer = p.Message.WithEncrypt(p.Encrypt)
	case p.Message != nil:
		outer = p.Message.Envelope(p.Encrypt)
	case p.Type == "application/json":
		outer.Format = msgcrypt.JSON
	}
	if outer.Format == msgcrypt.JSON {
		p.Body, err = outer.AppendJSON(nil)
	} else {
		p.Body, err = outer.AppendIndented(nil)
	}
	if err != nil {
		return fmt.Errorf("write the encrypted message: %w", err)
	}
	return nil
}

func isJSON(m *message.Message, body []byte) bool {
	if m != nil {
		return m.Format == msgcrypt.JSON
	}
	for _, b := range body {
		switch b {
		case ' ', '\t', '\r', '\n':
			continue
		}
		return b == '{' || b == '['
	}
	return false
}

// Request is the push as an HTTP request to rawURL, its parameters in
// WeChat's order.
func (p *Push) Request(rawURL string) *wire.Request {
	params := [][2]string{{"signature", p.Signature}, {"timestamp", p.Timestamp}, {"nonce", p.Nonce}}
	if p.OpenID != "" {
		params = append(params, [2]string{"openid", p.OpenID})
	}
	if p.MsgSignature != "" {
		params = append(params, [2]string{"encrypt_type", "aes"}, [2]string{"msg_signature", p.MsgSignature})
	}
	return wire.NewRequest("POST", wire.JoinQuery(rawURL, params...), p.Body).With("Content-Type", p.Type)
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

// Seen is what the user sees in the chat.
type Seen string

// What there is to see. SeenFault is WeChat's own line that the service is
// out of order.
const (
	SeenReply   Seen = "reply"
	SeenNothing Seen = "nothing"
	SeenFault   Seen = "fault"

	SeenUnknown Seen = "unknown" // the delivery was broken off by its caller
)

// Unseen is why nobody sees a reply that is one.
type Unseen string

// The reasons there are: a user who has left has no chat any more, and mini
// programs show none but a transfer to customer service.
const (
	UnseenLeft        Unseen = "left"
	UnseenMiniProgram Unseen = "mini-program"
)

// The fault lines, as an Official Account and a mini program show them.
const (
	FaultAccount     = "该公众号提供的服务出现故障，请稍后再试"
	FaultMiniProgram = "该小程序客服暂时无法提供服务，请稍后再试"
)

// Finding is something that is wrong, or worth knowing.
type Finding struct {
	ID       string
	Variant  string
	Severity finding.Severity
	Facts    map[string]string // for catalog.Entry.Describe; fit to print
	Exchange *wire.Exchange    // the request that shows it; nil when none does
}

// Delivery is what came of a push.
type Delivery struct {
	Push      *Push
	Exchanges []*wire.Exchange // one for each attempt
	Reply     *reply.Reply     // the last one, decrypted; nil when there was no answer to judge
	Envelope  *msgcrypt.Reply  // what it came in; nil when it was not encrypted
	Plain     []byte           // the reply's own bytes, decrypted
	Findings  []Finding
	Seen      Seen
	Unseen    Unseen // when Seen is SeenNothing and Reply is a message all the same
	Fault     string // the line, when Seen is SeenFault
	Canceled  bool   // the context ended before there was an answer, so that nothing is known of the server
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

// Last is the exchange of the last attempt.
func (d *Delivery) Last() *wire.Exchange { return d.Exchanges[len(d.Exchanges)-1] }

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
