package scenario

import (
	"regexp"
	"slices"
	"time"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/tomldoc"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/reply"
)

// What expect.type may be besides the MsgTypes of replies.
const (
	typeNothing = "nothing" // success or empty
	typeFault   = "fault"   // an answer that WeChat refuses
)

func replyTypes() []string {
	return append(reply.Types(), reply.TypeSuccess, reply.TypeEmpty, typeNothing, typeFault)
}

func noExpectation() expectation { return expectation{articles: -1, limit: finding.Error} }

func (d *decoder) send(st *Step, p *tomldoc.Node) error {
	name, err := d.string(p)
	if err != nil {
		return err
	}
	st.offsets.send = p.At
	st.Send = name
	t, ok := message.LookupType(name)
	if !ok {
		var names []string
		for _, t := range message.Types() {
			names = append(names, t.Name)
		}
		hint := finding.Because(reason.HintSendList)
		if best := tomldoc.Near(name, names); best != "" {
			hint = tomldoc.DidYouMean(best)
		}
		return d.text.Fail(p.At, hint, finding.Because(reason.NoMessageType, "type", tomldoc.Quote(name)))
	}
	st.typ = t
	return nil
}

// checkMessage makes the step's message once, as far as it is known, so that a
// mistake is found before anything is sent.
func (d *decoder) checkMessage(st *Step) error {
	t := st.typ
	hint := finding.Because(reason.HintSendListFields, "type", t.Name)
	m := t.New(message.OpenID("check"), message.OriginalID("check"), time.Unix(1_700_000_000, 0), 1)
	if st.value != nil {
		if len(t.Flags) == 0 {
			return d.text.Fail(st.value.offset, hint, finding.Because(reason.NoFieldForValue, "type", t.Name))
		}
		if err := t.Flags[0].Set(m, st.value.text); err != nil {
			return d.text.Fail(st.value.offset, hint, finding.Failure(err))
		}
	}
	for _, a := range st.set {
		if err := m.Set(a.path, a.value.text); err != nil {
			return d.text.Fail(a.value.offset, hint, finding.Failure(err))
		}
	}
	return nil
}

// expect reads what a step expects.
func (d *decoder) expect(st *Step, in *tomldoc.Node) error {
	wanted, err := in.AsTable()
	if err != nil {
		return d.text.Refuse(err, expectHint(in))
	}
	e := &st.expect
	for _, p := range wanted {
		var err error
		switch p.Key {
		case "type":
			e.typLine = d.line(p.KeyAt)
			e.typ, err = d.choice(p, replyTypes()...)
		case "text":
			e.text, err = d.scalar(p)
		case "match", "not_match", "contains", "not_contains":
			err = d.words(e, p)
		case "articles":
			e.artLine = d.line(p.KeyAt)
			e.articles, err = d.count(p, 0, 100)
		case "fields":
			e.fields, err = d.fields(p)
		case "under":
			e.undLine = d.line(p.KeyAt)
			e.under, err = d.duration(p)
		case "no_findings":
			e.limLine = d.line(p.KeyAt)
			var s string
			s, err = d.choice(p, string(finding.Error), string(finding.Warning), string(finding.Info))
			e.limit = finding.Severity(s)
		default:
			err = d.unknown(p, expectKeys, "")
		}
		if err != nil {
			return err
		}
	}
	return d.consistent(in, e)
}

// expectHint is how to write what was meant by an expectation that is not a
// table: a type, or else a text.
func expectHint(v *tomldoc.Node) *finding.Reason {
	switch {
	case v.Kind == tomldoc.String && slices.Contains(replyTypes(), v.Text):
		return tomldoc.Write(`expect = { type = "` + v.Text + `" }`)
	case v.Kind == tomldoc.String:
		return finding.Because(reason.HintExpectText)
	}
	return tomldoc.Write(`expect = { type = "text" }`)
}

// consistent finds expectations that no answer can meet together.
func (d *decoder) consistent(in *tomldoc.Node, e *expectation) error {
	clash := func(key string, needs finding.Fact) error {
		offset := in.KeyAt
		if p := in.Get(key); p != nil {
			offset = p.KeyAt
		}
		return d.text.Fail(offset, finding.Because(reason.HintRemoveOne), finding.Because(reason.GoesWith, "key", key, "needs", needs, "type", tomldoc.Quote(e.typ)))
	}
	speaks := e.typ == "" || (&reply.Reply{Type: e.typ}).IsMessage()
	switch {
	case e.text != nil && e.typ != "" && e.typ != "text":
		return clash("text", typeIs("text"))
	case e.articles >= 0 && e.typ != "" && e.typ != "news":
		return clash("articles", typeIs("news"))
	case len(e.fields) > 0 && !speaks:
		return clash("fields", finding.Because(reason.AReplyMessage))
	case e.typ == typeFault && e.limLine > 0:
		return clash("no_findings", finding.Because(reason.AnAcceptedAnswer))
	}
	for _, w := range e.words {
		if !speaks && (w.kind == Match || w.kind == Contains) {
			return clash(string(w.kind), finding.Because(reason.AReplyMessage))
		}
	}
	switch {
	case e.typ == "" && e.text != nil:
		e.typ, e.typLine = "text", e.text.line
	case e.typ == "" && e.articles >= 0:
		e.typ, e.typLine = "news", e.artLine
	}
	return nil
}

// typeIs is the expectation of a type.
func typeIs(name string) finding.Fact {
	return finding.Because(reason.TypeIs, "type", tomldoc.Quote(name))
}

// words reads one or a list of texts that must, or must not, be in a reply.
func (d *decoder) words(e *expectation, p *tomldoc.Node) error {
	list := []*tomldoc.Node{p}
	if p.Kind == tomldoc.Array {
		list = p.Children
	}
	if len(list) == 0 {
		return d.text.Fail(p.KeyAt, finding.Because(reason.HintLeaveOut), finding.Because(reason.ListEmpty, "key", p.Key))
	}
	for _, v := range list {
		t, err := d.scalar(v)
		switch {
		case err != nil:
			return err
		case t.text == "":
			return d.text.Fail(v.At, finding.Because(reason.HintLeaveOut), finding.Because(reason.EmptyInEveryReply, "key", p.Key))
		}
		rule := wordRule{kind: Kind(p.Key), value: t}
		if rule.kind == Match || rule.kind == NotMatch {
			if rule.pattern, err = d.pattern(t); err != nil {
				return err
			}
		}
		e.words = append(e.words, rule)
	}
	return nil
}

// pattern compiles a regular expression. One with variables is compiled for
// each reply; here each variable is a letter, to find mistakes.
func (d *decoder) pattern(t *template) (*regexp.Regexp, error) {
	re, err := regexp.Compile(t.expand(func(use) string { return "x" }))
	if err != nil {
		return nil, d.badPattern(t.offset, err)
	}
	if len(t.uses) > 0 {
		return nil, nil
	}
	return re, nil
}

func (d *decoder) badPattern(offset int, err error) error {
	return d.text.Fail(offset, finding.Because(reason.HintPatternSyntax), finding.Because(reason.NotPattern, "error", err))
}

// index is an index in a path. An empty message has only the first.
var index = lazy.Regexp(`\[[1-9][0-9]{0,2}\]`)

// fields reads the fields that a reply must have.
func (d *decoder) fields(p *tomldoc.Node) ([]assignment, error) {
	all, err := d.assignments(p)
	for _, a := range all {
		if err := new(message.Message).Set(index.Get().ReplaceAllString(a.path, "[1]"), "x"); err != nil {
			return nil, d.text.Fail(a.value.offset, finding.Because(reason.HintPath), finding.Failure(err))
		}
	}
	return all, err
}

// captures reads the variables of a step. Those of what comes later and those of
// the reply are one set: captured are the ones read already.
func (d *decoder) captures(in *tomldoc.Node, captured []capture) ([]capture, error) {
	wanted, err := in.AsTable()
	if err != nil {
		return nil, d.text.Refuse(err, tomldoc.Write(`capture = { code = 'code is (\d+)' }`))
	}
	var all []capture
	for _, p := range wanted {
		pattern, err := p.AsText()
		switch {
		case !variable.Get().MatchString("{{" + p.Key + "}}"):
			return nil, d.text.Fail(p.KeyAt, finding.Because(reason.HintVariableName), finding.Because(reason.NotVariableName, "name", tomldoc.Quote(p.Key)))
		case slices.Contains(builtIn, p.Key):
			return nil, d.text.Fail(p.KeyAt, finding.Because(reason.HintOtherName), finding.Because(reason.VariableTaken, "variable", "{{"+p.Key+"}}", "meaning", builtInMeaning(p.Key)))
		case slices.ContainsFunc(captured, func(c capture) bool { return c.name == p.Key }):
			return nil, d.text.Fail(p.KeyAt, finding.Because(reason.HintOtherName), finding.Because(reason.CapturedTwice, "variable", "{{"+p.Key+"}}"))
		case err != nil:
			return nil, d.text.Refuse(err, finding.Because(reason.HintPatternQuotes))
		}
		re, err := regexp.Compile(pattern)
		if err != nil {
			return nil, d.badPattern(p.At, err)
		}
		if re.NumSubexp() > 1 {
			return nil, d.text.Fail(p.At, finding.Because(reason.HintOneGroup), finding.Because(reason.SeveralGroups, "count", re.NumSubexp()))
		}
		all = append(all, capture{p.Key, re, d.line(p.KeyAt)})
	}
	return all, nil
}

// resolve finds for each variable the step that captures it: the last one
// before its use.
func (d *decoder) resolve() error {
	captured := map[string]int{}
	for i, st := range d.scenario.Steps {
		for _, t := range st.templates() {
			for j := range t.uses {
				u := &t.uses[j]
				from, ok := captured[u.name]
				switch {
				case slices.Contains(builtIn, u.name):
				case !ok:
					return d.unresolved(t, u.name, captured)
				default:
					u.step = from
				}
			}
		}
		for _, c := range st.allCaptures() {
			captured[c.name] = i
		}
	}
	return nil
}

// allCaptures are those of the step's reply and of what comes later.
func (st *Step) allCaptures() []capture {
	if st.later == nil {
		return st.captures
	}
	return slices.Concat(st.captures, st.later.captures)
}

func (d *decoder) unresolved(t *template, name string, captured map[string]int) error {
	names := slices.Clone(builtIn)
	for n := range captured {
		names = append(names, n)
	}
	slices.Sort(names)
	hint := finding.Because(reason.HintCapture, "example", "capture = { "+name+" = '…' }")
	if best := tomldoc.Near(name, names); best != "" {
		hint = tomldoc.DidYouMean("{{" + best + "}}")
	}
	return d.text.Fail(t.offset, hint, finding.Because(reason.NotCaptured, "variable", "{{"+name+"}}"))
}

// sends are the texts that the step's message is made of.
func (st *Step) sends() []*template {
	var all []*template
	if st.value != nil {
		all = append(all, st.value)
	}
	for _, a := range st.set {
		all = append(all, a.value)
	}
	return all
}

// templates are all texts of a step that may have variables.
func (st *Step) templates() []*template {
	all := append(st.sends(), st.expect.templates()...)
	if st.later != nil {
		all = append(all, st.later.templates()...)
	}
	return all
}

func (e *expectation) templates() []*template {
	var all []*template
	if e.text != nil {
		all = append(all, e.text)
	}
	for _, w := range e.words {
		all = append(all, w.value)
	}
	for _, a := range e.fields {
		all = append(all, a.value)
	}
	return all
}
