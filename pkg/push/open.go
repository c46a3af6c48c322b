package push

import (
	"errors"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/wire"
)

// open takes a reply out of its envelope and judges both. What is before and
// after the envelope has been judged already.
func (p *Pusher) open(d *Delivery, ex *wire.Exchange, outer *reply.Reply) {
	env, err := msgcrypt.ParseReply(outer.Document())
	if err != nil {
		d.find("M03", "envelope", ex, "error", err)
		return
	}
	d.Envelope = env
	if p.brokenLines(env) { // the wrong signature, if it is one, comes from that
		d.find("M03", "line-breaks", ex)
		return
	}
	if err := env.Verify(p.Token); err != nil {
		d.wrongSignature(ex, p.Token, err)
	}
	if p.Codec == nil { // a compatible push can be read without
		d.Reply = outer
		return
	}
	plain, err := p.Codec.Decrypt(env.Encrypt)
	if plain == nil {
		d.undecryptable(ex, err)
		return
	}
	var broken *msgcrypt.Error
	if errors.As(err, &broken) {
		if broken.Class != msgcrypt.ClassAppID {
			d.undecryptable(ex, err)
			return
		}
		d.find("M22", "reply-appid", ex, "got", finding.Excerpt(broken.Got), "want", finding.Excerpt(broken.Want))
	}
	for _, w := range plain.Warnings {
		d.find("M03", "padding", ex, "error", w)
	}
	d.Plain = plain.Msg
	r, problems := reply.Parse(plain.Msg)
	d.Reply = r
	switch r.Type {
	case reply.TypeEncrypted:
		d.find("M03", "double", ex)
		return
	case reply.TypeSuccess, reply.TypeEmpty:
		d.find("M06", "encrypted", ex, "body", finding.Quote{Text: string(plain.Msg), Limit: 80})
	}
	d.add(ex, problems)
	d.add(ex, reply.Check(r, d.Push.Message))
}

// brokenLines reports whether the base64 has line breaks. One at its end does
// not show in the XML, where blanks do not count, but in the signature.
func (p *Pusher) brokenLines(env *msgcrypt.Reply) bool {
	if strings.ContainsAny(env.Encrypt, "\r\n") {
		return true
	}
	for _, end := range []string{"\n", "\r\n"} {
		if env.MsgSignature == signature.Message(p.Token, env.TimeStamp, env.Nonce, env.Encrypt+end) {
			return true
		}
	}
	return false
}

// wrongSignature finds out whether a wrong MsgSignature was made with the
// timestamp or nonce of the request.
func (d *Delivery) wrongSignature(ex *wire.Exchange, token string, err error) {
	env, p := d.Envelope, d.Push
	for _, used := range [][2]string{{p.Timestamp, p.Nonce}, {p.Timestamp, env.Nonce}, {env.TimeStamp, p.Nonce}} {
		if env.MsgSignature == signature.Message(token, used[0], used[1], env.Encrypt) {
			d.find("M03", "request-time", ex)
			return
		}
	}
	d.find("M03", "signature", ex, "error", err)
}

func (d *Delivery) undecryptable(ex *wire.Exchange, err error) {
	id, variant := "M03", "undecryptable"
	var broken *msgcrypt.Error
	switch {
	case !errors.As(err, &broken):
	case broken.Cause == msgcrypt.CauseLittleEndian, broken.Cause == msgcrypt.CauseNoRandom:
		variant = string(broken.Cause)
	case broken.Class == msgcrypt.ClassLength && broken.Cause == "" && !implausible(broken.Reason):
		id, variant = "M25", "length"
	}
	d.find(id, variant, ex, "error", err)
}

// implausible reports whether an error names a length that no miscounting
// explains: it is noise, encrypted with another key.
func implausible(why *finding.Reason) bool {
	for _, fact := range why.Args {
		if n, ok := fact.(finding.Count); ok && n > message.MaxBody {
			return true
		}
	}
	return false
}
