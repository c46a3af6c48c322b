package verify

import (
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
)

// whyEncryptedRefused finds out what the server expects of an encrypted push. The
// signatures that wrong servers compute are sent to see which it takes.
func whyEncryptedRefused(h *handle, d *push.Delivery) bool {
	res, ex := d.Last().Response, d.Last()
	if says(h, ex, "M11 illegal-key", "M21 key-size") {
		return true
	}
	if m := answer.Mark(res, answer.StrictBase64); m != "" && strictlyDecoded(h.AESKey) {
		h.find("M21", "strict", ex, "marker", finding.Excerpt(m))
		return true
	}
	// A digit comes first in every order: where that is taken and the first push
	// is refused once more, the order is wrong, and nothing else.
	if accepted(h.push("Encrypt from a digit", h.text(firstText), push.WithFirst(digit))) {
		if !accepted(h.deliver("the same again", h.pusher(), d.Push)) {
			return refusedOrder(h, d, true)
		}
		chance(h, d, "text", 1, 3)
		return true
	}
	try := func(name string, change func(*push.Push), options ...push.Option) bool {
		p := h.build(h.text(firstText), options...)
		change(p)
		// Its reply may well be as wrong as what it expects: only whether it
		// serves the push counts.
		other := h.deliver(name, h.pusher(), p).Last().Response
		return other != nil && other.Status == 200
	}
	switch {
	case try("msg_signature of three", func(p *push.Push) { p.MsgSignature = p.Signature }):
		h.find("M02", "three-strings", ex)
	case try("signature of four", func(p *push.Push) { p.Signature = p.MsgSignature }):
		h.find("M02", "four-strings", ex)
	case h.Codec != nil && try("empty AppID", func(*push.Push) {}, push.WithCodec(h.Codec.WithAppID(""))):
		h.find("M22", "own-refused", ex, "status", res.StatusFact())
	case says(h, ex, "M22 named"):
	case wrongPadding(h):
	case otherFormat(h, d):
	case refusedOrder(h, d, false):
	case replied(h.push("not encrypted", h.text(firstText), push.WithMode(msgcrypt.Plain))):
		h.find("M02", "not-decrypted", ex, "answer", answer.Summary(ex))
	default:
		h.find("M02", "refused", ex, "status", res.StatusFact(), "excerpt", finding.Excerpt(res.Decoded))
	}
	return true
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
		plain, err := m.Append(nil)
		if err != nil {
			h.fail(err)
			return m, 0
		}
		const head, block = 20, 32
		if pad = block - (head+len(plain)+len(h.Codec.AppID()))%block; pad >= least && pad <= most {
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
