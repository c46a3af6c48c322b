package verify

import (
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/wire"
)

// whyEncryptedRefused finds out at which stage an encrypted push fails: its
// envelope, its signature, the key, the padding, the AppID, the message, the
// reply. What cures it proves itself; a stage is blamed only when those before
// it are seen to pass.
func whyEncryptedRefused(h *handle, d *push.Delivery) bool {
	ex := d.Last()
	if saysKey(h, ex) || orderDecides(h, d) || otherSignature(h, d) {
		return true
	}
	switch {
	case takenFrom(h, d, "empty AppID", func(*push.Push) {}, push.WithCodec(h.Codec.WithAppID(""))):
		h.find("M22", "own-refused", ex, "answer", answer.Summary(ex))
		return true
	case says(h, ex, "M22 named"), wrongPadding(h):
		return true
	case takesQuiet(h):
		return cannotReply(h, d)
	case otherFormat(h, d):
		return true
	}
	checked := checksMsgSignature(h, d)
	if !checked && refusedOrder(h, d, false) {
		return true
	}
	if unopened(h, d, checked) || everyMessage(h, d) {
		return true
	}
	if checked || failedAnswer(ex) {
		return false
	}
	variant := "refused"
	if sameWithoutQuery(h, ex) {
		variant = "refused-or-query" // another token looks alike
	}
	h.find("M02", variant, ex, "status", ex.Response.StatusFact(), "excerpt", answer.Around(answer.Readable(ex.Response), ""))
	return true
}

// saysKey reads that the key is not used as it should be.
func saysKey(h *handle, ex *wire.Exchange) bool {
	if ex.Response == nil {
		return false
	}
	if says(h, ex, "M11 illegal-key", "M21 key-size") {
		return true
	}
	m := answer.Mark(ex.Response, answer.StrictBase64)
	if m == "" || !strictlyDecoded(h.AESKey) {
		return false
	}
	h.find("M21", "strict", ex, "marker", finding.Excerpt(m))
	return true
}

// orderDecides sends an Encrypt that begins with a digit, which comes first in
// every order: where that is taken and the first push is refused once more, the
// order is wrong, and nothing else.
func orderDecides(h *handle, d *push.Delivery) bool {
	if !accepted(h.push("Encrypt from a digit", h.text(firstText), push.WithFirst(digit))) {
		return false
	}
	if !accepted(h.deliver("the same again", h.pusher(), d.Push)) {
		return refusedOrder(h, d, true)
	}
	chance(h, d, "text", 1, 3)
	return true
}

// otherSignature puts each of the two signatures in the place of the other.
func otherSignature(h *handle, d *push.Delivery) bool {
	for variant, change := range map[string]func(*push.Push){
		"three-strings": func(p *push.Push) { p.MsgSignature = p.Signature },
		"four-strings":  func(p *push.Push) { p.Signature = p.MsgSignature },
	} {
		if takenFrom(h, d, variant, change) {
			h.find("M02", variant, d.Last())
			return true
		}
	}
	return false
}

// takenFrom reports whether a push that was changed is served. Its reply may
// well be as wrong as what the server expects.
func takenFrom(h *handle, d *push.Delivery, name string, change func(*push.Push), options ...push.Option) bool {
	p := h.build(h.text(firstText), options...)
	change(p)
	other := h.deliver(name, h.pusher(), p).Last()
	return other.Response != nil && other.Response.Status == 200 && !answer.Same(d.Last(), other)
}

// wrongPadding pushes messages of two lengths: one whose padding AES libraries
// remove by themselves, and one with more than the 16 bytes they know.
func wrongPadding(h *handle) bool {
	low, lowPad := padded(h, 1, 16)
	high, highPad := padded(h, 17, 32)
	// A digit comes first in every order, so that only the length decides.
	if !accepted(h.push("padding of "+strconv.Itoa(lowPad), low, push.WithFirst(digit))) {
		return false
	}
	d := h.push("padding of "+strconv.Itoa(highPad), high, push.WithFirst(digit))
	if accepted(d) || !conclusive(d.Last()) || down(d.Last()) {
		return false
	}
	// Once more, one of each: else it was chance, or a limit.
	again, _ := padded(h, 17, 32)
	short, _ := padded(h, 1, 16)
	if accepted(h.push("padding again", again, push.WithFirst(digit))) || !accepted(h.push("less padding again", short, push.WithFirst(digit))) {
		return false
	}
	h.find("M31", "unpad-16", d.Last(), "low", lowPad, "high", highPad, "answer", answer.Summary(d.Last()))
	return true
}

// padded is a text of a length that makes the padding one of least to most
// bytes.
func padded(h *handle, least, most int) (m *message.Message, pad int) {
	for content := "wxdev verify"; ; content += "." {
		m = h.text(content)
		if pad = h.padOf(m); pad == 0 || pad >= least && pad <= most {
			return m, pad
		}
	}
}

// strictlyDecoded reports whether a strict base64 decoder may refuse the key:
// its last character holds four bits of the 256, and two that are left over.
// It may if the key is not known.
func strictlyDecoded(key string) bool {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	return key == "" || strings.IndexByte(alphabet, key[len(key)-1])%4 != 0
}
