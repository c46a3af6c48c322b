package verify

import (
	"slices"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/push"
)

// checkContents sends what users write and parsers do not expect.
func checkContents(h *handle) finding.Facts {
	var odd []message.OddText
	var kinds []kind
	for _, o := range message.OddTexts() {
		if !o.In(h.text("")) {
			continue
		}
		odd = append(odd, o)
		kinds = append(kinds, kind{contentPrefix + o.Name, func() *message.Message {
			m := h.text("")
			o.In(m)
			return m
		}})
	}
	v := sendBatch(h, "", kinds)
	names, at := v.names(func(i int, d *push.Delivery) bool { return !odd[i].Raw && crashed(d) && !refusedAsForged(h, d) })
	variant := "odd-text"
	if at == nil {
		// Most XML parsers refuse these, or pass on what they should not.
		names, at = v.names(func(i int, d *push.Delivery) bool { return odd[i].Raw && crashed(d) && !refusedAsForged(h, d) })
		variant = "raw-text"
	}
	if at == nil {
		names, at = v.names(func(i int, d *push.Delivery) bool { return odd[i].Raw && !refusedAsForged(h, d) })
		variant = "raw-copied"
	}
	v.failed = slices.DeleteFunc(v.failed, func(i int) bool { return odd[i].Raw && !refusedAsForged(h, v.deliveries[i]) })
	otherFaults(h, v)
	if at == nil {
		return v.counts()
	}
	if v.after == ended {
		variant = "odd-text-dies"
	}
	h.find("M07", variant, at.Last(), "name", kindFacts(names), "answer", answer.Summary(at.Last()))
	return v.counts()
}
