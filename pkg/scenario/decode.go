package scenario

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/wxdev/wxdev/internal/tomldoc"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// The keys of each table, in the order in which errors list them.
var (
	topKeys  = []string{"name", "from", "to", "mode", "format", "timeout", "fresh", "step"}
	stepKeys = []string{
		"name", "send", "value", "set", "from", "to", "mode", "format", "timeout", "raw",
		"repeat", "retry", "duplicate", "expect", "capture",
	}
	expectKeys = []string{
		"type", "text", "match", "not_match", "contains", "not_contains", "articles", "fields", "under", "no_findings",
	}
)

// decoder makes a scenario of a tree.
type decoder struct {
	text     *tomldoc.Text
	scenario *Scenario
}

func (d *decoder) line(offset int) int {
	line, _ := d.text.Position(offset)
	return line
}

func (d *decoder) decode(root *value) error {
	defaults := Step{From: "user", Repeat: 1}
	var steps *pair
	for _, p := range root.pairs {
		var err error
		switch p.key {
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
	if steps == nil || len(steps.value.list) == 0 && steps.value.kind == unstable.Array {
		return d.text.Errorf(0, "a step begins with a line [[step]]", "there is no step")
	}
	return d.steps(steps, defaults)
}

func (d *decoder) steps(p *pair, defaults Step) error {
	if p.value.kind != unstable.Array {
		return d.text.Errorf(p.offset, "write [[step]], in two pairs of brackets", "step is %s, not a list of tables", tomldoc.KindName(p.value.kind))
	}
	for _, v := range p.value.list {
		if v.kind != unstable.InlineTable {
			return d.text.Errorf(v.offset, "write [[step]] on a line of its own", "a step is %s, not a table", tomldoc.KindName(v.kind))
		}
		st := defaults
		st.Line = d.line(v.offset)
		st.expect = noExpectation()
		if err := d.step(&st, v); err != nil {
			return err
		}
		d.scenario.Steps = append(d.scenario.Steps, &st)
	}
	return nil
}

// common takes a key that may stand before the steps and in one.
func (d *decoder) common(st *Step, p *pair) (known bool, err error) {
	switch p.key {
	case "from":
		st.From, err = d.string(p)
	case "to":
		st.to, err = d.string(p)
	case "mode":
		st.offsets.mode = p.offset
		var s string
		s, err = d.choice(p, string(msgcrypt.Plain), string(msgcrypt.Compat), string(msgcrypt.Safe))
		st.mode = msgcrypt.Mode(s)
	case "format":
		st.offsets.format = p.offset
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

func (d *decoder) step(st *Step, v *value) error {
	var sent *pair
	for _, p := range v.pairs {
		var err error
		switch p.key {
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
			err = d.captures(st, p)
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
		return d.text.Errorf(v.offset, `write send = "text", or another type`, "the step sends nothing")
	}
	return d.checkMessage(st)
}

// unknown is the error for a key that a table does not have. inner names a
// table in it, whose keys are often written beside it.
func (d *decoder) unknown(p *pair, keys []string, inner string) error {
	const example = "'wxdev init --scenario' writes an example"
	hint := "the keys are " + tomldoc.List(keys, "and") + "; " + example
	best := tomldoc.Near(p.key, keys)
	switch {
	case inner == "expect" && slices.Contains(expectKeys, p.key):
		hint = "write expect." + p.key + "; " + example
	case slices.Contains(stepKeys, p.key):
		hint = "it belongs into a [[step]], beside send; " + example
	case best != "":
		hint = "did you mean " + best + "?"
	}
	return d.text.Errorf(p.offset, hint, "unknown key %s", tomldoc.Quote(p.key))
}

func (d *decoder) wrongKind(p *pair, want, hint string) error {
	return d.text.Errorf(p.offset, hint, "%s is %s, not %s", tomldoc.Dotted([]string{p.key}), tomldoc.KindName(p.value.kind), want)
}

func (d *decoder) string(p *pair) (string, error) {
	switch {
	case p.value.kind != unstable.String:
		return "", d.wrongKind(p, "text", "put it in quotes: "+p.key+` = "…"`)
	case strings.TrimSpace(p.value.text) == "":
		return "", d.text.Errorf(p.offset, "leave it out where it is not meant to be set", "%s is empty", p.key)
	}
	return p.value.text, nil
}

// scalar is text, or a number or truth value as it is written.
func (d *decoder) scalar(p *pair) (*template, error) {
	switch p.value.kind {
	case unstable.String, unstable.Integer, unstable.Float, unstable.Bool:
		return parseTemplate(p.value.text, p.value.offset, d.line(p.offset)), nil
	}
	return nil, d.wrongKind(p, "text", "put it in quotes")
}

func (d *decoder) bool(p *pair) (bool, error) {
	if p.value.kind != unstable.Bool {
		return false, d.wrongKind(p, "true or false", "write "+p.key+" = true")
	}
	return p.value.text == "true", nil
}

// count reads a number; true counts as one.
func (d *decoder) count(p *pair, least, most int) (int, error) {
	if p.value.kind == unstable.Bool && p.value.text == "true" && (p.key == "retry" || p.key == "duplicate") {
		return 1, nil
	}
	if p.value.kind != unstable.Integer {
		return 0, d.wrongKind(p, "a whole number", "write "+p.key+" = 2")
	}
	n, err := strconv.Atoi(p.value.text)
	if err != nil || n < least || n > most {
		return 0, d.text.Errorf(p.value.offset, "", "%s takes a number from %d to %d", p.key, least, most)
	}
	return n, nil
}

func (d *decoder) duration(p *pair) (time.Duration, error) {
	const hint = `write a number with its unit: "500ms", "2s"`
	if p.value.kind != unstable.String {
		return 0, d.wrongKind(p, "text", hint)
	}
	t, err := time.ParseDuration(p.value.text)
	if err != nil {
		return 0, d.text.Errorf(p.value.offset, hint, "%s is no length of time", tomldoc.Quote(p.value.text))
	}
	if t <= 0 || t > time.Hour {
		return 0, d.text.Errorf(p.value.offset, hint, "%s is to be more than nothing, and at most an hour", p.key)
	}
	return t, nil
}

func (d *decoder) choice(p *pair, values ...string) (string, error) {
	s, err := d.string(p)
	if err != nil || slices.Contains(values, s) {
		return s, err
	}
	hint := ""
	if best := tomldoc.Near(s, values); best != "" {
		hint = "did you mean " + best + "?"
	}
	return "", d.text.Errorf(p.value.offset, hint, "%s is %s: it takes %s", p.key, tomldoc.Quote(s), tomldoc.List(values, "or"))
}

// assignments reads a table of fields. One in another is a path, as TOML has
// it for names with dots.
func (d *decoder) assignments(p *pair) ([]assignment, error) {
	if p.value.kind != unstable.InlineTable {
		return nil, d.wrongKind(p, "a table", "write "+p.key+` = { Name = "value" }`)
	}
	return d.flatten(nil, "", p.value)
}

func (d *decoder) flatten(all []assignment, above string, v *value) ([]assignment, error) {
	for _, p := range v.pairs {
		var err error
		path := above + p.key
		if p.value.kind == unstable.InlineTable {
			if all, err = d.flatten(all, path+".", p.value); err != nil {
				return nil, err
			}
			continue
		}
		t, err := d.scalar(p)
		if err != nil {
			return nil, err
		}
		t.offset = p.offset // what can be wrong is the name
		all = append(all, assignment{path, t})
	}
	return all, nil
}
