package verify

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/pkg/callback"
	"github.com/wxdev/wxdev/pkg/delivery"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/safetext"
)

// pushTypes are the messages and events that a server of the format gets.
// Those of a third-party platform go to other servers.
func pushTypes(f message.Format) []*message.Type {
	return slices.DeleteFunc(message.Types(), func(t *message.Type) bool {
		return t.Group == "platform" || f == message.JSON && !t.JSON
	})
}

// crashed reports whether the push brought the handler down: an error status,
// no answer, or none in time. What is wrong with a reply is another matter.
func crashed(d *delivery.Delivery) bool {
	ex := d.Last()
	return judged(ex) && (ex.Response == nil || ex.Response.Status >= 400 || ex.End == callback.EndTimeout)
}

// alive asks whether the server still takes connections.
func (r *run) alive() bool {
	q := r.signed(r.newNonce())
	ex := r.get("still there?", q)
	return ex.Err == nil || ex.Err.Kind != callback.Refused
}

// contents sends what users write and parsers do not expect.
func (r *run) contents() map[string]string {
	odd := message.OddTexts()
	pushes := make([]*delivery.Push, len(odd)) // made here: Options.Rand may be for one goroutine
	for i := range odd {
		m := r.text(odd[i].Text)
		m.Raw = odd[i].Raw
		if m.Format != message.JSON || !odd[i].Raw { // JSON escapes what XML forbids
			pushes[i] = r.build(m)
		}
	}
	deliveries := make([]*delivery.Delivery, len(odd))
	each(len(odd), func(i int) {
		if pushes[i] != nil {
			deliveries[i] = r.deliver("content "+odd[i].Name, r.courier(), pushes[i])
		}
	})
	var legal, raw []string
	var legalAt, rawAt *delivery.Delivery
	for i, d := range deliveries {
		switch {
		case d == nil || gone(d) || !judged(d.Last()):
		case odd[i].Raw && (crashed(d) || !d.OK()):
			// Most XML parsers refuse these, or pass on what they should not.
			raw = append(raw, odd[i].Name)
			rawAt = d
		case crashed(d):
			legal = append(legal, odd[i].Name)
			legalAt = d
		default:
			r.addAll(d.Findings)
		}
	}
	names, at, variant := legal, legalAt, "odd-text"
	if legal == nil {
		names, at, variant = raw, rawAt, "raw-text"
	}
	if at == nil {
		return map[string]string{"count": strconv.Itoa(len(odd))}
	}
	if !r.alive() {
		variant, r.dead = "odd-text-dies", true
	}
	r.find("M07", variant, at.Last(), "name", strings.Join(names, ", "), "answer", delivery.Answer(at.Last()))
	return map[string]string{"count": strconv.Itoa(len(odd))}
}

// types sends every type and event, and one of each that nobody knows.
func (r *run) types() map[string]string {
	all := pushTypes(message.Format(r.Format))
	pushes := make([]*delivery.Push, len(all))
	for i := range all {
		pushes[i] = r.build(r.newMessage(all[i]))
	}
	deliveries := make([]*delivery.Delivery, len(all))
	each(len(all), func(i int) { deliveries[i] = r.deliver(all[i].Name, r.courier(), pushes[i]) })
	var failing []string
	var at *delivery.Delivery
	for i, d := range deliveries {
		switch {
		case gone(d), !judged(d.Last()): // another one was the end of it, or there were too many
		case crashed(d):
			failing = append(failing, all[i].Name)
			if at == nil {
				at = d
			}
		default:
			r.addAll(d.Findings)
		}
	}
	switch {
	case at != nil && !r.alive():
		r.died(at, failing[0])
		return nil
	case at != nil:
		r.find("M19", "types", at.Last(), "types", listOf(failing), "answer", delivery.Answer(at.Last()))
		return nil
	}
	for _, unknown := range r.unknown() {
		d := r.push("unknown "+unknown.Label(), unknown)
		if crashed(d) {
			r.find("M19", "unknown-type", d.Last(), "answer", delivery.Answer(d.Last()))
			break
		}
		r.addAll(d.Findings)
	}
	return map[string]string{"count": strconv.Itoa(len(all))}
}

// unknown are a message and an event of types that do not exist yet: WeChat
// adds some now and then.
func (r *run) unknown() []*message.Message {
	m := r.text("wxdev verify")
	_ = m.Set("MsgType", "wxdev_unknown")
	m.Delete("Content")
	subscribe, _ := message.LookupType("subscribe") // embedded
	if r.Format == string(message.JSON) {
		return []*message.Message{m}
	}
	e := r.newMessage(subscribe)
	_ = e.Set("Event", "wxdev_unknown")
	return []*message.Message{m, e}
}

// listOf names the first few.
func listOf(names []string) string {
	const most = 8
	more := ""
	if len(names) > most {
		more = " … (+" + strconv.Itoa(len(names)-most) + ")"
		names = names[:most]
	}
	return safetext.Line(strings.Join(names, ", ")) + more
}
