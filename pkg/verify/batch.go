package verify

import (
	"slices"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/wire"
)

// crashed reports whether the push brought the handler down: an error status,
// no answer, or none in time. What is wrong with a reply is another matter.
func crashed(d *push.Delivery) bool {
	ex := d.Last()
	return conclusive(ex) && (ex.Response == nil || ex.Response.Status >= 400 || ex.End == wire.EndTimeout)
}

// kind is a kind of message: its name, and how to make one.
type kind struct {
	name string
	make func() *message.Message
}

// batch is what came of a message of each kind.
type batch struct {
	kinds      []kind
	deliveries []*push.Delivery
	fine       int   // how many were accepted
	failed     []int // those that fail each time
	after      state // of the server, if any failed
}

// sendBatch pushes one message of each kind. What fails counts only if the server
// still accepts a plain text, and fails again: else there is a limit, or chance.
func sendBatch(h *handle, prefix string, kinds []kind) *batch {
	v := &batch{kinds: kinds, deliveries: make([]*push.Delivery, len(kinds))}
	pushes := make([]*push.Push, len(kinds)) // made here: Options.Rand may be for one goroutine
	for i, k := range kinds {
		pushes[i] = h.build(k.make())
	}
	h.each(len(kinds), func(i int) bool {
		d := h.deliver(prefix+kinds[i].name, h.pusher(), pushes[i])
		if down(d.Last()) && h.back(d.Last()) {
			d = h.deliver(prefix+kinds[i].name, h.pusher(), pushes[i])
		}
		v.deliveries[i] = d
		return true
	})
	var refused []*push.Delivery
	for i, d := range v.deliveries {
		switch {
		case accepted(d):
			v.fine++
			h.addAll(notRead(h, d.Findings))
		case d.After == push.Restarted: // for the next ones it is there again
			h.addAll(d.Findings)
		case conclusive(d.Last()) && !down(d.Last()):
			v.failed = append(v.failed, i)
			refused = append(refused, d)
		case !down(d.Last()): // there were too many
			refused = append(refused, d)
		}
	}
	if v.fine == len(kinds) {
		return v
	}
	v.after = after(h, refused...)
	switch {
	case v.after == refusing:
		v.failed = nil
	case v.after == ended && len(v.failed) == 0: // after its answer
		last := max(0, slices.IndexFunc(v.deliveries, func(d *push.Delivery) bool { return down(d.Last()) })-1)
		endedOver(h, v.deliveries[last], v.kinds[last].name)
	case v.after == ended:
		h.halt(Died)
	case !failsAgain(h, prefix, v):
		i := v.failed[0]
		chance(h, v.deliveries[i], v.kinds[i].name, len(v.failed), len(v.kinds))
		v.failed = nil
	default: // it is not what they are, but how much
		v.failed = slices.DeleteFunc(v.failed, func(i int) bool { return says(h, v.deliveries[i].Last(), "M29 too-large") })
	}
	return v
}

// notRead leaves out how the user reads a reply where that was looked at.
func notRead(h *handle, found []finding.Finding) []finding.Finding {
	if !h.found("M07") {
		return found
	}
	return slices.DeleteFunc(slices.Clone(found), func(f finding.Finding) bool {
		return f.ID == "M07" && f.Severity == finding.Warning && strings.HasPrefix(f.Variant, "reply-")
	})
}

// failsAgain pushes new messages of the first kinds that failed, one by one, and
// several of each if there are few.
func failsAgain(h *handle, prefix string, v *batch) bool {
	const most, sure = 8, 6 // whatever fails by chance shows in a few
	for _, i := range v.failed[:min(len(v.failed), most)] {
		tries := max(1, sure/len(v.failed))
		switch {
		case late(v.deliveries[i]): // it takes too long to be sure
			tries = 1
		case refusedAsDenied(h, v.deliveries[i]):
			tries = max(3, tries) // a signature that one value in a few upsets may meet two of them
		}
		for range tries {
			if accepted(h.push(prefix+v.kinds[i].name+" again", v.kinds[i].make())) {
				return false
			}
		}
	}
	return true
}

// names are those of the kinds that failed and that want holds for, and the
// first such delivery.
func (v *batch) names(want func(i int, d *push.Delivery) bool) (names []string, first *push.Delivery) {
	for _, i := range v.failed {
		if d := v.deliveries[i]; want(i, d) {
			names = append(names, v.kinds[i].name)
			if first == nil {
				first = d
			}
		}
	}
	return names, first
}

// counts are the facts for the line of a check: how many were accepted, of how
// many.
func (v *batch) counts() finding.Facts {
	return finding.NewFacts("count", v.fine, "of", len(v.kinds))
}

// otherFaults adds the findings of pushes that failed for another reason than what
// they are: their signature, or what is wrong with the reply.
func otherFaults(h *handle, v *batch) {
	for _, i := range v.failed {
		if d := v.deliveries[i]; !crashed(d) || refusedAsForged(h, d) {
			h.addAll(d.Findings)
		}
	}
}

// refusedAsForged reports whether a push was refused as one that is not WeChat's.
func refusedAsForged(h *handle, d *push.Delivery) bool {
	res := d.Last().Response
	return res != nil && (res.Status == 401 || res.Status == 403) && refusedAsDenied(h, d)
}

// contentPrefix begins the name of an odd content in the name of a
// finding; all else there is a type of message.
const contentPrefix = "content "

// late reports whether a push was not answered in time.
func late(d *push.Delivery) bool {
	ex := d.Last()
	return ex.Failure() == wire.Timeout || ex.End == wire.EndTimeout
}

// kindFact is what was sent, in words: an odd content, an event or a type.
func kindFact(name string) finding.Fact {
	if content, ok := strings.CutPrefix(name, contentPrefix); ok {
		return finding.Because(reason.ID("content-" + content))
	}
	if event, ok := strings.CutPrefix(name, "event "); ok {
		return finding.Because(reason.Event, "event", event)
	}
	return finding.Name(name)
}

func kindFacts(names []string) finding.List {
	list := make(finding.List, len(names))
	for i, n := range names {
		list[i] = kindFact(n)
	}
	return list
}

// listOf names the first few.
func listOf(names []string) finding.Fact {
	const most = 8
	if len(names) <= most {
		return kindFacts(names)
	}
	return finding.Because(reason.AndMore, "list", kindFacts(names[:most]), "more", len(names)-most)
}
