package main

import (
	"cmp"
	"fmt"
	"time"

	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/scenario"
)

// testJSON is what test --json prints.
type testJSON struct {
	outcome

	URL       string             `json:"url"`
	Passed    int                `json:"passed"`
	Failed    int                `json:"failed"`
	MS        float64            `json:"ms"`
	Scenarios []testScenarioJSON `json:"scenarios"`
}

type testScenarioJSON struct {
	Name  string         `json:"name"`
	File  string         `json:"file"`
	OK    bool           `json:"ok"`
	MS    float64        `json:"ms"`
	Steps []testStepJSON `json:"steps"`
}

type testStepJSON struct {
	Line     int              `json:"line"`
	Name     string           `json:"name,omitempty"`
	From     string           `json:"from"`
	OpenID   string           `json:"openid"`
	Status   string           `json:"status"` // ok, failed or not_sent
	Sent     string           `json:"sent,omitempty"`
	Got      string           `json:"got,omitempty"`
	Seen     reply.Seen       `json:"seen,omitempty"`
	Messages int              `json:"messages"`
	MS       float64          `json:"ms"`
	Later    []testLaterJSON  `json:"later,omitempty"`
	Findings []findingJSON    `json:"findings"`
	Failure  *testFailureJSON `json:"failure,omitempty"`
}

// testLaterJSON is a customer-service message that came after the answer.
type testLaterJSON struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

type testFailureJSON struct {
	Repetition int                `json:"repetition"`
	Duplicate  int                `json:"duplicate"`
	Error      string             `json:"error,omitempty"`
	Mismatches []testMismatchJSON `json:"mismatches"`
	Request    *requestJSON       `json:"request,omitempty"`
}

type testMismatchJSON struct {
	Kind   scenario.Kind `json:"kind"`
	Name   string        `json:"name,omitempty"`
	Line   int           `json:"line"`
	Want   string        `json:"want"`
	Got    string        `json:"got"`
	Absent bool          `json:"absent,omitempty"`
}

func (o *testOptions) document(results []*scenario.Result, took time.Duration) testJSON {
	doc := testJSON{outcome: newOutcome(true), URL: o.runner.Pusher.URL, MS: millis(took), Scenarios: []testScenarioJSON{}}
	for _, r := range results {
		s := testScenarioJSON{Name: r.Scenario.Name, File: r.Scenario.File, OK: r.OK(), MS: millis(r.Took)}
		for _, step := range r.Steps {
			s.Steps = append(s.Steps, o.stepDocument(step))
		}
		if s.OK {
			doc.Passed++
		} else {
			doc.Failed++
		}
		for _, step := range s.Steps {
			doc.Findings = append(doc.Findings, step.Findings...)
		}
		doc.Scenarios = append(doc.Scenarios, s)
	}
	doc.OK = doc.Failed == 0
	return doc
}

func (o *testOptions) stepDocument(r *scenario.StepResult) testStepJSON {
	s := testStepJSON{
		Line: r.Step.Line, Name: r.Step.Name, From: r.Step.From, OpenID: r.OpenID, Status: "ok",
		Sent: o.fact(finding.English, r.Sent), Got: o.fact(finding.English, r.Got), Seen: r.Seen, Messages: r.Runs, MS: millis(r.Took),
		Findings: describeFindings(o.globals, r.Notes),
	}
	for _, m := range r.Later {
		s.Later = append(s.Later, testLaterJSON(m))
	}
	f := r.Failure
	switch {
	case r.Runs == 0:
		s.Status = "not_sent"
	case f != nil:
		s.Status = "failed"
		s.Findings = append(s.Findings, describeFindings(o.globals, f.Findings)...)
		s.Failure = &testFailureJSON{Repetition: f.Run, Duplicate: f.Copy, Mismatches: []testMismatchJSON{}}
		if err := cmp.Or(f.Err, f.Unread); err != nil {
			s.Failure.Error = o.errorText(err)
		}
		for _, m := range f.Mismatches {
			s.Failure.Mismatches = append(s.Failure.Mismatches, testMismatchJSON(m))
		}
		if d := f.Delivery; d != nil {
			s.Failure.Request = &requestJSON{
				Line: d.Last().Request.Line(), Message: string(d.Push.Plain), Body: string(d.Push.Body), Mode: string(d.Push.Mode),
			}
		}
	}
	return s
}

// cases are the results for --report: a case for each scenario, with a
// finding for each expectation that was not met.
func (o *testOptions) cases(results []*scenario.Result) []reportCase {
	p := newTestPrinter(o, nil)
	var cases []reportCase
	for _, r := range results {
		c := reportCase{Name: shownName(r.Scenario), Took: r.Took, File: r.Scenario.File, Line: 1}
		for i, s := range r.Steps {
			for _, f := range describeFindings(o.globals, s.Notes) {
				if f.Severity == finding.Error {
					f.Severity = finding.Info // of a fault that was expected
				}
				c.Findings = append(c.Findings, f)
			}
			if s.Failure != nil {
				c.Findings = append(c.Findings, p.failureCase(r.Scenario, i, s)...)
			}
		}
		cases = append(cases, c)
	}
	return cases
}

func (t *testPrinter) failureCase(s *scenario.Scenario, i int, r *scenario.StepResult) []findingJSON {
	f := r.Failure
	place := func(line int, f findingJSON) findingJSON {
		f.ID, f.Severity = fmt.Sprintf("%s:%d", s.File, line), finding.Error
		f.File, f.Line, f.Column = s.File, line, 1
		return f
	}
	one := func(line int, expected, got string) findingJSON {
		evidence := t.say(words.TestSent) + " " + t.sent(r) + "\n" + t.say(words.TestExpected) + " " + expected + "\n" + t.say(words.TestGot) + " " + got
		return place(line, findingJSON{Title: t.stepName(i, r.Step) + t.o.say(words.CommonColon) + expected, Evidence: evidence})
	}
	if f.Err != nil {
		text := t.say(words.TestUnwritten, "error", t.o.errorText(f.Err))
		return []findingJSON{place(r.Step.Line, findingJSON{Title: text})}
	}
	if f.Unread != nil {
		text := t.say(words.TestUnread, "error", t.o.errorText(f.Unread))
		return []findingJSON{place(r.Step.Line, findingJSON{Title: text})}
	}
	var all []findingJSON
	for _, m := range f.Mismatches {
		all = append(all, one(m.Line, t.want(m), t.got(m, f.Delivery)))
	}
	for _, g := range describeFindings(t.o.globals, f.Findings) {
		g.Severity = finding.Error // this step allows none
		all = append(all, g)
	}
	return all
}
