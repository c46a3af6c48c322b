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
