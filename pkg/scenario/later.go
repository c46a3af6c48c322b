package scenario

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/emulator/client"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/push"
)

// later is what a step expects after its answer: customer-service messages to
// its user, which the server sends through the API.
type later struct {
	expectation // its type, text, words and under

	captures []capture // variables, taken from the first message that is as expected

	times     int // how many must come; anyTimes is one at least
	timesLine int
	line      int
	offset    int
}

const (
	anyTimes   = -1
	laterUnder = 20 * time.Second // where the file says nothing
)

// customPath is the call by which a customer-service message is sent.
const customPath = "/cgi-bin/message/custom/send"

// vigil is a wait for what comes later to one message.
type vigil struct {
	*run
	*later
	openID string
	began  time.Time
	after  int64 // the calls before it
}

// watch begins to wait, before the message is sent: the user becomes one of the
// emulator's, to whom the server may write as after any message. It returns
// nil where the step expects nothing.
func (x *run) watch(ctx context.Context, st *Step, openID string) (*vigil, error) {
	if st.later == nil {
		return nil, nil
	}
	if x.API == nil {
		return nil, finding.Because(reason.NoEmulator)
	}
	v := &vigil{run: x, later: st.later, openID: openID, began: time.Now()}
	if err := x.API.OpenWindow(ctx, x.AppID, openID); err != nil {
		return nil, err
	}
	calls, err := x.API.Log(ctx, v.match())
	if len(calls) > 0 {
		v.after = calls[len(calls)-1].ID
	}
	return v, err
}

func (v *vigil) match() client.Match {
	return client.Match{Kind: "api", Path: customPath, Contains: v.openID, After: v.after}
}

// end waits for the messages, and says what is wrong with them.
func (v *vigil) end(ctx context.Context, value func(use) string) (arrivals, []Mismatch, error) {
	n, within := max(v.times, 1), v.under
	if within == 0 {
		within = laterUnder
	}
	limit := v.began.Add(within)
	got, err := v.until(ctx, limit, n, value)
	if err == nil && v.times > 0 && got.good >= n {
		// One too many comes soon after, or as long after as the first took.
		pause := min(max(time.Since(v.began), 500*time.Millisecond), 5*time.Second)
		got, err = v.until(ctx, time.Now().Add(pause), n+1, value)
	}
	if err != nil || ctx.Err() != nil {
		return arrivals{}, nil, err
	}
	return got, v.judge(got, within, value), nil
}

// arrivals is what came so far.
type arrivals struct {
	sent    []Later
	good    int               // of them as expected
	taken   map[string]string // variables of the first of these
	refused string            // the last answer to a call that failed
}

// until returns when n messages have come that are as expected, or at the limit.
func (v *vigil) until(ctx context.Context, limit time.Time, n int, value func(use) string) (arrivals, error) {
	bounded, cancel := context.WithDeadline(ctx, limit)
	defer cancel()
	for want := 1; ; {
		calls, err := v.API.Wait(bounded, v.match(), want)
		late := bounded.Err() != nil
		if late { // the wait may have ended without what had come
			calls, err = v.API.Log(ctx, v.match())
		}
		got := v.arrived(calls, value)
		if got.good >= n || late || err != nil {
			return got, err
		}
		want = len(calls) + 1
	}
}

// arrived reads the calls that sent something to this user.
func (v *vigil) arrived(calls []client.Entry, value func(use) string) (got arrivals) {
	for _, c := range calls {
		m, to := readCustom(c.Body)
		switch {
		case to != v.openID:
		case c.ErrCode != 0 || c.Status != 200:
			got.refused = c.Response
		default:
			got.sent = append(got.sent, m)
			if len(v.wrong(m, value)) > 0 {
				continue
			}
			if got.good++; got.good == 1 {
				got.taken, _ = takeAll(v.captures, m.Text)
			}
		}
	}
	return got
}

// readCustom reads the body of a call. What it says is the content of a text, or
// all texts of another message, one per line.
func readCustom(body string) (m Later, to string) {
	var doc map[string]any
	_ = json.Unmarshal([]byte(body), &doc) // the API has refused what is no JSON
	to, _ = doc["touser"].(string)
	m.Type, _ = doc["msgtype"].(string)
	m.Text = strings.Join(texts(nil, doc[m.Type]), "\n")
	return m, to
}

// texts are all texts in a JSON value, by the order of their names.
func texts(all []string, v any) []string {
	switch v := v.(type) {
	case string:
		all = append(all, v)
	case []any:
		for _, item := range v {
			all = texts(all, item)
		}
	case map[string]any:
		var names []string
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			all = texts(all, v[name])
		}
	}
	return all
}

// wrong compares one message with what is expected.
func (l *later) wrong(m Later, value func(use) string) (wrong []Mismatch) {
	if l.typ != "" && l.typ != m.Type {
		wrong = append(wrong, Mismatch{Kind: LaterPrefix + TypeOf, Line: l.typLine, Want: l.typ, Got: m.Type})
	}
	if l.text != nil {
		if want := l.text.expand(value); want != m.Text {
			wrong = append(wrong, Mismatch{Kind: LaterPrefix + Text, Line: l.text.line, Want: want, Got: m.Text})
		}
	}
	for _, w := range l.words {
		if mm, ok := w.check(m.Text, value); !ok {
			mm.Kind = LaterPrefix + mm.Kind
			wrong = append(wrong, mm)
		}
	}
	_, missed := takeAll(l.captures, m.Text)
	for _, mm := range missed {
		mm.Kind = LaterPrefix + mm.Kind
		wrong = append(wrong, mm)
	}
	return wrong
}

// judge says what is wrong with all that came.
func (l *later) judge(got arrivals, within time.Duration, value func(use) string) []Mismatch {
	times := Mismatch{Kind: LaterPrefix + Times, Line: l.timesLine, Want: strconv.Itoa(l.times), Got: strconv.Itoa(got.good)}
	switch {
	case l.times == anyTimes && got.good > 0, l.times == got.good:
		return nil
	case got.good > 0:
		return []Mismatch{times}
	case len(got.sent) > 0:
		return l.wrong(got.sent[len(got.sent)-1], value)
	}
	line := l.undLine
	if line == 0 {
		line = l.line
	}
	return []Mismatch{{Kind: LaterPrefix + Under, Line: line, Want: within.String(), Got: got.refused, Absent: got.refused == ""}}
}

// Later is a customer-service message that came after the answer.
type Later struct {
	Type string
	Text string // what it says, as it came
}

// awaitLater ends the vigil of a step's message, and adds to what was taken.
func (v *vigil) awaitLater(ctx context.Context, res *StepResult, d *push.Delivery, taken map[string]string, value func(use) string) {
	if v == nil {
		return
	}
	got, wrong, err := v.end(ctx, value)
	res.Later = append(res.Later, got.sent...)
	maps.Copy(taken, got.taken)
	if err != nil || len(wrong) > 0 {
		res.Failure = &Failure{Run: res.Runs, Delivery: d, Mismatches: wrong, Unread: err}
	}
}

// NeedsEmulator returns the place of the first step that expects something later,
// as an [*Error] that says what it needs, or nil.
func (s *Scenario) NeedsEmulator() error {
	for _, st := range s.Steps {
		if st.later != nil {
			return s.text.Fail(st.later.offset, finding.Because(reason.HintEmulator), finding.Because(reason.LaterNeedsEmulator))
		}
	}
	return nil
}
