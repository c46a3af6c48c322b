package verify

import (
	"slices"
	"strings"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/wire"
)

// pushTypes are the messages and events that a server of the format gets.
// Those of a third-party platform go to other servers.
func pushTypes(f msgcrypt.Format) []*message.Type {
	return slices.DeleteFunc(message.Types(), func(t *message.Type) bool {
		return t.Group == "platform" || f == msgcrypt.JSON && !t.JSON
	})
}

// crashed reports whether the push brought the handler down: an error status,
// no answer, or none in time. What is wrong with a reply is another matter.
func crashed(d *push.Delivery) bool {
	ex := d.Last()
	return judged(ex) && (ex.Response == nil || ex.Response.Status >= 400 || ex.End == wire.EndTimeout)
}

// alive asks whether the server still takes connections.
func (r *run) alive() bool {
	q := r.signed(r.newNonce())
	ex := r.get("still there?", q)
	return ex.Failure() != wire.Refused
}

// kind is a kind of message: its name, and how to make one.
type kind struct {
	name string
	make func() *message.Message
}

// batch is what came of a message of each kind, sent four at a time.
type batch struct {
	kinds      []kind
	deliveries []*push.Delivery
	fine       int   // how many were taken
	failed     []int // those that fail each time
	after      state // of the server, if any failed
}

// fine reports whether a push was taken and nothing is wrong with the answer.
func fine(d *push.Delivery) bool { return judged(d.Last()) && !crashed(d) && d.OK() }

// batch pushes one message of each kind. What fails counts only if the server
// still takes a plain text, and fails again: else there is a limit, or chance.
func (r *run) batch(prefix string, kinds []kind) *batch {
	v := &batch{kinds: kinds, deliveries: make([]*push.Delivery, len(kinds))}
	pushes := make([]*push.Push, len(kinds)) // made here: Options.Rand may be for one goroutine
	for i, k := range kinds {
		pushes[i] = r.build(k.make())
	}
	each(len(kinds), func(i int) { v.deliveries[i] = r.deliver(prefix+kinds[i].name, r.pusher(), pushes[i]) })
	var refused []*push.Delivery
	for i, d := range v.deliveries {
		switch {
		case fine(d):
			v.fine++
			r.addAll(d.Findings)
		case judged(d.Last()) && !gone(d):
			v.failed = append(v.failed, i)
			refused = append(refused, d)
		case !gone(d): // there were too many
			refused = append(refused, d)
		}
	}
	if v.fine == len(kinds) {
		return v
	}
	v.after = r.after(refused...)
	switch {
	case v.after == refusing:
		v.failed = nil
	case v.after == ended && len(v.failed) == 0: // behind its answer
		last := max(0, slices.IndexFunc(v.deliveries, gone)-1)
		r.died(v.deliveries[last], v.kinds[last].name)
	case v.after == ended:
		r.dead = true
	case !r.failsAgain(prefix, v):
		i := v.failed[0]
		r.chance(v.deliveries[i], v.kinds[i].name, len(v.failed), len(v.kinds))
		v.failed = nil
	}
	return v
}

// failsAgain pushes new messages of the first kinds that failed, one by one.
func (r *run) failsAgain(prefix string, v *batch) bool {
	const most = 8 // whatever fails by chance shows in a few
	for _, i := range v.failed[:min(len(v.failed), most)] {
		tries := 1
		if r.refusedPush(v.deliveries[i]) {
			tries = 3 // a signature that one value in a few upsets may meet two of them
		}
		for range tries {
			if fine(r.push(prefix+v.kinds[i].name+" again", v.kinds[i].make())) {
				return false
			}
		}
	}
	return true
}

// denied keeps the answer to a push with a wrong signature.
func (r *run) denied(ex *wire.Exchange) {
	if ex.Response != nil && ex.Response.Status >= 400 && judged(ex) {
		r.denials = append(r.denials, ex)
	}
}

// refusedPush reports whether a push was answered as one with a wrong signature:
// then it is the signature that was refused, whatever the message is.
func (r *run) refusedPush(d *push.Delivery) bool {
	res := d.Last().Response
	return res != nil && slices.ContainsFunc(r.denials, func(ex *wire.Exchange) bool {
		return answer.Same(ex, d.Last())
	})
}

// chance tells of messages that failed, such as d, while others of their kind
// are taken: a mistake in the signature may show with some values only.
func (r *run) chance(d *push.Delivery, name string, refused, sent int) {
	facts := []any{"name", kindFact(name), "answer", answer.Summary(d.Last()), "refused", refused, "sent", sent}
	switch res := d.Last().Response; {
	case res != nil && answer.FromProxy(res.Status):
		r.find("V04", "one-backend", d.Last(), facts...)
	case r.searchPush(d):
	case r.refusedPush(d):
		r.find("V50", "push-refused", d.Last(), facts...)
	default:
		r.find("V50", "push-failed", d.Last(), facts...)
	}
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

// counts are the facts for the line of a check: how many were taken, of how
// many.
func (v *batch) counts() finding.Facts {
	return finding.NewFacts("count", v.fine, "of", len(v.kinds))
}

// otherFaults adds the findings of pushes that failed for another reason than what
// they are: their signature, or what is wrong with the reply.
func (r *run) otherFaults(v *batch) {
	for _, i := range v.failed {
		if d := v.deliveries[i]; !crashed(d) || r.unsigned(d) {
			r.addAll(d.Findings)
		}
	}
}

// unsigned reports whether a push was refused as one that is not WeChat's.
func (r *run) unsigned(d *push.Delivery) bool {
	res := d.Last().Response
	return res != nil && (res.Status == 401 || res.Status == 403) && r.refusedPush(d)
}

// contentPrefix begins the name of an odd content in the name of a
// finding; all else there is a type of message.
const contentPrefix = "content "

// contents sends what users write and parsers do not expect.
func (r *run) contents() finding.Facts {
	var odd []message.OddText
	var kinds []kind
	for _, o := range message.OddTexts() {
		if r.Format == string(msgcrypt.JSON) && o.Raw {
			continue // JSON escapes what XML forbids
		}
		odd = append(odd, o)
		kinds = append(kinds, kind{contentPrefix + o.Name, func() *message.Message {
			m := r.text(o.Text)
			m.Raw = o.Raw
			return m
		}})
	}
	v := r.batch("", kinds)
	names, at := v.names(func(i int, d *push.Delivery) bool { return !odd[i].Raw && crashed(d) && !r.unsigned(d) })
	variant := "odd-text"
	if at == nil {
		// Most XML parsers refuse these, or pass on what they should not.
		names, at = v.names(func(i int, d *push.Delivery) bool { return odd[i].Raw && crashed(d) && !r.unsigned(d) })
		variant = "raw-text"
	}
	if at == nil {
		names, at = v.names(func(i int, d *push.Delivery) bool { return odd[i].Raw && !r.unsigned(d) })
		variant = "raw-copied"
	}
	v.failed = slices.DeleteFunc(v.failed, func(i int) bool { return odd[i].Raw && !r.unsigned(v.deliveries[i]) })
	r.otherFaults(v)
	if at == nil {
		return v.counts()
	}
	if v.after == ended {
		variant = "odd-text-dies"
	}
	r.find("M07", variant, at.Last(), "name", kindFacts(names), "answer", answer.Summary(at.Last()))
	return v.counts()
}

// types sends every type and event, and one of each that nobody knows.
func (r *run) types() finding.Facts {
	var kinds []kind
	for _, t := range pushTypes(msgcrypt.Format(r.Format)) {
		kinds = append(kinds, kind{t.Name, func() *message.Message { return r.newMessage(t) }})
	}
	v := r.batch("", kinds)
	names, at := v.names(func(_ int, d *push.Delivery) bool { return crashed(d) && !r.unsigned(d) })
	r.otherFaults(v)
	switch {
	case at != nil && v.after == ended:
		r.died(at, names[0])
		return v.counts()
	case at != nil && late(at):
		r.find("M01", "types", at.Last(), "types", listOf(names), "answer", answer.Summary(at.Last()))
		return v.counts()
	case at != nil:
		r.find("M19", "types", at.Last(), "types", listOf(names), "answer", answer.Summary(at.Last()))
		return v.counts()
	}
	u := r.batch("unknown ", r.unknown())
	names, at = u.names(func(_ int, d *push.Delivery) bool { return crashed(d) && !r.unsigned(d) })
	switch {
	case at != nil && u.after == ended:
		r.died(at, names[0])
	case at != nil:
		r.find("M19", "unknown-type", at.Last(), "answer", answer.Summary(at.Last()))
	}
	r.otherFaults(u)
	return v.counts()
}

// late reports whether a push was not answered in time.
func late(d *push.Delivery) bool {
	ex := d.Last()
	return ex.Failure() == wire.Timeout || ex.End == wire.EndTimeout
}

// unknown are a message and an event of types that do not exist yet: WeChat
// adds some now and then.
func (r *run) unknown() []kind {
	m := kind{"wxdev_unknown", func() *message.Message {
		m := r.text("wxdev verify")
		_ = m.Set("MsgType", "wxdev_unknown")
		m.Delete("Content")
		return m
	}}
	if r.Format == string(msgcrypt.JSON) {
		return []kind{m}
	}
	subscribe, _ := message.LookupType("subscribe") // embedded
	return []kind{m, {"event wxdev_unknown", func() *message.Message {
		e := r.newMessage(subscribe)
		_ = e.Set("Event", "wxdev_unknown")
		return e
	}}}
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
