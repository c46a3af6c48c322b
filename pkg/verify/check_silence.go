package verify

import (
	"net/url"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// checkSilence asks, of a server that says nothing to a text, whether it talks
// otherwise: then it did not understand what it got. One that said something
// meanwhile understood that.
func checkSilence(h *handle) finding.Facts {
	if h.talks {
		return nil
	}
	// Of the reverse nothing follows: an answer to a mini program is success, and
	// the same server may talk to the users of an account.
	if m := h.text(firstText); m.Format != msgcrypt.JSON {
		m.Format = msgcrypt.JSON
		if d := h.push("text in JSON", m); replied(d) {
			h.find("M04", "other-format", d.Last(), "sent", "XML", "works", "JSON")
			return nil
		}
	}
	if !otherBody(h) && h.halted() == "" {
		h.find("M05", "silent", nil)
	}
	return nil
}

// otherBody sends a text as body parsers like it best: as plain text, and as
// the field of a form.
func otherBody(h *handle) bool {
	for _, kind := range []string{textPlain, form} {
		p := h.build(h.text(firstText))
		usual := p.Type
		if p.Type = kind; kind == form {
			p.Body = []byte("xml=" + url.QueryEscape(string(p.Body)))
		}
		if d := h.deliver("text as "+kind, h.pusher(), p); replied(d) {
			h.find("M05", "content-type", d.Last(), "type", usual, "works", kind)
			return true
		}
	}
	return false
}
