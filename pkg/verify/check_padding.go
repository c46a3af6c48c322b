package verify

import (
	"slices"
	"strings"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/push"
)

// paddings is how many lengths of padding there are: 1 to 32 bytes.
const paddings = 32

// checkPadding sends texts whose encrypted form has each length of padding. A
// bot that repeats them makes replies of each length, too; of one that says the
// same to all, the check's line says how many lengths were seen.
func checkPadding(h *handle) finding.Facts {
	pads := make([]int, paddings)
	kinds := make([]kind, paddings)
	for i := range kinds {
		content := "wxdev verify padding " + strings.Repeat(".", i)
		pads[i] = h.padOf(h.text(content))
		kinds[i] = kind{contentPrefix + "padding", func() *message.Message { return h.text(content) }}
	}
	v := sendBatch(h, "", kinds)
	for _, i := range v.failed {
		if d := v.deliveries[i]; !crashed(d) {
			h.addAll(d.Findings)
		}
	}
	var wrong []int
	_, at := v.names(func(i int, d *push.Delivery) bool {
		if crashed(d) {
			wrong = append(wrong, pads[i])
		}
		return crashed(d)
	})
	switch {
	case at == nil:
		swallowed(h, v, pads)
	case v.after == ended:
		endedOver(h, at, "text")
	default:
		slices.Sort(wrong)
		h.misplaced = true // what follows would fail for its length
		h.find("M31", "lengths", at.Last(), "pads", counts(wrong), "answer", answer.Summary(at.Last()))
	}
	if !h.answers {
		h.skip = Silent // what it takes it may not have read
	}
	return finding.NewFacts("count", h.replyLengths(v), "of", paddings)
}

// swallowed tells of lengths of padding that a bot which answers the others takes
// without a reply: an error that is caught, and answered with success. Other words
// of the same length get none either, so it is not what they say.
func swallowed(h *handle, v *batch, pads []int) {
	var silent []int
	var at *push.Delivery
	for i, d := range v.deliveries {
		if passedOver(d) {
			silent, at = append(silent, i), d
		}
	}
	if !h.answers || at == nil || len(silent) > paddings/2 {
		return
	}
	wrong := make([]int, len(silent))
	for k, i := range silent {
		wrong[k] = pads[i]
		words := "wxdev verify length: " + strings.Repeat("-", i)
		if !passedOver(h.push("padding again", h.text(words))) || !replied(h.push("another padding", h.text(words+strings.Repeat("-", toReplied(v, i))))) {
			return
		}
	}
	slices.Sort(wrong)
	h.misplaced = true
	h.find("M31", "lengths-silent", at.Last(), "pads", counts(wrong), "answer", answer.Summary(at.Last()))
}

// toReplied is how many bytes a text lacks for a padding that got a reply: each
// has one byte of padding less than the one before, and so on around.
func toReplied(v *batch, i int) int {
	n := len(v.deliveries)
	for more := range n {
		if replied(v.deliveries[(i+more)%n]) {
			return more
		}
	}
	return 0
}

// padOf is how many bytes of padding a message gets.
func (h *handle) padOf(m *message.Message) int {
	plain, err := m.Append(nil)
	if err != nil {
		h.fail(err)
		return 0
	}
	return h.padding(plain)
}

// padding is how many bytes of padding go with what is encrypted.
func (h *handle) padding(plain []byte) int {
	const head, block = 20, 32
	return block - (head+len(plain)+len(h.Codec.AppID()))%block
}

// replyLengths is of how many lengths the encrypted replies were.
func (h *handle) replyLengths(v *batch) int {
	seen := map[int]bool{}
	for _, d := range v.deliveries {
		if d != nil && d.Envelope != nil && len(d.Plain) > 0 {
			seen[h.padding(d.Plain)] = true
		}
	}
	return len(seen)
}

func counts(numbers []int) finding.List {
	list := make(finding.List, len(numbers))
	for i, n := range numbers {
		list[i] = finding.Count(n)
	}
	return list
}
