package verify

import (
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/wire"
)

// checkPost asks whether messages reach the same route.
func checkPost(h *handle) judge {
	wrong := h.wrongPush()
	first := h.later(func() *wire.Exchange { return h.send("post, wrong signature", wrong, "") })
	return func() finding.Facts { return judgePost(h, first()) }
}

func judgePost(h *handle, ex *wire.Exchange) finding.Facts {
	get := h.refusal
	if answer.Limited(ex) {
		if !stillTakes(h, ex) {
			return nil
		}
		ex = h.send("post again", h.wrongPush(), "") // refused twice, and a GET between is not: no matter of rate
	}
	repeated(h, ex, func() *wire.Exchange { return h.send("post again", h.wrongPush(), "") })
	keepDenial(h, ex)
	if ex.Response == nil && ex.Failure() != wire.Canceled {
		stillTakes(h, ex)
		return finding.NewFacts("unclear", ex.Err)
	}
	if get.Response == nil || ex.Response == nil || !conclusive(get) {
		return nil
	}
	said, ok := answer.Judge(ex)
	fronted := ok && said.By == answer.Front // whatever the signature
	guarded := answer.GuardMark(ex.Response) != ""
	switch res := ex.Response; {
	case res.Status != 405 && res.Status != 419 && sameRefusal(get, ex): // it is the signature that is refused
	case res.Status >= 300 && !stillTakes(h, ex):
	case missesEchostr(ex) && demandsOnPost(h, h.push("post, right signature", h.text(firstText))):
	case saysItself(h, ex):
	case res.Status == 405, res.Status == 419:
		h.add(said.Finding)
	case res.Status/100 == 4 && !guarded && (h.mode() == msgcrypt.Plain || res.Status != 404 || get.Response.Status == 404):
		return rightPush(h)
	case fronted && (said.ID != "V07" || guarded):
		h.add(said.Finding)
	case res.Status == 200 && strings.Contains(string(res.Decoded), h.User):
		h.find("M28", "no-check", ex, "status", res.StatusFact(), "body", finding.Excerpt(res.Decoded))
	case res.Status >= 500:
		return finding.NewFacts("unclear", res.StatusFact())
	}
	return nil
}

// sameRefusal reports whether a POST was answered as a GET was: alike, or sent
// to the same place.
func sameRefusal(get, post *wire.Exchange) bool {
	a, b := get.Response, post.Response
	return answer.Same(get, post) ||
		a.Status/100 == 3 && b.Status/100 == 3 && a.Get("Location") == b.Get("Location")
}

// rightPush asks whether a message is refused for its wrong signature or in
// any case: by a form guard that gives no reason, say, or for want of a route.
// In the encrypted modes a plain message is refused by right, so there nothing
// can be told.
func rightPush(h *handle) finding.Facts {
	if h.mode() != msgcrypt.Plain {
		return nil
	}
	d := h.deliver("post, right signature", h.pusher(), h.build(h.text("wxdev verify")))
	ex := d.Last()
	if h.halted() == Died {
		endedOver(h, d, "text")
		return nil
	}
	if ex.Response == nil || ex.Response.Status/100 != 4 || !telling(h, ex) {
		return nil
	}
	said, ok := answer.Judge(ex)
	switch {
	case ok && said.By == answer.Front:
		h.add(said.Finding)
	case saysWhy(h, d):
	case h.Messages: // the first of them shows why
		return finding.NewFacts("unclear", ex.Response.StatusFact())
	case demandsOnPost(h, d), searchPush(h, d):
	default:
		refusedPlain(h, d)
	}
	return nil
}

// saysWhy finds what the answer to a message tells by itself. Who misses an
// echostr may run the code for GET, or demand one of messages too: then it takes
// one that has it.
func saysWhy(h *handle, d *push.Delivery) bool {
	return missesEchostr(d.Last()) && demandsOnPost(h, d) || saysItself(h, d.Last())
}

func missesEchostr(ex *wire.Exchange) bool {
	v, ok := answer.Judge(ex)
	return ok && v.ID == "V17" && v.Variant == "post-as-get"
}

// saysItself finds what the answer to a POST tells by itself, whatever the POST
// was. A 404 may be how a wrong signature is refused.
func saysItself(h *handle, ex *wire.Exchange) bool {
	return ex.Response.Status != 404 && says(h, ex, "V17 post-unrouted", "V17 post-as-get", "M29 media-type", "M29 too-large")
}

// says reports, and records, that an answer is one of some kinds.
func says(h *handle, ex *wire.Exchange, kinds ...string) bool {
	v, ok := answer.Judge(ex)
	if !ok || !slices.Contains(kinds, v.ID+" "+v.Variant) {
		return false
	}
	h.add(v.Finding)
	return true
}

// refusedPlain finds out why a plain message is refused, with a status of the
// client's fault, while the GET passes.
func refusedPlain(h *handle, d *push.Delivery) {
	ex := d.Last()
	status := text.Line(ex.Response.StatusText())
	if takesEncrypted(h) {
		h.find("M29", "encrypted-only", ex, "status", status)
		return
	}
	variant := "refused-plain"
	if sameWithoutQuery(h, ex) {
		variant = "refused-or-query" // another token looks alike
	}
	h.find("M29", variant, ex, "status", status, "excerpt", answer.Around(answer.Readable(ex.Response), ""))
}

// sameWithoutQuery reports whether a POST without any parameter gets the very
// same answer: then the query may not arrive.
func sameWithoutQuery(h *handle, ex *wire.Exchange) bool {
	return answer.Same(ex, h.send("post, no parameters", wire.NewRequest("POST", h.URL, ex.Request.Body), ""))
}

// takesEncrypted reports whether an encrypted message is accepted: then the
// server is in safe mode, and ours is not.
func takesEncrypted(h *handle) bool {
	codec := h.Codec
	if codec == nil && h.AppID != "" {
		if key, err := msgcrypt.ParseKey(h.AESKey); err == nil {
			codec = msgcrypt.New(key, h.AppID)
		}
	}
	return codec != nil &&
		accepted(h.push("encrypted", h.text(firstText), push.WithMode(msgcrypt.Safe), push.WithCodec(codec)))
}
