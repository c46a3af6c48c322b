package verify

import (
	"bytes"
	"strings"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/push"
)

// checkPieces sends a text whose body arrives in two pieces, as one does that
// does not fit into a packet: cut inside a tag, where a server that reads once
// has half a message, and inside a character, where one that decodes each piece
// by itself has none of the bytes' meaning.
func checkPieces(h *handle) finding.Facts {
	whole := h.push("a body in one piece", h.text(piecesText))
	if !h.sound(whole, nil) {
		stillServed(h)
		return nil
	}
	said, echoes := between(whole)
	if d, broken := h.breaks("cut inside a tag", cutTag, whole); broken {
		h.tell(d, whole, "first-piece", "first-piece-fails")
	} else if d, broken := h.breaks("cut inside a character", cutCharacter, whole); broken {
		h.tell(d, whole, "decoded", "decoded-fails")
	}
	if len(h.findings) == 0 && h.halted() == "" && !h.answers {
		h.skip = Silent // what it takes it may not have read
	}
	if facts := finding.NewFacts("count", 2, "of", 2); echoes && said != "" {
		return facts
	}
	return finding.NewFacts("count", 1, "of", 2)
}

// piecesText has characters to cut, of three bytes and of four.
const piecesText = marker + "你好，世界👍" + marker

// breaks reports whether a push that is cut fares worse than the whole one, which
// is tried again: what differs by chance differs then, too.
func (h *handle) breaks(name string, cut func(body []byte) int, whole *push.Delivery) (*push.Delivery, bool) {
	const rounds = 5
	for try := range rounds {
		p := h.build(h.text(piecesText))
		p.Cuts = []int{cut(p.Body)}
		d := h.deliver("a body "+name, h.pusher(), p)
		if h.sound(d, whole) || h.halted() != "" && h.halted() != Died {
			return nil, false
		}
		if diedOf(h, d, contentPrefix+"pieces") || try == rounds-1 || try > 0 && late(d) {
			return d, h.halted() == ""
		}
		for range 1 + try%2 { // out of step with a server that fails each third
			if !h.sound(h.push("a body in one piece", h.text(piecesText)), whole) {
				stillServed(h)
				return nil, false
			}
		}
	}
	return nil, false
}

// sound reports whether a text was answered as texts are, and says what the whole
// one said, if there is one to go by.
func (h *handle) sound(d, whole *push.Delivery) bool {
	if !accepted(d) || h.answers && !replied(d) {
		return false
	}
	if whole == nil {
		return true
	}
	said, _ := between(whole)
	shown, _ := between(d)
	return said == shown
}

// tell reports what a body in pieces comes to: the user reads something else, or
// there is no reply to read.
func (h *handle) tell(d, whole *push.Delivery, changed, fails string) {
	said, _ := between(whole)
	if shown, ok := between(d); ok {
		h.find("M33", changed, d.Last(), "sent", finding.Excerpt(marker+said+marker), "seen", finding.Excerpt(marker+shown+marker))
		return
	}
	h.find("M33", fails, d.Last(), "answer", answer.Summary(d.Last()))
}

// cutTag is a place inside the first tag, or name, of what a message has to say.
func cutTag(body []byte) int {
	for _, name := range []string{"Content", "Encrypt"} {
		if i := bytes.Index(body, []byte(name)); i >= 0 {
			return i + len(name)/2
		}
	}
	return len(body) / 2
}

// cutCharacter is a place inside the first character that has several bytes. An
// encrypted body has none, and is cut in the middle.
func cutCharacter(body []byte) int {
	if i := bytes.IndexFunc(body, func(r rune) bool { return r > 0x7f }); i >= 0 {
		return i + 1
	}
	return max(strings.Index(string(body), "Encrypt"), len(body)/2)
}
