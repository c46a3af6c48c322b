package verify

import (
	"fmt"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/signature"
)

// checkSecurity sends what WeChat never does and an attacker may: entities, of
// the message's own and of a file that is nobody's secret; an old signature with
// somebody else's words; a text as large as a body can be. It comes after all
// that WeChat sends.
func checkSecurity(h *handle) finding.Facts {
	if h.answers { // what was expanded, or taken, shows in a reply only
		if h.Format != string(msgcrypt.JSON) {
			sendEntities(h)
		}
		if h.mode() == msgcrypt.Plain && !h.unsigned && !h.found("M28") {
			sendReplayed(h)
		}
	}
	if h.halted() == "" {
		sendHuge(h)
	}
	stillServed(h)
	return nil
}

// sendReplayed sends a message of another user, to another account, with the
// timestamp and the nonce of an old request: in plain mode the signature goes
// with any message.
func sendReplayed(h *handle) {
	const hours = 2
	p := h.build(h.text("wxdev verify replayed"))
	m := p.Message
	_ = m.Set("ToUserName", message.OriginalID("wxdev verify another account"))
	_ = m.Set("FromUserName", message.OpenID("wxdev verify another user"))
	p.Timestamp = fmt.Sprint(h.Now().Add(-hours * time.Hour).Unix())
	p.Signature = signature.Access(h.Token, p.Timestamp, p.Nonce)
	body, err := m.Append(nil)
	if err != nil {
		h.fail(err)
		return
	}
	p.Plain, p.Body = body, body
	d := h.deliver("an old signature, another message", h.pusher(), p)
	if endedBy(h, d, "text, an old signature") || !replied(d) {
		return
	}
	if d = h.deliver("the same again", h.pusher(), p); replied(d) {
		h.find("V09", "other-message", d.Last(), "hours", hours)
	}
}

// sendHuge sends a text of a megabyte. A server may refuse it, and has to be
// there afterwards.
func sendHuge(h *handle) {
	const most = message.MaxBody - 1024
	d := h.push("a text of 1 MB", h.text(strings.Repeat("x", most)))
	if down(h.get("still there?", h.signed(h.newNonce()))) {
		endedOver(h, d, contentPrefix+"huge")
	}
}
