package verify

import (
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// checkSecurity sends what WeChat never does and an attacker may: entities, of
// the message's own and of a file that is nobody's secret; a text as large as a
// body can be. It comes after all that WeChat sends.
func checkSecurity(h *handle) finding.Facts {
	if h.answers && h.Format != string(msgcrypt.JSON) { // what was expanded shows in a reply only
		sendEntities(h)
	}
	if h.halted() == "" {
		sendHuge(h)
	}
	stillServed(h)
	return nil
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
