package push

import (
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/wire"
)

// StepState is how a stage went.
type StepState string

// How a stage can go. One with no more than a warning is StepOK; one that has
// nothing to do, or that was not reached, is StepSkipped.
const (
	StepOK      StepState = "ok"
	StepFailed  StepState = "failed"
	StepSkipped StepState = "skipped"
)

// Step is one stage of a delivery.
type Step struct {
	ID       StepID
	State    StepState
	Took     time.Duration // 0 for a stage that is not measured
	Says     finding.Fact  // what happened
	Findings []finding.Finding
}

// StepView is a Step in words.
type StepView struct {
	ID       StepID    `json:"id"`
	State    StepState `json:"state"`
	MS       float64   `json:"ms,omitempty"`
	Text     string    `json:"text"`
	Findings []string  `json:"findings,omitempty"` // their ids
}

// In is the step in a language.
func (s Step) In(lang finding.Lang) StepView {
	v := StepView{ID: s.ID, State: s.State, MS: float64(s.Took.Microseconds()) / 1000, Text: s.Says.In(lang)}
	for _, f := range s.Findings {
		if !slices.Contains(v.Findings, f.ID) {
			v.Findings = append(v.Findings, f.ID)
		}
	}
	return v
}

// Steps are the stages of a delivery, all of them and in order: those of the last
// attempt, where there were several. Each finding of the delivery is in one.
func (d *Delivery) Steps() []Step {
	l := &stepper{d: d, ex: d.Last()}
	says := map[StepID]func() (StepState, time.Duration, finding.Fact){
		StepConnect: l.connect, StepTLS: l.tls, StepSend: l.send, StepAnswer: l.answer, StepBody: l.body,
		StepEnvelope: l.envelope, StepDecrypt: l.decrypt, StepReply: l.reply,
		StepAddressee: l.addressee, StepContent: l.content, StepShown: l.shown,
	}
	var steps []Step
	for _, id := range StepIDs() {
		s := Step{ID: id}
		s.State, s.Took, s.Says = says[id]()
		for _, f := range d.Findings {
			if StepOf(f) == id {
				s.Findings = append(s.Findings, f)
			}
		}
		s.judge()
		steps = append(steps, s)
	}
	return steps
}

// judge lets what was found have its say.
func (s *Step) judge() {
	var ids []string
	for _, f := range s.Findings {
		if f.Severity == finding.Error && !slices.Contains(ids, f.ID) {
			ids = append(ids, f.ID)
		}
	}
	switch {
	case len(s.Findings) == 0:
	case len(ids) == 0 && s.State == StepSkipped:
		s.State = StepOK
	case len(ids) > 0:
		if s.State != StepFailed && s.ID != StepConnect && s.ID != StepAnswer && s.ID != StepShown {
			s.Says = finding.Because(reason.StepFailed, "ids", finding.Names(ids...))
		}
		s.State = StepFailed
	}
}

// stepper says how each stage of a delivery went.
type stepper struct {
	d  *Delivery
	ex *wire.Exchange
}

func skipped(why reason.ID, pairs ...any) (StepState, time.Duration, finding.Fact) {
	return StepSkipped, 0, finding.Because(why, pairs...)
}

func ok(took time.Duration, why reason.ID, pairs ...any) (StepState, time.Duration, finding.Fact) {
	return StepOK, took, finding.Because(why, pairs...)
}

func (l *stepper) failed(took time.Duration) (StepState, time.Duration, finding.Fact) {
	return StepFailed, took, finding.Failure(l.ex.Err)
}

// was reports whether the failure of the exchange is one of these.
func (l *stepper) was(kinds ...wire.Kind) bool { return slices.Contains(kinds, l.ex.Failure()) }

func (l *stepper) connected() bool {
	return l.ex.Address != "" && !l.was(wire.DNS, wire.Refused, wire.NoRoute, wire.Dial) && (l.ex.Times.Connect > 0 || len(l.ex.Sent) > 0)
}

func (l *stepper) connect() (StepState, time.Duration, finding.Fact) {
	times := l.ex.Times
	took := times.DNS + times.Connect
	switch {
	case l.was(wire.DNS, wire.Refused, wire.NoRoute, wire.Dial):
		return l.failed(took)
	case !l.connected() && l.was(wire.Canceled) && len(l.d.Exchanges) > 0:
		return skipped(reason.StepCanceled)
	case !l.connected() && l.ex.Response == nil:
		return skipped(reason.StepNotReached)
	}
	if host := l.host(); host != "" && net.ParseIP(host) == nil && times.DNS > 0 {
		return ok(took, reason.StepResolved, "host", host, "dns", times.DNS, "address", l.ex.Address, "time", times.Connect)
	}
	return ok(took, reason.StepConnected, "address", l.ex.Address, "time", times.Connect)
}

func (l *stepper) host() string {
	if u, err := url.Parse(l.ex.Request.URL); err == nil {
		return u.Hostname()
	}
	return ""
}

func (l *stepper) tls() (StepState, time.Duration, finding.Fact) {
	switch {
	case l.was(wire.TLSFault):
		return l.failed(l.ex.Times.TLS)
	case l.ex.TLS != "":
		return ok(l.ex.Times.TLS, reason.StepTLS, "version", l.ex.TLS, "time", l.ex.Times.TLS)
	case strings.HasPrefix(strings.ToLower(l.ex.Request.URL), "http:"):
		return skipped(reason.StepNoTLS)
	}
	return skipped(reason.StepNotReached)
}

func (l *stepper) send() (StepState, time.Duration, finding.Fact) {
	if len(l.ex.Sent) == 0 {
		return skipped(reason.StepNotReached)
	}
	return ok(0, reason.StepSent, "count", len(l.ex.Sent))
}

func (l *stepper) answer() (StepState, time.Duration, finding.Fact) {
	res, took := l.ex.Response, l.ex.Times.FirstByte
	switch {
	case res != nil:
		return ok(took, reason.StepAnswered, "status", res.StatusFact(), "time", took)
	case len(l.ex.Sent) == 0:
		return skipped(reason.StepNotReached)
	case l.was(wire.Canceled):
		return skipped(reason.StepCanceled)
	}
	return l.failed(l.ex.Times.Total - l.ex.Times.DNS - l.ex.Times.Connect - l.ex.Times.TLS)
}

func (l *stepper) body() (StepState, time.Duration, finding.Fact) {
	res, t := l.ex.Response, l.ex.Times
	if res == nil {
		return skipped(reason.StepNotReached)
	}
	took := max(0, t.Total-t.DNS-t.Connect-t.TLS-t.FirstByte)
	switch {
	case l.ex.Complete():
		return ok(took, reason.StepBody, "count", len(res.Body))
	case l.ex.End == wire.EndCanceled:
		return StepSkipped, took, finding.Because(reason.StepCanceled)
	}
	return StepFailed, took, finding.Because(reason.StepBodyCut, "count", len(res.Body))
}

// judged reports whether the body was looked at as a reply.
func (l *stepper) judged() bool {
	return l.ex.Response != nil && (l.d.Plain != nil || l.d.Reply != nil || l.d.Envelope != nil)
}

func (l *stepper) envelope() (StepState, time.Duration, finding.Fact) {
	switch {
	case l.d.Envelope != nil && l.d.Push != nil && l.d.Push.Mode != msgcrypt.Plain:
		return ok(0, reason.StepEnvelope)
	case l.d.Reply != nil && l.d.Reply.Type == reply.TypeEncrypted:
		return ok(0, reason.StepEnvelopeRead)
	case !l.judged():
		return skipped(reason.StepNotReached)
	}
	return skipped(reason.StepNoEnvelope)
}

func (l *stepper) decrypt() (StepState, time.Duration, finding.Fact) {
	r := l.d.Reply
	switch {
	case !l.judged(), l.d.Envelope != nil && r == nil, r != nil && r.Type == reply.TypeEncrypted:
		return skipped(reason.StepNotReached)
	case l.d.Envelope != nil:
		return ok(0, reason.StepDecrypted, "count", len(l.d.Plain))
	}
	return skipped(reason.StepNoEnvelope)
}

func (l *stepper) reply() (StepState, time.Duration, finding.Fact) {
	r := l.d.Reply
	switch {
	case r == nil, r.Type == reply.TypeEncrypted, r.Type == "":
		return skipped(reason.StepNotReached)
	case r.Silent():
		return ok(0, reason.StepSilent, "type", r.Type)
	}
	return ok(0, reason.StepReply, "type", r.Type)
}

// speaks is why a stage is skipped that only messages have, or "".
func (l *stepper) speaks() reason.ID {
	switch r := l.d.Reply; {
	case r == nil, r.Type == "", r.Type == reply.TypeEncrypted:
		return reason.StepNotReached
	case !r.IsMessage():
		return reason.StepNoMessage
	}
	return ""
}

func (l *stepper) addressee() (StepState, time.Duration, finding.Fact) {
	if why := l.speaks(); why != "" {
		return skipped(why)
	}
	doc := l.d.Reply.Doc
	return ok(0, reason.StepAddressee, "from", finding.Name(doc.Get("FromUserName")), "to", finding.Name(doc.Get("ToUserName")))
}

func (l *stepper) content() (StepState, time.Duration, finding.Fact) {
	if why := l.speaks(); why != "" {
		return skipped(why)
	}
	return ok(0, reason.StepContent)
}

func (l *stepper) shown() (StepState, time.Duration, finding.Fact) {
	switch l.d.Seen {
	case reply.SeenReply:
		return ok(0, reason.StepShown)
	case reply.SeenNothing:
		return ok(0, reason.StepNothingShown)
	case reply.SeenFault:
		return StepFailed, 0, finding.Because(reason.StepFaultShown, "line", finding.Name(l.d.Fault))
	}
	return skipped(reason.StepNotReached)
}
