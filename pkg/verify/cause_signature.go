package verify

import (
	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/wire"
)

// askWrongly sends a wrong signature.
func askWrongly(h *handle) (*wire.Exchange, query) {
	q := h.signed(h.newNonce())
	q.signature = h.wrongSignature()
	return h.get("wrong signature", q), q
}

// bySignature searches for the mistake in the server's signature.
func bySignature(h *handle) bool {
	// Of a mistake that some requests do not show, the refused one shows it.
	m, ex, ok := searchMistake(h, h.query)
	if ok && m.Variant == "missing-input" && m.Facts.Text(finding.English, "name") == "nonce" && byNonce(h) {
		return true // one that is too large a number is as good as none
	}
	if ok {
		findMistake(h, m, ex)
		return true
	}
	return readsMsgSignature(h)
}

// readsMsgSignature knows a server made for WeCom: the GET with a right
// msg_signature gets further than one without.
func readsMsgSignature(h *handle) bool {
	if varies(h) {
		return false
	}
	ask := func(name string, right bool) *wire.Exchange {
		q := h.signed(h.newNonce())
		sum := h.msgSignature(q)
		if !right {
			sum = *h.wrongSignature()
		}
		q.extra = [][2]string{{"msg_signature", sum}}
		return h.get(name, q)
	}
	right, wrong := ask("msg_signature", true), ask("wrong msg_signature", false)
	if right.Response == nil || wrong.Response == nil || answer.Same(right, wrong) {
		return false
	}
	same := func() bool {
		return answer.Same(right, ask("msg_signature", true)) && answer.Same(wrong, ask("wrong msg_signature", false))
	}
	return settled(h, same, func() { h.find("V29", "msg-signature", right, "answer", answer.Summary(right)) })
}
