package push

import (
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/signature"
)

// Trace is the arithmetic of a delivery: how its signatures come about, and what
// is in its envelopes. Neither the Token nor the key is in it. What a push does
// not have is nil.
type Trace struct {
	Signature    *signature.Arithmetic `json:"signature,omitempty"`
	MsgSignature *signature.Arithmetic `json:"msg_signature,omitempty"`
	Encrypt      *msgcrypt.Layout      `json:"encrypt,omitempty"`
	ReplyEncrypt *ReplyTrace           `json:"reply_encrypt,omitempty"` // nil where the reply was not encrypted
}

// ReplyTrace is the arithmetic of an encrypted reply. The SHA-1 is what its
// MsgSignature should be.
type ReplyTrace struct {
	msgcrypt.Layout
	signature.Arithmetic

	Timestamp    string `json:"timestamp"`
	Nonce        string `json:"nonce"`
	MsgSignature string `json:"msg_signature"` // as the server wrote it
}

// Trace does the arithmetic of a delivery of the Pusher's again. Where the key
// does not open an envelope, only its sizes are known.
func (p *Pusher) Trace(d *Delivery) *Trace {
	t := &Trace{}
	if push := d.Push; push != nil {
		if push.Product != product.WeCom { // which has none
			t.Signature = signature.ArithmeticOf(p.Token, push.Timestamp, push.Nonce)
		}
		if push.Encrypt != "" {
			t.MsgSignature = signature.ArithmeticOf(p.Token, push.Timestamp, push.Nonce, push.Encrypt)
			t.Encrypt = p.layout(push.Encrypt)
		}
	}
	if env := d.Envelope; env != nil {
		t.ReplyEncrypt = &ReplyTrace{
			Layout:     *p.layout(env.Encrypt),
			Arithmetic: *signature.ArithmeticOf(p.Token, env.TimeStamp, env.Nonce, env.Encrypt),
			Timestamp:  env.TimeStamp, Nonce: env.Nonce, MsgSignature: env.MsgSignature,
		}
	}
	return t
}

func (p *Pusher) layout(encrypt string) *msgcrypt.Layout {
	if p.Codec == nil {
		return msgcrypt.LayoutOf(encrypt, nil)
	}
	plain, _ := p.Codec.Decrypt(encrypt) // with another AppID it comes with an error
	return msgcrypt.LayoutOf(encrypt, plain)
}
