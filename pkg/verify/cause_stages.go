package verify

import (
	"encoding/base64"
	"io"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/wire"
)

// checksMsgSignature reports whether a wrong msg_signature is answered otherwise
// than the right one of d: then the envelope arrives, its signature is checked,
// and the right one passed.
func checksMsgSignature(h *handle, d *push.Delivery) bool {
	right := h.push("text again", h.text(firstText)).Last()
	varies := !sameAnswer(d.Last(), right)
	if varies && status(d.Last()) != status(right) {
		return false
	}
	const rounds = 2
	for range rounds {
		p := h.build(h.text(firstText))
		p.MsgSignature = *h.wrongSignature()
		wrong := h.deliver("wrong msg_signature", h.pusher(), p).Last()
		same := sameAnswer(right, wrong)
		if varies { // by a number of its own, or what the wrong key made of the text
			same = status(right) == status(wrong)
		}
		if same || !conclusive(wrong) {
			return false
		}
	}
	return true
}

// sameAnswer reports whether two requests were answered alike, or both not at all.
func sameAnswer(a, b *wire.Exchange) bool {
	return answer.Same(a, b) || a.Response == nil && b.Response == nil && brokenOff(a) && brokenOff(b)
}

// status is that of an answer, 0 without one.
func status(ex *wire.Exchange) int {
	if ex.Response == nil {
		return 0
	}
	return ex.Response.Status
}

// unopened knows a server that does not read encrypted messages: it answers the
// same one when it is plain, or it checks msg_signature and then takes the
// message for rubbish.
func unopened(h *handle, d *push.Delivery, checked bool) bool {
	plain := replied(h.push("not encrypted", h.text(firstText), push.WithMode(msgcrypt.Plain)))
	switch {
	case checked && asRubbish(h, d, plain):
		h.find("M21", "as-rubbish", d.Last(), "answer", answer.Summary(d.Last()))
	case plain:
		h.find("M02", "not-decrypted", d.Last(), "answer", answer.Summary(d.Last()))
	default:
		return false
	}
	return true
}

// asRubbish reports whether an Encrypt of random bytes, rightly signed, is
// answered as a message is. Of a server that answers plain messages it is enough
// that both fail alike; another may fail on all it understands, with a page for
// all failures.
func asRubbish(h *handle, d *push.Delivery, plain bool) bool {
	b := make([]byte, base64.StdEncoding.DecodedLen(len(d.Push.Encrypt))/32*32)
	h.randMu.Lock()
	_, err := io.ReadFull(h.Rand, b)
	h.randMu.Unlock()
	if err != nil {
		h.fail(err)
		return false
	}
	ex := h.push("rubbish in Encrypt", h.text(firstText), push.WithEncrypt(base64.StdEncoding.EncodeToString(b))).Last()
	return sameAnswer(d.Last(), ex) || plain && status(ex) == status(d.Last()) && status(ex) != 200
}

// quiet is an event that nobody answers, with a text in it. It is an example of all
// that is taken without a reply.
func quiet(h *handle) *message.Message {
	t, _ := message.LookupType("unsubscribe") // embedded
	m := h.newMessage(t)
	_ = m.Set("EventKey", firstText) // the type has it
	return m
}

// takesQuiet reports whether the server takes an encrypted event while it fails
// on an encrypted text. What tells the two apart is within, so it was opened.
// What arrives as it should, and in which format, is settled then, too.
func takesQuiet(h *handle) bool {
	return h.Format != string(msgcrypt.JSON) && !h.asTicket && accepted(h.push("event unsubscribe", quiet(h)))
}

// cannotReply tells of a server that opens messages and fails on those which
// get a reply. That it answers them when nothing is encrypted, or in ASCII,
// clears the handler.
func cannotReply(h *handle, d *push.Delivery) bool {
	again := func() bool { return accepted(h.push("text again", h.text(firstText))) }
	ascii := func() bool { return replied(h.push("text in ASCII", h.text("wxdev verify"))) }
	facts := []any{"answer", answer.Summary(d.Last())}
	switch {
	case ascii() && !again() && ascii() && !again():
		h.find("M03", "reply-characters", d.Last(), facts...)
	case replied(h.push("not encrypted", h.text(firstText), push.WithMode(msgcrypt.Plain))) && !again():
		h.find("M03", "reply-fails", d.Last(), facts...)
	default:
		return false
	}
	return true
}

// everyMessage tells of a server whose handler fails whatever the message is,
// so that nobody looks for the fault in one type.
func everyMessage(h *handle, d *push.Delivery) bool {
	if h.asTicket {
		return false
	}
	if v, ok := answer.Judge(d.Last()); !failedAnswer(d.Last()) || ok && v.By != answer.Crash {
		return false
	}
	names := []string{"image"}
	if h.Format != string(msgcrypt.JSON) {
		names = append(names, "subscribe", "unsubscribe")
	}
	for _, name := range names {
		t, _ := message.LookupType(name) // embedded
		if other := h.push(name, h.newMessage(t)); !failedAnswer(other.Last()) {
			return false
		}
	}
	h.find("M19", "every-message", d.Last(), "answer", answer.Summary(d.Last()), "types", kindFacts(append([]string{"text"}, names...)))
	return true
}

// unread tells of an encrypted message that was answered with status 200 and no
// reply, as one is that could not be opened.
func unread(h *handle, d *push.Delivery) bool { return unopened(h, d, checksMsgSignature(h, d)) }

// wordFor is how a finding names a format.
func wordFor(f msgcrypt.Format) finding.Fact {
	if f == msgcrypt.JSON {
		return finding.Name("JSON")
	}
	return finding.Name("XML")
}
