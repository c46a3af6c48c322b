package verify

import (
	"slices"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/push"
)

// pushTypes are the messages and events that a server of the format gets.
// Those of a third-party platform go to other servers, and those of devices to
// the few accounts that have some: their MsgTypes are unknown to all others.
func pushTypes(r *product.Rules, f msgcrypt.Format) []*message.Type {
	return slices.DeleteFunc(message.Types(), func(t *message.Type) bool {
		return !r.Sends(t.Name, t.Group, t.JSON) || t.Group == "platform" || t.Group == "device" || f == msgcrypt.JSON && !t.JSON
	})
}

// checkTypes sends every type and event, and one of each that nobody knows.
func checkTypes(h *handle) finding.Facts {
	var kinds []kind
	for _, t := range pushTypes(h.rules, msgcrypt.Format(h.Format)) {
		kinds = append(kinds, kind{t.Name, func() *message.Message { return h.newMessage(t) }})
	}
	v := sendBatch(h, "", kinds)
	names, at := v.names(func(_ int, d *push.Delivery) bool { return crashed(d) && !refusedAsForged(h, d) })
	otherFaults(h, v)
	switch {
	case at != nil && v.after == ended:
		endedOver(h, at, names[0])
		return v.counts()
	case at != nil && late(at):
		h.find("M01", "types", at.Last(), "types", listOf(names), "answer", answer.Summary(at.Last()))
		return v.counts()
	case at != nil:
		h.find("M19", "types", at.Last(), "types", listOf(names), "answer", answer.Summary(at.Last()))
		return v.counts()
	}
	u := sendBatch(h, "unknown ", unknownKinds(h))
	names, at = u.names(func(_ int, d *push.Delivery) bool { return crashed(d) && !refusedAsForged(h, d) })
	switch {
	case at != nil && u.after == ended:
		endedOver(h, at, names[0])
	case at != nil:
		h.find("M19", "unknown-type", at.Last(), "answer", answer.Summary(at.Last()))
	}
	otherFaults(h, u)
	return v.counts()
}

// unknownKinds are a message and an event of types that do not exist yet: WeChat
// adds some now and then.
func unknownKinds(h *handle) []kind {
	m := kind{"wxdev_unknown", func() *message.Message {
		m := h.text("wxdev verify")
		_ = m.Set("MsgType", "wxdev_unknown")
		m.Delete("Content")
		return m
	}}
	if h.Format == string(msgcrypt.JSON) {
		return []kind{m}
	}
	subscribe, _ := message.LookupType("subscribe") // embedded
	return []kind{m, {"event wxdev_unknown", func() *message.Message {
		e := h.newMessage(subscribe)
		_ = e.Set("Event", "wxdev_unknown")
		return e
	}}}
}
