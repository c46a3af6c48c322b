package verify

import (
	"slices"
	"strconv"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/signature"
)

// What only the encrypted modes have: a key, an envelope with an AppID and
// padding, and a fourth string in the signature.

func digit(b byte) bool { return b >= '0' && b <= '9' }

// failedEncrypted finds out what the server expects of an encrypted push. The
// signatures that wrong servers compute are sent to see which it takes.
func (r *run) failedEncrypted(d *push.Delivery) bool {
	res, ex := d.Last().Response, d.Last()
	if m := answer.Mark(res, answer.KeyPolicy); m != "" {
		r.find("M11", "illegal-key", ex, "marker", finding.Excerpt(m))
		return true
	}
	if m := answer.Mark(res, answer.KeySize); m != "" {
		r.find("M21", "key-size", ex, "marker", finding.Excerpt(m))
		return true
	}
	if m := answer.Mark(res, answer.StrictBase64); m != "" && strictlyDecoded(r.AESKey) {
		r.find("M21", "strict", ex, "marker", finding.Excerpt(m))
		return true
	}
	// A digit comes first in every order: where that is taken and the first push
	// is refused once more, the order is wrong, and nothing else.
	if taken(r.push("Encrypt from a digit", r.text(firstText), push.WithFirst(digit))) {
		if !taken(r.deliver("the same again", r.pusher(), d.Push)) {
			return r.refusedOrder(d, true)
		}
		r.chance(d, "text", 1, 3)
		return true
	}
	try := func(name string, change func(*push.Push), options ...push.Option) bool {
		p := r.build(r.text(firstText), options...)
		change(p)
		// Its reply may well be as wrong as what it expects: only whether it
		// serves the push counts.
		other := r.deliver(name, r.pusher(), p).Last().Response
		return other != nil && other.Status == 200
	}
	switch {
	case try("msg_signature of three", func(p *push.Push) { p.MsgSignature = p.Signature }):
		r.find("M02", "three-strings", ex)
	case try("signature of four", func(p *push.Push) { p.Signature = p.MsgSignature }):
		r.find("M02", "four-strings", ex)
	case r.Codec != nil && try("empty AppID", func(*push.Push) {}, push.WithCodec(r.Codec.WithAppID(""))):
		r.find("M22", "own-refused", ex, "status", res.StatusFact())
	case answer.ComparesAppID(res):
		r.find("M22", "named", ex, "answer", answer.Summary(ex))
	case r.wrongPadding():
	case r.otherFormat(d):
	case r.refusedOrder(d, false):
	case answeredTo(r.push("not encrypted", r.text(firstText), push.WithMode(msgcrypt.Plain))):
		r.find("M02", "not-decrypted", ex, "answer", answer.Summary(ex))
	default:
		r.find("M02", "refused", ex, "status", res.StatusFact(), "excerpt", finding.Excerpt(res.Decoded))
	}
	return true
}

// wrongPadding pushes messages of two lengths: one whose padding AES libraries
// remove by themselves, and one with more than the 16 bytes they know.
func (r *run) wrongPadding() bool {
	low, lowPad := r.padded(1, 16)
	high, highPad := r.padded(17, 32)
	// A digit comes first in every order, so that only the length decides.
	if !taken(r.push("padding of "+strconv.Itoa(lowPad), low, push.WithFirst(digit))) {
		return false
	}
	d := r.push("padding of "+strconv.Itoa(highPad), high, push.WithFirst(digit))
	if taken(d) || !judged(d.Last()) || gone(d) {
		return false
	}
	// Once more, one of each: else it was chance, or a limit.
	again, _ := r.padded(17, 32)
	short, _ := r.padded(1, 16)
	if taken(r.push("padding again", again, push.WithFirst(digit))) || !taken(r.push("less padding again", short, push.WithFirst(digit))) {
		return false
	}
	r.find("M31", "unpad-16", d.Last(), "low", lowPad, "high", highPad, "answer", answer.Summary(d.Last()))
	return true
}

// padded is a text of a length that makes the padding one of least to most
// bytes.
func (r *run) padded(least, most int) (m *message.Message, pad int) {
	for content := "wxdev verify"; ; content += "." {
		m = r.text(content)
		plain, err := m.Append(nil)
		if err != nil {
			r.fail(err)
			return m, 0
		}
		const head, block = 20, 32
		if pad = block - (head+len(plain)+len(r.Codec.AppID()))%block; pad >= least && pad <= most {
			return m, pad
		}
	}
}

// encryptOrder sends pushes whose Encrypt begins with characters on which
// wrong sort orders disagree, and values that are equal.
func (r *run) encryptOrder() finding.Facts {
	if r.wrongPadding() {
		return nil
	}
	// The text of the first message throughout, so that the padding stays as it
	// was and the order alone differs.
	for _, want := range firstBytes(r.Token) {
		if !r.ordered("Encrypt from "+want.name, push.WithFirst(want.ok)) {
			return nil
		}
	}
	for _, nonce := range []string{r.shortNonce(), r.timestamp()} {
		if !r.ordered("nonce "+nonce, push.WithNonce(nonce)) {
			return nil
		}
	}
	return nil
}

// ordered pushes a text and reports whether to go on: it was taken, or there
// is nothing to say of it.
func (r *run) ordered(name string, option push.Option) bool {
	d := r.push(name, r.text(firstText), option)
	if taken(d) {
		return true
	}
	switch r.after(d) {
	case refusing:
	case ended:
		r.died(d, "text")
	case serving:
		if !judged(d.Last()) {
			return true
		}
		r.refusedOrder(d, true)
	}
	return false
}

type firstByte struct {
	name string
	ok   func(byte) bool
}

// firstBytes are the classes of first characters: those that stand on the
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
// refused. Others says that pushes of other values are taken.
func (r *run) refusedOrder(d *push.Delivery, others bool) bool {
	p, ignoresCase := d.Push, false
	all := r.pushMistakes(p)
	// What ignores case is found first: an order by numbers can come out alike.
	slices.SortStableFunc(all, func(a, b signature.Mistake) int { return isCaseOrder(b) - isCaseOrder(a) })
	for _, m := range distinct(all) {
		try := *p
		try.MsgSignature = m.Signature
		hit := r.deliver("search "+m.Variant, r.pusher(), &try)
		switch {
		case !taken(hit):
			continue
		case isCaseOrder(m) == 1:
			others, ignoresCase = true, true
		default:
			r.findMistake(m, hit.Last())
			return true
		}
		break
	}
	for _, want := range firstBytes(r.Token) {
		others = others || taken(r.push("Encrypt from "+want.name, r.text(firstText), push.WithFirst(want.ok)))
	}
	if !others {
		return false
	}
	// A locale may pass over + and /, and go by what comes behind them.
	letter := p.Encrypt[0] != '+' && p.Encrypt[0] != '/'
	if letter && !ignoresCase && taken(r.push("alike", r.text(firstText), push.WithNonce(p.Nonce), push.WithFirst(alike(p)))) {
		r.chance(d, "text", 1, 2)
	} else {
		r.find("M23", "encrypt-order", d.Last(), "first", finding.Quoted(p.Encrypt[:1]))
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
