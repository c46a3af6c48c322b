package scenario

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/tomldoc"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// The keys of each table, in the order in which errors list them.
var (
	topKeys  = []string{"name", "from", "to", "mode", "format", "timeout", "fresh", "step"}
	stepKeys = []string{
		"name", "send", "value", "set", "from", "to", "mode", "format", "timeout", "raw",
		"repeat", "retry", "duplicate", "expect", "capture", "later",
	}
	expectKeys = []string{
		"type", "text", "match", "not_match", "contains", "not_contains", "articles", "fields", "under", "no_findings",
	}
)

// hints are for errors in the syntax.
func hints() tomldoc.Hints {
	return tomldoc.Hints{Table: "[[step]]", Keys: slices.Concat(topKeys, stepKeys, expectKeys, laterKeys)}
}

// decoder makes a scenario of a tree.
type decoder struct {
	text     *tomldoc.Text
	scenario *Scenario
}

func (d *decoder) line(offset int) int {
	line, _ := d.text.Position(offset)
	return line
}

func (d *decoder) decode(root *tomldoc.Node) error {
	defaults := Step{From: "user", Repeat: 1}
	var steps *tomldoc.Node
	for _, p := range root.Children {
		var err error
		switch p.Key {
		case "name":
			d.scenario.Name, err = d.string(p)
		case "fresh":
			d.scenario.Fresh, err = d.bool(p)
		case "step":
			steps = p
		default:
			var known bool
			if known, err = d.common(&defaults, p); !known {
				err = d.unknown(p, topKeys, "")
			}
		}
		if err != nil {
			return err
		}
	}
	if steps == nil || len(steps.Children) == 0 && steps.Kind == tomldoc.Array {
		return d.text.Fail(0, finding.Because(reason.HintStepBegins), finding.Because(reason.FileWithoutStep))
	}
	return d.steps(steps, defaults)
}

func (d *decoder) steps(p *tomldoc.Node, defaults Step) error {
	if p.Kind != tomldoc.Array {
		return d.text.Fail(p.KeyAt, finding.Because(reason.HintStepBrackets), finding.Because(reason.StepNotTables, "got", p.Kind))
	}
	for _, v := range p.Children {
		if v.Kind != tomldoc.Table {
			return d.text.Fail(v.At, finding.Because(reason.HintOwnLine, "header", "[[step]]"), finding.Because(reason.StepNotTable, "got", v.Kind))
		}
		st := defaults
		st.Line = d.line(v.At)
		st.expect = noExpectation()
		if err := d.step(&st, v); err != nil {
			return err
		}
		d.scenario.Steps = append(d.scenario.Steps, &st)
	}
	return nil
}

// common takes a key that is allowed before the steps and in one.
func (d *decoder) common(st *Step, p *tomldoc.Node) (known bool, err error) {
	switch p.Key {
	case "from":
		st.From, err = d.string(p)
	case "to":
		st.to, err = d.string(p)
	case "mode":
		st.offsets.mode = p.KeyAt
		var s string
		s, err = d.choice(p, string(msgcrypt.Plain), string(msgcrypt.Compat), string(msgcrypt.Safe))
		st.mode = msgcrypt.Mode(s)
	case "format":
		st.offsets.format = p.KeyAt
		var s string
		s, err = d.choice(p, string(msgcrypt.XML), string(msgcrypt.JSON))
		st.format = msgcrypt.Format(s)
	case "timeout":
		st.timeout, err = d.duration(p)
	default:
		return false, nil
	}
	return true, err
}

func (d *decoder) step(st *Step, v *tomldoc.Node) error {
	var sent *tomldoc.Node
	for _, p := range v.Children {
		var err error
		switch p.Key {
		case "name":
			st.Name, err = d.string(p)
		case "send":
			sent = p
			err = d.send(st, p)
		case "value":
			st.value, err = d.scalar(p)
		case "set":
			st.set, err = d.assignments(p)
		case "raw":
			st.raw, err = d.bool(p)
		case "repeat":
			st.Repeat, err = d.count(p, 1, MaxRepeat)
		case "retry":
			st.Retry, err = d.count(p, 1, MaxRetry)
		case "duplicate":
			st.Duplicate, err = d.count(p, 1, MaxDuplicate)
		case "expect":
			err = d.expect(st, p)
		case "capture":
			st.captures, err = d.captures(p, st.allCaptures())
		case "later":
			err = d.later(st, p)
		default:
			var known bool
			if known, err = d.common(st, p); !known {
				err = d.unknown(p, stepKeys, "expect")
			}
		}
		if err != nil {
			return err
		}
	}
	if sent == nil {
		return d.text.Fail(v.At, finding.Because(reason.HintWriteSend), finding.Because(reason.StepSendsNothing))
	}
	st.deliverAgain()
	return d.checkMessage(st)
}

// unknown is the error for a key that a table does not have. inner names a
// table in it, whose keys are often written next to it.
func (d *decoder) unknown(p *tomldoc.Node, keys []string, inner string) error {
	err := p.Unknown(keys)
	hint := finding.Because(reason.HintStepKeys, "keys", finding.AllOf(keys))
	switch {
	case inner == "expect" && slices.Contains(expectKeys, p.Key):
		hint, err.Nearest = finding.Because(reason.HintStepExpect, "key", "expect."+p.Key), ""
	case slices.Contains(stepKeys, p.Key):
		hint, err.Nearest = finding.Because(reason.HintInStep), ""
	}
	return d.text.Refuse(err, hint)
}

func (d *decoder) string(p *tomldoc.Node) (string, error) {
	s, err := p.AsText()
	switch {
	case err != nil:
		return "", d.text.Refuse(err, tomldoc.PutInQuotes(p.Key))
	case strings.TrimSpace(s) == "":
		return "", d.text.Fail(p.KeyAt, finding.Because(reason.HintLeaveOut), finding.Because(reason.KeyEmpty, "key", p.Key))
	}
	return s, nil
}

// scalar is text, or a number or truth value as it is written.
func (d *decoder) scalar(p *tomldoc.Node) (*template, error) {
	switch p.Kind {
	case tomldoc.Integer, tomldoc.Float, tomldoc.Bool:
	default:
		if _, err := p.AsText(); err != nil {
			return nil, d.text.Refuse(err, finding.Because(reason.HintQuotes))
		}
	}
	return parseTemplate(p.Text, p.At, d.line(p.KeyAt)), nil
}

func (d *decoder) bool(p *tomldoc.Node) (bool, error) {
	b, err := p.AsBool()
	if err != nil {
		return false, d.text.Refuse(err, tomldoc.Write(p.Key+" = true"))
	}
	return b, nil
}

// count reads a number; true counts as one.
func (d *decoder) count(p *tomldoc.Node, least, most int) (int, error) {
	if p.Kind == tomldoc.Bool && p.Text == "true" && (p.Key == "retry" || p.Key == "duplicate") {
		return 1, nil
	}
	n, err := p.AsInt()
	var kind *tomldoc.KindError
	switch {
	case errors.As(err, &kind):
		return 0, d.text.Refuse(err, tomldoc.Write(p.Key+" = 2"))
	case err != nil || n < int64(least) || n > int64(most):
		return 0, d.text.Fail(p.At, nil, finding.Because(reason.NumberFromTo, "key", p.Key, "least", least, "most", most))
	}
	return int(n), nil
}

func (d *decoder) duration(p *tomldoc.Node) (time.Duration, error) {
	hint := finding.Because(reason.HintDuration)
	s, err := p.AsText()
	if err != nil {
		return 0, d.text.Refuse(err, hint)
	}
	t, err := time.ParseDuration(s)
	if err != nil {
		return 0, d.text.Fail(p.At, hint, finding.Because(reason.NotDuration, "value", tomldoc.Quote(s)))
	}
	if t <= 0 || t > time.Hour {
		return 0, d.text.Fail(p.At, hint, finding.Because(reason.DurationRange, "key", p.Key))
	}
	return t, nil
}

func (d *decoder) choice(p *tomldoc.Node, values ...string) (string, error) {
	s, err := d.string(p)
	if err != nil || slices.Contains(values, s) {
		return s, err
	}
	var hint *finding.Reason
	if best := tomldoc.Near(s, values); best != "" {
		hint = tomldoc.DidYouMean(best)
	}
	return "", d.text.Fail(p.At, hint, finding.Because(reason.KeyTakes, "key", p.Key, "value", tomldoc.Quote(s), "values", finding.AnyOf(values)))
}

// assignments reads a table of fields. A nested table is a path, as TOML has it
// for names with dots.
func (d *decoder) assignments(p *tomldoc.Node) ([]assignment, error) {
	fields, err := p.AsTable()
	if err != nil {
		return nil, d.text.Refuse(err, tomldoc.Write(p.Key+` = { Name = "value" }`))
	}
	return d.flatten(nil, "", fields)
}

func (d *decoder) flatten(all []assignment, above string, fields []*tomldoc.Node) ([]assignment, error) {
	for _, p := range fields {
		var err error
		path := above + p.Key
		if p.Kind == tomldoc.Table {
			if all, err = d.flatten(all, path+".", p.Children); err != nil {
				return nil, err
			}
			continue
		}
		t, err := d.scalar(p)
		if err != nil {
			return nil, err
		}
		t.offset = p.KeyAt // only the name can be wrong
		all = append(all, assignment{path, t})
	}
	return all, nil
}
