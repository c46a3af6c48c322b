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
var libraryCode = lazy.Regexp(`-400(0[1-9]|1[0-4])\b`)

// byStage finds out how far the request came: what answers it as it answers a wrong
// signature refused the signature, and what answers otherwise, or broke down, did
// not get it decrypted.
func byStage(h *handle) bool {
	ex := h.base
	body := answer.Readable(ex.Response)
	if code := libraryCode.Get().FindString(string(body)); code != "" && ex.Response.Status != 404 {
		switch code {
		case "-40001":
			h.find("W05", "code-signature", ex, "code", code)
		case "-40005": // decrypted, and then compared
			h.find("W03", "code", ex, "code", code, "sent", finding.Quoted(h.EchoCodec.AppID()))
		default:
			h.find("W05", "code", ex, "code", code)
		}
		return true
	}
	if answer.IsHTML(body) && ex.Response.Status < 500 {
		return false
	}
	wrong := h.ahead().wrong.answer()
	if wrong.Response == nil || ex.Response.Status == 404 {
		return false
	}
	if !answer.Same(ex, wrong) {
		return byOpening(h, wrong)
	}
	if answer.IsHTML(body) || answer.Same(ex, nowhere(h)) {
		return false
	}
	refusedAlike(h)
	return true
}

// refusedAlike tells of a server that answered as it answers a wrong signature: it may
// say the same of what it could not decrypt.
func refusedAlike(h *handle) {
	passed, refused := h.notCiphertext(true), h.notCiphertext(false)
	if passed.Response != nil && refused.Response != nil && !answer.Same(passed, refused) {
		h.find("W05", "opened", h.base, "answer", answer.Summary(passed), "refusal", answer.Summary(refused))
		return
	}
	h.find("W05", "signature", h.base, "answer", answer.Summary(h.base))
}

// notCiphertext sends an echostr that no key opens: a server that answers it in one
// way with a right signature, and in another with a wrong one, has the right token,
// even where it says the same of everything that it opened.
func (h *handle) notCiphertext(signed bool) *wire.Exchange {
	q := query{echostr: h.newEchostr(), timestamp: h.timestamp(), nonce: h.newNonce(), sealed: "d3hkZXY="}
	if q.sign(h.Token); !signed {
		q.signature = h.wrongSignature()
	}
	return h.get("echostr that is no ciphertext", q)
}

// byOpening knows what became of an echostr whose signature passed. With another key
// what comes of it is a matter of chance, and so are the answers: they are those that
// an echostr of a key which nobody has gets. With the right one and another receive id
// they are always the same.
func byOpening(h *handle, wrong *wire.Exchange) bool {
	ex := h.base
	strange := msgcrypt.New(otherKey(), h.EchoCodec.AppID())
	same, foreign, met := true, 0, false
	for i := range 4 {
		codec := h.EchoCodec
		if i%2 == 0 {
			codec = codec.WithAppID("ww" + h.newNonce())
		}
		own := h.get("echostr of another receive id", h.another(codec))
		other := h.get("echostr of another key", h.another(strange))
		same = same && answer.Same(own, ex)
		if !sameStage(ex, other) {
			foreign++
		}
		met = met || sameStage(ex, other) || codec == h.EchoCodec && sameStage(own, other)
	}
	switch status := ex.Response.Status; {
	case same && foreign > 0 && status/100 == 4:
		h.find("W03", "unknown", ex, "answer", answer.Summary(ex), "sent", finding.Quoted(h.EchoCodec.AppID()))
	case met:
		h.find("W05", "key", ex, "answer", answer.Summary(ex), "refusal", answer.Summary(wrong))
	default:
		return false
	}
	return true
}

// sameStage reports whether two requests failed alike.
func sameStage(a, b *wire.Exchange) bool {
	return answer.Same(a, b) || a.Response != nil && b.Response != nil && a.Response.Status >= 400 && a.Response.Status == b.Response.Status && sameWords(a, b)
}

// sameWords tells refusals of one status apart by what they say; of what broke down
// the page may have a number of its own.
func sameWords(a, b *wire.Exchange) bool {
	return a.Response.Status >= 500 || string(answer.Readable(a.Response)) == string(answer.Readable(b.Response))
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
