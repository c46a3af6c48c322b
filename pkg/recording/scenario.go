package recording

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/redact"
	"github.com/wxdev/wxdev/internal/tomldoc"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/reply"
)

// Left is a recording that could not be made a step of a scenario.
type Left struct {
	Index int // in the list
	Why   finding.Fact
}

// Comments are what the file says of itself, in the reader's language. What is
// empty or nil is not said.
type Comments struct {
	Head     string                    // above everything
	Findings func(ids []string) string // above a step whose recorded answer had these
}

// Scenario writes recordings, in order, as a file for package scenario: a step
// for each message, with the recorded reply as what is expected. Users are
// called user, user2 and so on, so that the file has no OpenIDs. A message that
// came again is a duplicate of its step. Verifications become no step; other
// recordings that do not are in left. The file is nil if there is no step.
func Scenario(list []*Record, say Comments) (file []byte, left []Left) {
	w := &scenarioWriter{say: say, users: map[string]string{}, byKey: map[string]*step{}}
	for i, x := range list {
		if x.Type == Verification {
			continue
		}
		if why := w.take(x); why != nil {
			left = append(left, Left{i, why})
		}
	}
	if len(w.steps) == 0 {
		return nil, left
	}
	return w.file(), left
}

type scenarioWriter struct {
	say   Comments
	steps []*step
	byKey map[string]*step  // by the message's DedupKey
	users map[string]string // names, by OpenID
}

// step is a [[step]] to be.
type step struct {
	kind      *message.Type
	from, to  string
	mode      string
	json, raw bool
	value     *string
	set       [][2]string
	expect    [][2]string // keys with TOML values
	fault     bool
	findings  []string // ids of what was wrong with the recorded answer
	duplicate int
}

// variable is what package scenario would replace with a value. It has no way
// to write such a text literally.
var variable = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\{\{ *[A-Za-z_][A-Za-z0-9_]* *\}\}`) })

// take makes a step from an exchange, or says why it cannot.
func (w *scenarioWriter) take(x *Record) (why finding.Fact) {
	m, err := x.ReadMessage()
	if err != nil {
		return finding.Failure(err)
	}
	t := m.Type()
	switch {
	case t == nil:
		return finding.Because(reason.TypeUnknown, "type", m.Label())
	case m.Format == msgcrypt.JSON && !t.JSON:
		return finding.Because(reason.TypeNotJSON, "type", t.Name)
	case m.Raw && !utf8.ValidString(string(x.Message)):
		return finding.Because(reason.MessageNotUTF8)
	case variable().MatchString(string(x.Message)):
		return finding.Because(reason.MessageWithBraces)
	case len(Hidden(m)) > 0:
		return finding.Because(reason.FieldNotRecorded, "field", Hidden(m)[0])
	}
	st := &step{
		kind: t, from: m.Get("FromUserName"), to: m.Get("ToUserName"), mode: x.Mode, json: m.Format == msgcrypt.JSON, raw: m.Raw,
		fault: x.Answer.failed(), findings: x.Answer.ids(),
	}
	if m.Get("InfoType") != "" {
		st.to = m.Get("AppId")
	}
	if before := w.byKey[m.DedupKey()]; before != nil {
		before.again(st, x)
		return nil
	}
	w.name(st.from)
	st.message(m)
	st.reply(x)
	w.byKey[m.DedupKey()] = st
	w.steps = append(w.steps, st)
	return nil
}

// failed reports whether WeChat would have shown the user a fault.
func (a *Answer) failed() bool {
	return a.Status != 200 || slices.ContainsFunc(a.Findings, func(f finding.Finding) bool { return f.Severity == finding.Error })
}

// ids are those of the findings that are more than notes, each once.
func (a *Answer) ids() (ids []string) {
	for _, f := range a.Findings {
		if f.Severity != finding.Info && catalogID().MatchString(f.ID) && !slices.Contains(ids, f.ID) {
			ids = append(ids, f.ID)
		}
	}
	return ids
}

// catalogID keeps what else a file may have there out of a comment.
var catalogID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Z][0-9]{2}$`) })

// again handles a repeated delivery. If the one before failed, it is the one
// whose answer the user sees.
func (st *step) again(later *step, x *Record) {
	switch {
	case st.fault:
		st.fault, st.findings = later.fault, later.findings
		st.reply(x)
	case st.duplicate < 10: // more is not asked for in a scenario
		st.duplicate++
	}
}

func (w *scenarioWriter) name(openID string) {
	if _, known := w.users[openID]; known || openID == "" {
		return
	}
	w.users[openID] = "user"
	if n := len(w.users); n > 1 {
		w.users[openID] = fmt.Sprintf("user%d", n)
	}
}

// ownFields are filled in by whoever sends a message.
var ownFields = []string{"ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "InfoType", "Encrypt"}

// message finds out what the message has that one of its type does not have by
// default.
func (st *step) message(m *message.Message) {
	model := st.model()
	mine := func(path string) bool {
		switch path {
		case "AppId":
			return st.kind.InfoType != ""
		case "MsgId":
			return model.Field(path) != nil
		}
		return slices.Contains(ownFields, path)
	}
	for _, l := range leaves(nil, "", m.Fields) {
		if mine(l.path) {
			continue
		}
		if flags := st.kind.Flags; len(flags) > 0 && flags[0].Path == l.path {
			if v, ok := strings.CutPrefix(l.value, flags[0].Prefix); ok {
				v = st.anonymous(v)
				st.value = &v
				continue
			}
		}
		if f := model.Field(l.path); f == nil || f.Value != l.value {
			st.set = append(st.set, [2]string{l.path, st.anonymous(l.value)})
		}
	}
	for _, l := range leaves(nil, "", model.Fields) {
		if m.Field(l.path) == nil && !mine(l.path) {
			st.set = append(st.set, [2]string{l.path, ""})
		}
	}
}

// model is a message of the type as it is sent if nothing is set. In JSON some
// types have fewer groups.
func (st *step) model() *message.Message {
	m := st.kind.New("", "", time.Unix(0, 0), 0)
	if !st.json {
		return m
	}
	b, err := m.AppendJSON(nil)
	if err != nil {
		return m
	}
	if asJSON, err := message.Parse(b); err == nil {
		return asJSON
	}
	return m
}

// leaf is a field with a value.
type leaf struct{ path, value string }

// leaves lists the fields that have values, each by a path that is its own.
func leaves(all []leaf, above string, fields []*message.Field) []leaf {
	count, at := map[string]int{}, map[string]int{}
	for _, f := range fields {
		count[f.Name]++
	}
	for _, f := range fields {
		path := above + f.Name
		if at[f.Name]++; count[f.Name] > 1 {
			path += fmt.Sprintf("[%d]", at[f.Name])
		}
		if f.Kind == message.Group {
			all = leaves(all, path+".", f.Children)
		} else {
			all = append(all, leaf{path, f.Value})
		}
	}
	return all
}

// anonymous puts the variable for the sender in place of the OpenID. A short
// one may be a word.
func (st *step) anonymous(s string) string {
	if len(st.from) < redact.Shortest {
		return s
	}
	return strings.ReplaceAll(s, st.from, "{{openid}}")
}

// reply makes the recorded reply the expectation.
func (st *step) reply(x *Record) {
	st.expect = nil
	expect := func(key, value string) { st.expect = append(st.expect, [2]string{key, value}) }
	body := string(x.Answer.Body)
	r, _ := reply.Parse([]byte(body))
	certain := !strings.Contains(body, redact.Mask) && !variable().MatchString(body)
	switch {
	case st.fault:
		expect("type", tomldoc.EncodeString("fault"))
	case r.Silent(), r.IsMessage() && !certain:
		expect("type", tomldoc.EncodeString(r.Type))
	case r.Type == "text":
		expect("text", tomldoc.EncodeString(st.anonymous(r.Text())))
	case r.Type == "news":
		expect("articles", fmt.Sprint(len(r.Articles())))
		st.fields(r, func(path string) bool { return strings.HasSuffix(path, ".Title") })
	case r.IsMessage():
		expect("type", tomldoc.EncodeString(r.Type))
		st.fields(r, func(path string) bool { return strings.Contains(path, ".") })
	}
}

// fields expects those fields of a reply that count.
func (st *step) fields(r *reply.Reply, counts func(path string) bool) {
	var pairs [][2]string
	for _, l := range leaves(nil, "", r.Doc.Fields) {
		if counts(l.path) {
			pairs = append(pairs, [2]string{l.path, st.anonymous(l.value)})
		}
	}
	if len(pairs) > 0 {
		st.expect = append(st.expect, [2]string{"fields", table(pairs)})
	}
}
