package scenario

import (
	"context"
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/push"
)

// step sends the messages of a step until one is not answered as expected.
func (x *run) step(ctx context.Context, i int) {
	st, res := x.scenario.Steps[i], x.result.Steps[i]
	pusher := *x.Pusher
	if st.timeout > 0 {
		pusher.Sender.Timeout = st.timeout
	}
	began := time.Now()
	for n := 1; n <= st.Repeat && res.Failure == nil && ctx.Err() == nil; n++ {
		res.Runs = n
		value := func(u use) string { return x.variable(u, res.OpenID, n) }
		push, err := x.push(&pusher, st, res.OpenID, value)
		if err != nil {
			res.Failure = &Failure{Run: n, Err: err}
			break
		}
		res.Sent = label(push.Message, st)
		x.converse(ctx, &pusher, i, push, value)
	}
	res.Took = time.Since(began)
}

// converse delivers one message, as often as the step says, and judges what
// comes back.
func (x *run) converse(ctx context.Context, pusher *push.Pusher, i int, p *push.Push, value func(use) string) {
	st, res := x.scenario.Steps[i], x.result.Steps[i]
	vigil, err := x.watch(ctx, st, res.OpenID)
	if err != nil {
		res.Failure = &Failure{Run: res.Runs, Unread: err}
		return
	}
	lossy := *pusher
	lossy.Attempts = 1
	var d *push.Delivery
	for range st.Retry {
		// Whatever it is, the answer is lost.
		if d = lossy.Deliver(ctx, p); d.After == push.Ended {
			break
		}
	}
	if d == nil || d.After != push.Ended {
		d = pusher.Deliver(ctx, p)
	}
	if ctx.Err() != nil {
		return
	}
	res.Seen, res.Got = d.Seen, answerOf(d)
	wrong, found := st.expect.check(d, value)
	taken, missed := st.take(d)
	if wrong = append(wrong, missed...); len(wrong) > 0 || len(found) > 0 {
		res.Failure = &Failure{Run: res.Runs, Delivery: d, Mismatches: wrong, Findings: found}
		return
	}
	x.captured[i] = taken
	res.note(d.Findings)
	for n := 1; n <= st.Duplicate; n++ {
		again := pusher.Deliver(ctx, p)
		if ctx.Err() != nil {
			return
		}
		if found := st.expect.sameAgain(d, again); len(found) > 0 {
			res.Failure = &Failure{Run: res.Runs, Copy: n, Delivery: again, Findings: found}
			return
		}
	}
	vigil.awaitLater(ctx, res, d, taken, value)
}

// sameAgain compares the answers to a message that came twice. The second
// must be the first again, but for its time, or nothing; an answer that
// WeChat refuses may be so again.
func (e *expectation) sameAgain(first, again *push.Delivery) []finding.Finding {
	if e.typ == typeFault && !again.OK() {
		return nil
	}
	var found []finding.Finding
	for _, f := range again.Findings {
		if rank(f.Severity) >= rank(e.limit) {
			found = append(found, f)
		}
	}
	if len(found) > 0 || again.Reply == nil || !again.Reply.IsMessage() {
		return found
	}
	if first.Reply != nil && first.Reply.String() == again.Reply.String() {
		return nil
	}
	return []finding.Finding{answer.NewFinding("M08", "answered-twice", again.Last(), "first", answerOf(first), "second", answerOf(again))}
}

// note keeps one finding of each kind, without the bytes that show it.
func (r *StepResult) note(found []finding.Finding) {
	for _, f := range found {
		known := false
		for _, have := range r.Notes {
			known = known || have.ID == f.ID && have.Variant == f.Variant
		}
		if !known {
			f.Exchange = nil
			r.Notes = append(r.Notes, f)
		}
	}
}

// variable is a variable's value, which the lane has waited for.
func (x *run) variable(u use, openID string, n int) string {
	switch {
	case u.step >= 0:
		return x.captured[u.step][u.name]
	case u.name == "n":
		return strconv.Itoa(n)
	}
	return openID
}

// push makes the message of a step.
func (x *run) push(pusher *push.Pusher, st *Step, openID string, value func(use) string) (*push.Push, error) {
	to := st.to
	if to == "" {
		to = x.To
	}
	if to == "" {
		to = message.OriginalID("wxdev")
	}
	at, id := x.clock.next(x.now(), openID, st.typ.MsgType != "event" && st.typ.InfoType == "")
	m, err := st.message(openID, to, at, id, x.format(st), value)
	if err != nil {
		return nil, err
	}
	return pusher.Build(m, push.WithMode(x.mode(st)))
}

func (r *Runner) now() time.Time {
	if r.Pusher.Now != nil {
		return r.Pusher.Now()
	}
	return time.Now()
}

// label is a message in a few words.
func label(m *message.Message, st *Step) finding.Fact {
	if len(st.typ.Flags) > 0 {
		if v := m.Get(st.typ.Flags[0].Path); v != "" {
			return finding.Because(reason.WithText, "what", m.Label(), "text", shownText(v))
		}
	}
	return m.Label()
}

func shownText(s string) finding.Quote { return finding.Quote{Text: s, Limit: 60} }

// answerOf is an answer in a few words: what it says, or how it failed.
func answerOf(d *push.Delivery) finding.Fact {
	words, spoke := said(d)
	switch {
	case spoke && words != "":
		return finding.Because(reason.WithText, "what", d.Reply.Type, "text", shownText(words))
	case d.Reply != nil && d.Reply.Type != "" && d.OK():
		return finding.Name(d.Reply.Type)
	}
	return answer.Summary(d.Last())
}

// clock gives messages their time and id. A server tells messages apart by
// MsgId, and events, which have none, by the second of their CreateTime: two
// events of one user must never have the same.
type clock struct {
	mu     sync.Mutex
	ids    *message.MsgIDs
	events map[string]int64 // CreateTime of the last event, by OpenID
}

func (c *clock) start(random io.Reader, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ids == nil {
		c.ids = message.NewMsgIDs(random, now)
	}
}

func (c *clock) next(now time.Time, openID string, isMessage bool) (time.Time, int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := c.ids.Next()
	if isMessage {
		return now, id
	}
	if c.events == nil {
		c.events = map[string]int64{}
	}
	if last := c.events[openID]; now.Unix() <= last {
		now = time.Unix(last+1, 0)
	}
	c.events[openID] = now.Unix()
	return now, id
}

func (c *clock) forget(openID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.events, openID)
}
