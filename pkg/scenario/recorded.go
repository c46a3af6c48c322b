package scenario

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/recording"
)

// Left is a recording that could not be made a step.
type Left struct {
	Index int // in the list
	Why   finding.Fact
}

// Comments are what a file made of recordings says of itself, in the reader's
// language. What is empty or nil is not said.
type Comments struct {
	Head     string                    // above everything
	Findings func(ids []string) string // above a step whose recorded answer had these
}

// FromRecordings makes a file of recordings, in order: a step for each message,
// with the recorded reply as what is expected. Of a record it looks at the
// Message, the Mode, and the Answer's Status, Body and Findings. Users are called
// user, user2 and so on, so that the file has no OpenIDs. A message that came
// again is a duplicate of its step. Verifications become no step; other
// recordings that do not are in left. The file is nil if there is no step.
func FromRecordings(list []*recording.Record, say Comments) (f *File, left []Left) {
	w := &recorder{say: say, people: people{}, byKey: map[string]*recorded{}}
	messages := make([]*message.Message, len(list))
	for i, x := range list {
		if x.Type == recording.Verification {
			continue
		}
		m, why := usable(x)
		if why != nil {
			left = append(left, Left{i, why})
			continue
		}
		messages[i] = m
		w.people.meet(m.Get("FromUserName"))
	}
	for i, x := range list {
		if messages[i] != nil {
			w.take(x, messages[i])
		}
	}
	if len(w.steps) == 0 {
		return nil, left
	}
	return w.file(), left
}

// usable is a recording's message, or says why it can be no step.
func usable(x *recording.Record) (*message.Message, finding.Fact) {
	m, err := x.ReadMessage()
	if err != nil {
		return nil, finding.Failure(err)
	}
	t := m.Type()
	switch {
	case t == nil:
		return nil, finding.Because(reason.TypeUnknown, "type", m.Label())
	case m.Format == msgcrypt.JSON && !t.JSON:
		return nil, finding.Because(reason.TypeNotJSON, "type", t.Name)
	case m.Raw && !utf8.ValidString(string(x.Message)):
		return nil, finding.Because(reason.MessageNotUTF8)
	case variable.Get().MatchString(string(x.Message)):
		return nil, finding.Because(reason.MessageWithBraces) // there is no way to write such a text literally
	case len(recording.Hidden(m)) > 0:
		return nil, finding.Because(reason.FieldNotRecorded, "field", recording.Hidden(m)[0])
	}
	return m, nil
}

// recorder makes the steps.
type recorder struct {
	say    Comments
	people people
	steps  []*recorded
	byKey  map[string]*recorded // by the message's DedupKey
}

// recorded is a step to be.
type recorded struct {
	people    people
	kind      *message.Type
	from, to  string
	mode      string
	json, raw bool
	value     *string
	set       Table
	expect    Table
	fault     bool
	findings  []string // ids of what was wrong with the recorded answer
	duplicate int
}

// take makes a step of an exchange.
func (w *recorder) take(x *recording.Record, m *message.Message) {
	st := &recorded{
		people: w.people, kind: m.Type(), from: m.Get("FromUserName"), to: m.Get("ToUserName"), mode: x.Mode,
		json: m.Format == msgcrypt.JSON, raw: m.Raw, fault: failed(&x.Answer), findings: warned(x.Answer.Findings),
	}
	if m.Get("InfoType") != "" {
		st.to = m.Get("AppId")
	}
	if before := w.byKey[m.DedupKey()]; before != nil {
		before.again(st, x)
		return
	}
	st.message(m)
	st.reply(x)
	w.byKey[m.DedupKey()] = st
	w.steps = append(w.steps, st)
}

// failed reports whether WeChat would have shown the user a fault.
func failed(a *recording.Answer) bool {
	return a.Status != 200 || slices.ContainsFunc(a.Findings, func(f finding.Finding) bool { return f.Severity == finding.Error })
}

// warned are the ids of the findings that are more than notes, each once.
func warned(found []finding.Finding) (all []string) {
	for _, f := range found {
		if f.Severity != finding.Info && catalogID.Get().MatchString(f.ID) && !slices.Contains(all, f.ID) {
			all = append(all, f.ID)
		}
	}
	return all
}

// catalogID keeps what else a file may have there out of a comment.
var catalogID = lazy.Regexp(`^[A-Z][0-9]{2}$`)

// again handles a repeated delivery. If the one before failed, it is the one
// whose answer the user sees.
func (st *recorded) again(later *recorded, x *recording.Record) {
	switch {
	case st.fault:
		st.fault, st.findings = later.fault, later.findings
		st.reply(x)
	case st.duplicate < MaxDuplicate:
		st.duplicate++
	}
}

// file puts what all steps have before the first.
func (w *recorder) file() *File {
	common := *w.steps[0]
	for _, st := range w.steps {
		if st.mode != common.mode {
			common.mode = ""
		}
		if st.to != common.to {
			common.to = ""
		}
	}
	f := &File{Head: w.say.Head}
	f.Settings.addText("to", common.to)
	f.Settings.addText("mode", common.mode)
	for _, st := range w.steps {
		b := Block{Keys: st.keys(&common)}
		if len(st.findings) > 0 && w.say.Findings != nil {
			b.Above = w.say.Findings(st.findings)
		}
		f.Steps = append(f.Steps, b)
	}
	return f
}

// keys are the step's, but for what it has in common with all.
func (st *recorded) keys(common *recorded) (t Table) {
	t.addText("send", st.kind.Name)
	if st.value != nil {
		t.add("value", *st.value)
	}
	if len(st.set) > 0 {
		t.add("set", st.set)
	}
	if name := st.people[st.from]; name != firstUser {
		t.addText("from", name)
	}
	if st.to != common.to {
		t.addText("to", st.to)
	}
	if st.mode != common.mode {
		t.addText("mode", st.mode)
	}
	if st.json {
		t.add("format", string(msgcrypt.JSON))
	}
	if st.raw {
		t.add("raw", true)
	}
	if st.duplicate > 0 {
		t.add("duplicate", st.duplicate)
	}
	if len(st.expect) > 0 {
		t.add("expect", st.expect)
	}
	return t
}

func (t *Table) add(key string, value any) { *t = append(*t, Line{Key: key, Value: value}) }

// addText adds a text that is not empty.
func (t *Table) addText(key, value string) {
	if value != "" {
		t.add(key, value)
	}
}

// people are the users' names in the file, by OpenID.
type people map[string]string

// firstUser is the name of a user that a file does not name.
const firstUser = "user"

func (p people) meet(openID string) {
	if _, known := p[openID]; known || openID == "" {
		return
	}
	p[openID] = firstUser
	if n := len(p); n > 1 {
		p[openID] = fmt.Sprint(firstUser, n)
	}
}
