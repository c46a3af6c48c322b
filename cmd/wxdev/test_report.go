package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/scenario"
)

// testPrinter prints results: aligned on a terminal, else parted by tabs as
// those of go test.
type testPrinter struct {
	o     *testOptions
	p     palette
	say   sayer
	fail  string // of the general vocabulary
	pass  string
	width int // of the widest name; 0 without a terminal
}

func newTestPrinter(o *testOptions, all []*scenario.Scenario) *testPrinter {
	t := &testPrinter{o: o, p: o.Colors(o.env.OutTTY), say: o.say, fail: o.say(words.CommonMarkFail), pass: o.say(words.CommonMarkPass)}
	if o.env.OutTTY {
		for _, s := range all {
			t.width = max(t.width, columns(shownName(s)))
		}
	}
	return t
}

// shownName is the file, and the scenario's name where it has another.
func shownName(s *scenario.Scenario) string {
	if strings.TrimSuffix(filepath.Base(s.File), ".toml") == s.Name {
		return s.File
	}
	return s.File + ": " + text.Line(s.Name)
}

func (t *testPrinter) print(r *scenario.Result) {
	status, paint, steps := t.pass, t.p.Green, t.steps(len(r.Steps))
	if !r.OK() {
		status, paint = t.fail, t.p.Red
		steps = t.say(words.TestSome, "failed", t.failedSteps(r), "steps", fmt.Sprint(len(r.Steps)))
	}
	name := shownName(r.Scenario)
	cells := []string{paint(status), name, steps, shortTime(r.Took)}
	parted := "\t"
	if t.width > 0 {
		parted = "  "
		cells[0] += strings.Repeat(" ", max(columns(t.pass), columns(t.fail))-columns(status))
		cells[1] += strings.Repeat(" ", t.width-columns(name))
	}
	if notes := t.notes(r); notes != "" {
		cells = append(cells, notes)
	}
	fmt.Fprintln(t.o.env.Out, strings.Join(cells, parted))
	for i, s := range r.Steps {
		switch {
		case s.Failure != nil:
			t.failure(r.Scenario, i, s)
		case t.o.verbose:
			t.step(i, s)
		}
	}
}

func (t *testPrinter) steps(n int) string {
	return countWord(t.o.Lang(), n, words.CommonCountOneStep, words.CommonCountSteps)
}

// failedSteps are the numbers of the steps at which a conversation ended; there
// are several when users talk at once.
func (t *testPrinter) failedSteps(r *scenario.Result) string {
	var numbers []string
	for i, s := range r.Steps {
		if s.Failure != nil {
			numbers = append(numbers, fmt.Sprint(i+1))
		}
	}
	return t.o.list(numbers)
}

// notes names the findings that failed nothing and are worth a look.
func (t *testPrinter) notes(r *scenario.Result) string {
	var ids []string
	for _, s := range r.Steps {
		for _, f := range s.Notes {
			if f.Severity == finding.Warning && !strings.Contains(strings.Join(ids, " "), f.ID) {
				ids = append(ids, f.ID)
			}
		}
	}
	if len(ids) == 0 {
		return ""
	}
	return t.p.Yellow(t.say(words.TestNotes, "ids", t.o.list(ids)))
}

// step is the line of a step that went well, or was not sent.
func (t *testPrinter) step(i int, s *scenario.StepResult) {
	name := t.stepName(i, s.Step)
	if s.Runs == 0 {
		fmt.Fprintf(t.o.env.Out, "  %s  %s\n", t.p.Dim(t.say(words.TestNotSent)), name)
		return
	}
	times := ""
	if s.Runs > 1 {
		times = fmt.Sprintf(" ×%d", s.Runs)
	}
	say := t.o.sayer()
	fmt.Fprintf(t.o.env.Out, "  %s  %s%s%s%s → %s%s\n", t.p.Green(t.pass), name, say(words.CommonColon), t.fact(s.Sent), times,
		t.fact(s.Got), say(words.CommonBracket, "text", shortTime(s.Took)))
}

// stepName says which step it is, and whose.
func (t *testPrinter) stepName(i int, st *scenario.Step) string {
	s := t.say(words.TestStep, "n", fmt.Sprint(i+1))
	if st.Name != "" {
		s += " " + t.o.quote(st.Name, 80)
	}
	return s + t.o.say(words.CommonComma) + text.Line(st.From)
}

// failure prints what was sent, expected and got.
func (t *testPrinter) failure(s *scenario.Scenario, i int, r *scenario.StepResult) {
	w, f, parts := t.o.env.Out, r.Failure, t.o.sayer()
	fmt.Fprintf(w, "  %s%s%s\n", t.p.Bold(fmt.Sprintf("%s:%d", s.File, r.Step.Line)), parts(words.CommonColon), t.stepName(i, r.Step))
	t.line(t.say(words.TestSent), t.sent(r))
	if f.Err != nil {
		t.line(t.say(words.TestGot), t.say(words.TestUnwritten, "error", t.o.errorText(f.Err)))
		return
	}
	if f.Unread != nil {
		t.line(t.say(words.TestGot), t.say(words.TestUnread, "error", t.o.errorText(f.Unread)))
		return
	}
	for _, m := range f.Mismatches {
		t.line(t.say(words.TestExpected), t.want(m))
		t.line(t.say(words.TestGot), t.got(m, f.Delivery))
		if m.Kind == scenario.Text && strings.Contains(m.Want+m.Got, "\n") && !m.Absent {
			t.diff(m)
		}
	}
	if len(f.Mismatches) == 0 {
		t.line(t.say(words.TestGot), t.fact(r.Got))
	}
	if len(f.Findings) > 0 {
		t.findings(f.Findings)
	}
	// not indented: a blank in it would be a blank in the message
	t.line(t.say(words.TestReplay), text.Block(t.o.replayLine(f.Delivery.Last().Request.Curl())))
}

// findings explains what the step does not allow.
func (t *testPrinter) findings(all []finding.Finding) {
	const by = "    "
	g, env := *t.o.globals, *t.o.env
	env.Width -= len(by)
	g.env = &env
	var text bytes.Buffer
	described := describeFindings(&g, all)
	for _, f := range described {
		f.Replay = "" // one for the step is enough
		printFinding(&text, &g, t.p, f)
	}
	printPlaces(&text, &g, described)
	fmt.Fprintln(t.o.env.Out, indent(strings.TrimPrefix(text.String(), "\n"), by))
}

func (t *testPrinter) line(label, text string) {
	pad := strings.Repeat(" ", max(1, 10-columns(label)))
	fmt.Fprintf(t.o.env.Out, "    %s%s%s\n", t.p.Dim(label), pad, text)
}

// sent is the message, and which one of several.
func (t *testPrinter) sent(r *scenario.StepResult) string {
	f, parts := r.Failure, []string{t.fact(r.Sent)}
	if r.Sent == nil {
		parts[0] = text.Line(r.Step.Send)
	}
	parts[0] += t.o.say(words.DeliveryFrom, "openid", text.Line(r.OpenID))
	if f.Delivery != nil {
		parts = append(parts, t.o.sayer().mode(f.Delivery.Push.Mode))
	}
	number := func(id words.ID, n int) {
		parts = append(parts, t.say(id, "n", fmt.Sprint(n), "of", fmt.Sprint(r.Step.Repeat)))
	}
	if r.Step.Repeat > 1 {
		number(words.TestRepetition, f.Run)
	}
	if r.Step.Retry > 0 && f.Copy == 0 {
		number(words.TestLost, r.Step.Retry)
	}
	if f.Copy > 0 {
		number(words.TestDuplicate, f.Copy)
	}
	return strings.Join(parts, t.o.say(words.CommonComma))
}

// shownText is how much of a text one line shows.
const shownText = 600

// want is an expectation as the file has it, variables filled in.
func (t *testPrinter) want(m scenario.Mismatch) string {
	key, value := string(m.Kind), t.o.quote(m.Want, shownText)
	switch m.Kind {
	case scenario.Field:
		key = text.Line(m.Name)
	case scenario.Capture, laterCapture:
		key += "." + m.Name
	case scenario.Articles, laterTimes:
		value = m.Want
	}
	switch m.Kind {
	case scenario.Match, scenario.NotMatch, scenario.Capture, laterCapture, laterMatch, laterNotMatch:
		value = "'" + text.Line(m.Want) + "'"
	}
	return key + " = " + value
}

// fact is one in the language of the report; nothing for none.
func (t *testPrinter) fact(f finding.Fact) string { return t.o.fact(t.o.Lang(), f) }

// The kinds of what is expected later that are shown as no text is.
const (
	laterMatch    = scenario.LaterPrefix + scenario.Match
	laterNotMatch = scenario.LaterPrefix + scenario.NotMatch
	laterCapture  = scenario.LaterPrefix + scenario.Capture
	laterTimes    = scenario.LaterPrefix + scenario.Times
)

// got is what came in its place.
func (t *testPrinter) got(m scenario.Mismatch, d *push.Delivery) string {
	switch m.Kind {
	case laterTimes:
		return text.Line(m.Got)
	case scenario.TypeOf:
		s := "type = " + t.o.quote(m.Got, 80)
		if m.Got == "fault" {
			s += t.o.say(words.CommonColon) + t.fact(answer.Summary(d.Last()))
		}
		return s
	case scenario.Under, scenario.NoFindings, scenario.Articles:
		return text.Line(m.Got)
	}
	if m.Absent {
		return t.say(words.TestNothing)
	}
	return t.o.quote(m.Got, shownText)
}

// diffLines is how much of a difference is shown.
const diffLines = 60

func (t *testPrinter) diff(m scenario.Mismatch) {
	label := t.say(words.TestDiff)
	lines := scenario.Diff(m.Want, m.Got)
	for i, l := range lines {
		if i == diffLines {
			t.line("", t.say(words.TestMore, "n", fmt.Sprint(len(lines)-i)))
			return
		}
		text := string(l.Op) + " " + text.Line(l.Text)
		switch l.Op {
		case '-':
			text = t.p.Red(text)
		case '+':
			text = t.p.Green(text)
		}
		t.line(label, text)
		label = ""
	}
}

// total prints the last line.
func (t *testPrinter) total(results []*scenario.Result, took time.Duration) {
	bad, steps := 0, 0
	for _, r := range results {
		if !r.OK() {
			bad++
		}
		steps += r.Ran()
	}
	values := []string{
		"all", countWord(t.o.Lang(), len(results), words.CommonCountOneConversation, words.CommonCountConversations),
		"bad", fmt.Sprint(bad), "steps", t.steps(steps), "time", shortTime(took),
	}
	if bad > 0 {
		fmt.Fprintln(t.o.env.Out, t.p.Red(t.say(words.TestFailed, values...)))
		return
	}
	fmt.Fprintln(t.o.env.Out, t.p.Green(t.say(words.TestOK, values...)))
}
