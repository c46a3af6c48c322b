package verify

import (
	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/wire"
)

// checkEncrypted adds to the GET what only POSTs carry. WeChat does not, but a
// server that then wants to decrypt was written for WeCom.
func checkEncrypted(h *handle) judge {
	make := func() query {
		q := h.signed(h.newNonce())
		q.extra = [][2]string{
			{"encrypt_type", "aes"},
			{"msg_signature", h.msgSignature(q)},
		}
		return q
	}
	probe := h.begin("encrypt parameters", make())
	return func() finding.Facts {
		ex := probe.answer()
		again := func() (*wire.Exchange, bool) { return h.ask("encrypt parameters", make()) }
		if !h.accepts(ex, probe.query.echostr) && insists(h, ex, again) {
			h.find("V29", "encrypt-parameters", ex, "answer", answer.Summary(ex))
		}
		return nil
	}
}
