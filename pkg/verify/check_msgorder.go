package verify

import (
	"slices"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/signature"
)

// checkMsgOrder sends pushes whose Encrypt begins with characters on which
// wrong sort orders disagree, values that are equal, and a msg_signature that
// begins with a zero.
func checkMsgOrder(h *handle) finding.Facts {
	sendMsgOrders(h)
	h.misplaced = slices.ContainsFunc(h.findings, func(f finding.Finding) bool { return f.ID == "M31" || !slices.Contains(envelopeFaults, f.ID) }) // what follows would fail for the same reason, or at random
	stillServed(h)
	if h.skip == "" && !h.answers {
		h.skip = Silent // what it refuses shows, but not that it can read what it accepts
	}
	return nil
}

func sendMsgOrders(h *handle) {
	if wrongPadding(h) {
		return
	}
	// The text of the first message throughout, so that the padding stays as it
	// was and the order alone differs.
	for _, want := range firstBytes(h.Token) {
		if !ordered(h, "Encrypt from "+want.name, h.build(h.text(firstText), push.WithFirst(want.ok))) {
			return
		}
	}
	for _, p := range []*push.Push{h.build(h.text(firstText), push.WithNonce(h.shortNonce())), twiceTheTime(h)} {
		if !ordered(h, "nonce "+p.Nonce, p) {
			return
		}
	}
	ordered(h, "msg_signature from 0", signedFromZero(h))
}

// twiceTheTime is a push whose nonce is its timestamp. A second may end while it is
// built, so that they differ.
func twiceTheTime(h *handle) *push.Push {
	for tries := 1; ; tries++ {
		if p := h.build(h.text(firstText), push.WithNonce(h.timestamp())); p.Nonce == p.Timestamp || tries == 5 {
			return p
		}
	}
}

// signedFromZero is a push whose msg_signature begins with a zero: one that is
// computed without such zeros differs.
func signedFromZero(h *handle) *push.Push {
	for tries := 1; ; tries++ {
		if p := h.build(h.text(firstText), push.WithFirst(digit)); strings.HasPrefix(p.MsgSignature, "0") || tries == 4096 {
			return p
		}
	}
}

// ordered delivers a push and reports whether to go on: it was accepted, or
// there is nothing to say of it.
func ordered(h *handle, name string, p *push.Push) bool {
	d := h.deliver(name, h.pusher(), p)
	if accepted(d) {
		return true
	}
	if replyTells(d) { // the push was opened, whatever its order
		h.addAll(d.Findings)
		return true
	}
	switch after(h, d) {
	case refusing:
	case ended:
		endedOver(h, d, "text")
	case serving:
		if !conclusive(d.Last()) {
			return true
		}
		refusedOrder(h, d, true)
	}
	return false
}

type firstByte struct {
	name string
	ok   func(byte) bool
}

// firstBytes are the classes of first characters: those on the
// other side of the token when case is ignored, and those that a locale sorts
// elsewhere.
func firstBytes(token string) []firstByte {
	lower := func(b byte) byte {
		if b >= 'A' && b <= 'Z' {
			return b + 'a' - 'A'
		}
		return b
	}
	t := token[0]
	classes := []firstByte{
		{"a capital", func(b byte) bool {
			return b >= 'A' && b <= 'Z' && lower(b) != lower(t) && (b < t) != (lower(b) < lower(t))
		}},
		{"a small letter", func(b byte) bool {
			return b >= 'a' && b <= 'z' && lower(b) != lower(t) && (b < t) != (lower(b) < lower(t))
		}},
		{"a digit", digit},
		{"+", func(b byte) bool { return b == '+' }},
		{"/", func(b byte) bool { return b == '/' }},
	}
	var possible []firstByte
	for _, c := range classes {
		for b := byte('+'); b <= 'z'; b++ {
			if c.ok(b) {
				possible = append(possible, c)
				break
			}
		}
	}
	return possible
}

// refusedOrder looks for the mistake behind a right msg_signature that was
// refused. Others says that pushes of other values are accepted.
func refusedOrder(h *handle, d *push.Delivery, others bool) bool {
	p, ignoresCase := d.Push, false
	all := pushMistakes(h, p)
	// What ignores case is found first: an order by numbers can come out alike.
	slices.SortStableFunc(all, func(a, b signature.Mistake) int { return isCaseOrder(b) - isCaseOrder(a) })
	for _, m := range distinct(all) {
		try := *p
		try.MsgSignature = m.Signature
		hit := h.deliver("search "+m.Variant, h.pusher(), &try)
		switch {
		case !accepted(hit):
			continue
		case isCaseOrder(m) == 1:
			others, ignoresCase = true, true
		default:
			findMistake(h, m, hit.Last())
			return true
		}
		break
	}
	for _, want := range firstBytes(h.Token) {
		others = others || accepted(h.push("Encrypt from "+want.name, h.text(firstText), push.WithFirst(want.ok)))
	}
	if !others {
		return false
	}
	// A locale may pass over + and /, and go by what comes after them.
	letter := p.Encrypt[0] != '+' && p.Encrypt[0] != '/'
	if letter && !ignoresCase && accepted(h.push("alike", h.text(firstText), push.WithNonce(p.Nonce), push.WithFirst(alike(p)))) {
		chance(h, d, "text", 1, 2)
	} else if !refusedEachTime(h, p) {
		chance(h, d, "text", 1, 2)
	} else {
		h.find("M23", "encrypt-order", d.Last(), "first", finding.Quoted(p.Encrypt[:1]))
	}
	return true
}

// refusedEachTime delivers the very same push so often that chance would have let
// it pass.
func refusedEachTime(h *handle, p *push.Push) bool {
	const rounds = 6
	for range rounds {
		if accepted(h.deliver("the same again", h.pusher(), p)) {
			return false
		}
	}
	return true
}

// alike wants an Encrypt that begins as that of p.
func alike(p *push.Push) func(byte) bool {
	return func(b byte) bool { return b == p.Encrypt[0] }
}

func isCaseOrder(m signature.Mistake) int {
	if m.ID == "M23" && m.Variant == "case-order" {
		return 1
	}
	return 0
}
