package verify

import (
	"net/url"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/wire"
)

// A message that is refused although it is right: what the answer says of
// that, and what else the server takes.

// saysWhy finds what the answer to a POST tells by itself, whatever the POST
// was.
func (r *run) saysWhy(ex *wire.Exchange) bool {
	res := ex.Response
	switch m := answer.MissesEchostr(res); {
	case answer.VerbRefused(res):
		r.find("V17", "post-unrouted", ex, "status", res.StatusFact(), "allow", answer.AllowHeader(res))
	case m != nil:
		r.find("V17", "post-as-get", ex, "answer", res.StatusFact(), "marker", finding.Excerpt(m))
	case res.Status == 415:
		accept := ""
		if v := res.Get("Accept"); v != "" {
			accept = "(Accept: " + text.Line(v) + ")"
		}
		r.find("M29", "media-type", ex, "type", ex.Request.Get("Content-Type"),
			"status", text.Line(res.StatusText()), "accept", accept)
	default:
		return false
	}
	return true
}

// refusedPlain finds out why a plain message is refused, with a status of the
// client's fault, while the GET passes.
func (r *run) refusedPlain(d *push.Delivery) {
	ex := d.Last()
	status := text.Line(ex.Response.StatusText())
	if r.takesEncrypted() {
		r.find("M29", "encrypted-only", ex, "status", status)
		return
	}
	r.find("M29", "refused-plain", ex, "status", status, "excerpt", finding.Excerpt(ex.Response.Decoded))
}

// searchPush looks for the mistake behind the signature of a push that was
// refused as a wrong one is.
func (r *run) searchPush(d *push.Delivery) bool {
	if !r.refusedPush(d) {
		return false
	}
	all := distinct(r.pushMistakes(d.Push))
	answers := make([]*push.Delivery, len(all))
	each(len(all), func(i int) {
		try := *d.Push
		if try.Encrypt != "" {
			try.MsgSignature = all[i].Signature
		} else {
			try.Signature = all[i].Signature
		}
		answers[i] = r.deliver("search "+all[i].Variant, r.pusher(), &try)
	})
	for i, hit := range answers {
		if taken(hit) {
			r.findMistake(all[i], hit.Last())
			return true
		}
	}
	return false
}

// pushMistakes are the known ones in the signature of a push, which is
// msg_signature in the encrypted modes.
func (r *run) pushMistakes(p *push.Push) []signature.Mistake {
	var extra []signature.Param
	if u, err := url.Parse(p.Request(r.URL).URL); err == nil && p.Encrypt == "" {
		extra = slices.DeleteFunc(queryParams(u.RawQuery), func(one signature.Param) bool {
			return one.Name == "signature" || one.Name == "timestamp" || one.Name == "nonce"
		})
	}
	return signature.Mistakes(signature.Request{
		Token: r.Token, Timestamp: p.Timestamp, Nonce: p.Nonce, Encrypt: p.Encrypt, Extra: extra,
		AppID: r.AppID, Secret: r.Secret, AESKey: r.AESKey, Other: r.Others,
	})
}

// takesEncrypted reports whether an encrypted message is taken: then the
// server is in safe mode, and ours is not.
func (r *run) takesEncrypted() bool {
	codec := r.Codec
	if codec == nil && r.AppID != "" {
		if key, err := msgcrypt.ParseKey(r.AESKey); err == nil {
			codec = msgcrypt.New(key, r.AppID)
		}
	}
	return codec != nil &&
		taken(r.push("encrypted", r.text(firstText), push.WithMode(msgcrypt.Safe), push.WithCodec(codec)))
}

// strictlyDecoded reports whether a strict base64 decoder may refuse the key:
// its last character holds four bits of the 256, and two that are left over.
// It may if the key is not known.
func strictlyDecoded(key string) bool {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	return key == "" || strings.IndexByte(alphabet, key[len(key)-1])%4 != 0
}
