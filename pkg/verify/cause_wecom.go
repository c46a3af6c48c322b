package verify

import (
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/wire"
)

// byCiphertext knows an answer that was not decrypted: the echostr as it came,
// the word for a message that is taken, or nothing.
func byCiphertext(h *handle) bool {
	res := h.base.Response
	if res.Status/100 != 2 {
		return false
	}
	body := strings.TrimSpace(string(answer.Readable(res)))
	switch {
	case strings.Contains(body, h.query.sealed), strings.Contains(body, strings.ReplaceAll(h.query.sealed, "+", " ")):
		h.find("W01", "ciphertext", h.base, "body", finding.Excerpt(body))
	case body == "success":
		h.find("W01", "success", h.base)
	default:
		return false
	}
	return true
}

// byPlus sends an echostr without + and /: a server that takes that one reads the
// others wrongly.
func byPlus(h *handle) bool {
	form := func() query { return h.encryptedQuery(h.EchoCodec, h.timestamp(), h.newNonce(), plainBase64) }
	return h.takes("echostr without + and /", form, "W02", "plus", "answer", answer.Summary(h.base))
}

// byReceiver encrypts for other ids.
func byReceiver(h *handle) bool {
	for _, id := range h.otherReceivers() {
		codec, variant := h.EchoCodec.WithAppID(id), "other"
		if id == "" {
			variant = "none"
		}
		form := func() query { return h.another(codec) }
		if h.takes("receive id "+id, form, "W03", variant, "works", finding.Quoted(id), "sent", finding.Quoted(h.EchoCodec.AppID())) {
			return true
		}
	}
	return false
}

// byAccountCode sends what an official account's server expects: its verification,
// then WeCom's with a signature of three strings.
func byAccountCode(h *handle) bool {
	plain := func() query {
		q := query{echostr: h.newEchostr(), timestamp: h.timestamp(), nonce: h.newNonce()}
		s := signature.Access(h.Token, q.timestamp, q.nonce)
		q.signature = &s
		return q
	}
	three := func() query {
		q := h.another(h.EchoCodec)
		s := signature.Access(h.Token, q.timestamp, q.nonce)
		q.signature = &s
		return q
	}
	both := func() query {
		q := h.another(h.EchoCodec)
		q.extra = [][2]string{{"signature", signature.Access(h.Token, q.timestamp, q.nonce)}}
		return q
	}
	return h.takes("verification of an official account", plain, "W04", "account") ||
		h.takes("signature of three strings", three, "W04", "three-strings") ||
		h.takes("with signature, too", both, "W04", "signature-too")
}

// byOtherToken signs with the tokens of other profiles.
func byOtherToken(h *handle) bool {
	for _, other := range h.Others {
		form := func() query {
			q := h.another(h.EchoCodec)
			q.sign(other.Token)
			return q
		}
		if h.takes("token of "+other.Name, form, "W05", "other-token", "name", finding.Name(other.Name)) {
			return true
		}
	}
	return false
}

// libraryCode is what the official libraries return, and servers print.
var libraryCode = lazy.Regexp(`-400(0[1-9]|1[01])\b`)

// byStage finds out how far the request came: what answers it as it answers a wrong
// signature refused the signature, and what answers otherwise, or broke down, did
// not get it decrypted.
func byStage(h *handle) bool {
	ex := h.base
	if code := libraryCode.Get().FindString(string(answer.Readable(ex.Response))); code != "" && ex.Response.Status != 404 {
		h.find("W05", map[bool]string{true: "code-signature", false: "code"}[code == "-40001"], ex, "code", code)
		return true
	}
	if answer.IsHTML(answer.Readable(ex.Response)) && ex.Response.Status < 500 {
		return false
	}
	wrong := h.ahead().wrong.answer()
	if wrong.Response == nil || ex.Response.Status == 404 {
		return false
	}
	// Of what cannot be decrypted, whatever the key, a server that comes so far says
	// the same as of ours.
	q := h.another(msgcrypt.New(otherKey(), h.EchoCodec.AppID()))
	foreign := h.get("echostr of another key", q)
	switch {
	case answer.Same(ex, wrong) && !answer.IsHTML(answer.Readable(ex.Response)) && !answer.Same(ex, nowhere(h)):
		h.find("W05", "signature", ex, "answer", answer.Summary(ex))
	case !answer.Same(ex, wrong) && sameStage(ex, foreign):
		h.find("W05", "key", ex, "answer", answer.Summary(ex), "refusal", answer.Summary(wrong))
	default:
		return false
	}
	return true
}

// sameStage reports whether two requests failed alike.
func sameStage(a, b *wire.Exchange) bool {
	return answer.Same(a, b) || a.Response != nil && b.Response != nil && a.Response.Status >= 400 && a.Response.Status == b.Response.Status
}

// otherKey is a key that nobody has.
func otherKey() msgcrypt.Key {
	key, _ := msgcrypt.ParseKey(strings.Repeat("wxdev", 8) + "abA") // of 43 characters
	return key
}

// brokeDown knows a server that closed the connection over a right request, but
// not over one with a wrong signature: the official Go library panics with a wrong
// key.
func brokeDown(h *handle) bool {
	if !slices.Contains([]wire.Kind{wire.Closed, wire.Reset}, h.base.Failure()) {
		return false
	}
	wrong := h.signed(h.newNonce())
	wrong.signature = h.wrongSignature()
	ex := h.get("wrong signature", wrong)
	if ex.Response == nil {
		return false
	}
	h.find("W05", "broke-down", h.base, "refusal", answer.Summary(ex))
	return true
}
