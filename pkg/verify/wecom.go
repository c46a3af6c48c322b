package verify

import (
	"errors"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/signature"
)

// WeCom verifies a URL in its own way: the echostr is encrypted, a msg_signature
// takes it in, and what must come back is the decrypted text, within a second.
// https://developer.work.weixin.qq.com/document/path/90930

// suits completes options of a product, and refuses what it does not have.
func suits(o *Options) error {
	r, ok := product.Lookup(o.Product)
	if !ok && o.Product != "" {
		return errors.New("verify: no product is called " + string(o.Product))
	}
	if !ok {
		return nil
	}
	if o.Mode == "" {
		o.Mode = string(r.Mode())
	}
	if o.Format == "" {
		o.Format = string(r.Format())
	}
	if why := r.LacksMode(msgcrypt.Mode(o.Mode)); why != nil {
		return why
	}
	if why := r.LacksFormat(msgcrypt.Format(o.Format)); why != nil {
		return why
	}
	if r.Verification == product.Echo {
		return nil
	}
	if o.Codec == nil {
		return errors.New("verify: the verification of " + string(o.Product) + " needs a Codec")
	}
	if o.EchoCodec == nil {
		o.EchoCodec = o.Codec
	}
	return nil
}

// What a base64 text may have. A server that decodes a query twice, or not as it
// should, turns + into a blank.
func plusAndSlash(s string) bool { return strings.Contains(s, "+") && strings.Contains(s, "/") }
func plainBase64(s string) bool  { return !strings.ContainsAny(s, "+/") }

// encryptedQuery is a verification request of WeCom's, the echostr of which is
// written as wanted.
func (h *handle) encryptedQuery(codec *msgcrypt.Codec, timestamp, nonce string, wanted func(string) bool) query {
	q := query{echostr: h.newEchostr(), timestamp: timestamp, nonce: nonce}
	for range 1000 { // one in four has both, one in sixteen neither
		var err error
		h.randMu.Lock()
		q.sealed, err = codec.Encrypt([]byte(q.echostr), h.Rand)
		h.randMu.Unlock()
		if err != nil {
			h.fail(err)
			break
		}
		if wanted(q.sealed) {
			break
		}
	}
	q.sign(h.Token)
	return q
}

// sign puts the msg_signature in that fits.
func (q *query) sign(token string) {
	s := signature.Message(token, q.timestamp, q.nonce, q.sealed)
	q.signature = &s
}

// another is a right request but for its encryption.
func (h *handle) another(codec *msgcrypt.Codec) query {
	return h.encryptedQuery(codec, h.timestamp(), h.newNonce(), plusAndSlash)
}

// takes reports whether a form of the request is accepted, and no matter of
// chance; then it records the finding.
func (h *handle) takes(name string, form func() query, id, variant string, facts ...any) bool {
	ok := func() bool {
		_, accepted := h.ask(name, form())
		return accepted
	}
	return ok() && settled(h, ok, func() { h.find(id, variant, h.base, facts...) })
}

// otherReceivers are the receive ids that people configure in place of the right
// one.
func (h *handle) otherReceivers() []string {
	right := h.EchoCodec.AppID()
	all := []string{"", h.Codec.AppID(), strings.ToLower(right), strings.ToUpper(right)}
	all = append(all, h.Receivers...)
	return slices.DeleteFunc(all, func(id string) bool { return id == right })
}
