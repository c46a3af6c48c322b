package push

import (
	"cmp"
	"strconv"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/wire"
)

// Push is a message made ready for the wire. Change its fields to send what
// WeChat would not.
type Push struct {
	Message *message.Message // what the reply is judged by; nil for a body that is not a message
	Plain   []byte           // the message as written, before any encryption
	Body    []byte           // what goes over the wire
	Type    string           // its Content-Type
	Mode    msgcrypt.Mode
	Product product.Product // as in the Pusher

	// Of these what is empty is left out of the request.
	Timestamp, Nonce, Signature, OpenID string

	Encrypt      string // the encrypted message; empty in plain mode
	MsgSignature string // empty leaves it and encrypt_type out

	Cuts []int // where in Body a piece ends, see [wire.Request]
}

// Option changes how Build writes a push.
type Option func(*build)

type build struct {
	codec *msgcrypt.Codec
	first func(byte) bool
	mode  msgcrypt.Mode
	nonce string
	text  string
}

// WithCodec encrypts with another key or AppID.
func WithCodec(c *msgcrypt.Codec) Option { return func(b *build) { b.codec = c } }

// WithFirst makes the Encrypt text begin with a byte that want accepts.
func WithFirst(want func(byte) bool) Option { return func(b *build) { b.first = want } }

// WithMode pushes in another mode than the account's.
func WithMode(m msgcrypt.Mode) Option { return func(b *build) { b.mode = m } }

// WithNonce signs with this nonce.
func WithNonce(nonce string) Option { return func(b *build) { b.nonce = nonce } }

// WithEncrypt puts a text of its own where the encrypted message belongs, and
// signs it.
func WithEncrypt(text string) Option { return func(b *build) { b.text = text } }

// Build writes, encrypts and signs a message. It fails for a message that
// cannot be written, and for an encrypted mode without a Codec.
func (p *Pusher) Build(m *message.Message, options ...Option) (*Push, error) {
	if p.Product == product.WeCom {
		m = withAgent(m)
	}
	plain, err := m.Append(nil)
	if err != nil {
		return nil, finding.Because(reason.MessageNotWritten, "error", err)
	}
	return p.build(m, plain, options)
}

// TestAgentID is the AgentID of a WeCom app that belongs to nobody.
const TestAgentID = "1000002"

// withAgent is a message to a WeCom app: it ends with the app's AgentID.
func withAgent(m *message.Message) *message.Message {
	if m.Format == msgcrypt.JSON || m.Get("AgentID") != "" || m.Get("InfoType") != "" {
		return m
	}
	c := *m
	c.Fields = append(m.Fields[:len(m.Fields):len(m.Fields)], &message.Field{Name: "AgentID", Kind: message.Bare, Value: TestAgentID})
	return &c
}

// BuildBody encrypts and signs a body as it is, be it a message or not. A
// body that is none cannot be pushed in compatible mode, which shows its
// fields.
func (p *Pusher) BuildBody(body []byte, options ...Option) (*Push, error) {
	m, err := message.Parse(body)
	if err != nil {
		m = nil // pushing what is not a message is allowed
	}
	return p.build(m, body, options)
}

func (p *Pusher) build(m *message.Message, plain []byte, options []Option) (*Push, error) {
	b := p.settings(options)
	push := &Push{Message: m, Plain: plain, Body: plain, Mode: b.mode, Product: p.Product, Type: "text/xml", Nonce: b.nonce}
	if m != nil && p.Product != product.WeCom {
		push.OpenID = m.Get("FromUserName")
	}
	if isJSON(m, plain) {
		push.Type = "application/json"
	}
	if push.Nonce == "" {
		nonce, err := wire.NewNonce(p.random())
		if err != nil {
			return nil, err
		}
		push.Nonce = nonce
	}
	push.Timestamp = strconv.FormatInt(p.now().Unix(), 10)
	if p.Product != product.WeCom {
		push.Signature = signature.Access(p.Token, push.Timestamp, push.Nonce)
	}
	if b.mode == msgcrypt.Plain {
		return push, nil
	}
	if err := p.encrypt(push, b); err != nil {
		return nil, err
	}
	push.MsgSignature = signature.Message(p.Token, push.Timestamp, push.Nonce, push.Encrypt)
	return push, nil
}

// settings are those of a build.
func (p *Pusher) settings(options []Option) build {
	usual := build{codec: p.Codec, mode: p.Mode}
	if usual.mode == "" {
		usual.mode = msgcrypt.Plain
	}
	if len(options) == 0 {
		return usual
	}
	b := usual
	for _, o := range options {
		o(&b)
	}
	if b.mode == "" {
		b.mode = msgcrypt.Plain
	}
	return b
}

func (p *Pusher) encrypt(push *Push, b build) error {
	if b.codec == nil {
		return finding.Because(reason.ModeNeedsKey, "mode", string(b.mode))
	}
	var err error
	switch {
	case b.text != "":
		push.Encrypt = b.text
	case b.first != nil:
		push.Encrypt, err = b.codec.EncryptFirst(push.Plain, p.random(), b.first)
	default:
		push.Encrypt, err = b.codec.Encrypt(push.Plain, p.random())
	}
	if err != nil {
		return err
	}
	switch m := push.Message; {
	case m == nil && b.mode == msgcrypt.Compat:
		return finding.Because(reason.NoMessageInCompat)
	case m == nil:
		env := msgcrypt.Envelope{Encrypt: push.Encrypt}
		env.Robot = push.isRobot()
		if push.Type == "application/json" {
			env.Format = msgcrypt.JSON
		}
		push.Body = env.Body()
	case b.mode == msgcrypt.Compat:
		if push.Body, err = m.AppendCompat(nil, push.Encrypt); err != nil {
			return finding.Because(reason.EncryptedNotWritten, "error", err)
		}
	default:
		env := m.Envelope(push.Encrypt)
		if push.Product == product.WeCom {
			env.AgentID, env.Robot = m.Get("AgentID"), push.isRobot()
			env.ToUserName = cmp.Or(env.ToUserName, m.Get("SuiteId")) // of a suite's commands
		}
		push.Body = env.Body()
	}
	return nil
}

// isRobot reports whether it is for a robot of WeCom: those alone get JSON there.
func (p *Push) isRobot() bool { return p.Product == product.WeCom && p.Type == "application/json" }

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
	params := wire.PushParams(p.Signature, p.Timestamp, p.Nonce, p.OpenID, p.MsgSignature)
	if p.Product == product.WeCom {
		params = wire.WeComParams(p.MsgSignature, p.Timestamp, p.Nonce, "")
	}
	r := wire.NewRequest("POST", wire.JoinQuery(rawURL, params...), p.Body)
	r.Set("Content-Type", p.Type)
	r.Cuts = p.Cuts
	return r
}
