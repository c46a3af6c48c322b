package emulator

import (
	"strings"
	"sync"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/signature"
)

// walk is a delivery step by step.
type walk struct {
	steps map[finding.Lang][]push.StepView
	trace *push.Trace
}

// maxPart is how much of a value the arithmetic shows: an encrypted message may
// have a megabyte.
const maxPart = 200

// walk goes through a delivery step by step, in both languages: what is kept of
// it has no room for facts.
func (e *Emulator) walk(p *push.Pusher, d *push.Delivery) walk {
	w := walk{steps: map[finding.Lang][]push.StepView{}, trace: p.Trace(d)}
	for _, s := range d.Steps() {
		s.Says = finding.Redact(s.Says, e.secrets.Text)
		for _, lang := range []finding.Lang{finding.English, finding.Chinese} {
			w.steps[lang] = append(w.steps[lang], s.In(lang))
		}
	}
	sums := []*signature.Arithmetic{w.trace.Signature, w.trace.MsgSignature}
	if r := w.trace.ReplyEncrypt; r != nil {
		sums = append(sums, &r.Arithmetic)
	}
	for _, sum := range sums {
		if sum == nil {
			continue
		}
		for i, part := range sum.Sorted {
			if len(part) > maxPart {
				sum.Sorted[i] = strings.ToValidUTF8(part[:maxPart], "") + "…"
			}
		}
	}
	return w
}

// lateWalk is a walk that is made when somebody asks for it, as few do. Until
// then it keeps the delivery.
type lateWalk struct {
	weight int // of the delivery's bytes, as long as they are kept; 0 for one that was walked at once

	once sync.Once
	make func() walk
	made walk
}

// maxUnwalked is how many bytes a delivery may have to be kept as it is. There
// are not much more than a few KB in any but the largest.
const maxUnwalked = 16 << 10

// later is the walk of a delivery. A large one is walked at once: what is
// kept of a push has a limit.
func (e *Emulator) later(p *push.Pusher, d *push.Delivery) *lateWalk {
	w := &lateWalk{weight: weightOf(d), make: func() walk { return e.walk(p, d) }}
	if w.weight > maxUnwalked {
		w.get()
		w.weight = 0
	}
	return w
}

func (w *lateWalk) get() walk {
	w.once.Do(func() { w.made, w.make = w.make(), nil })
	return w.made
}

// weightOf is how many bytes a delivery holds on to: the message, the plain
// reply, and what went over the wire, which a response has once or twice more.
func weightOf(d *push.Delivery) int {
	n := len(d.Push.Plain) + 2*len(d.Plain)
	for _, ex := range d.Exchanges {
		n += len(ex.Sent) + len(ex.Received)
		if ex.Response != nil {
			n += len(ex.Response.Decoded)
		}
	}
	return n
}
