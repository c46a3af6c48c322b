package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/atomicfile"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
)

// reportCase is one check of a command, for --report.
type reportCase struct {
	Name     string
	Findings []findingJSON
	Took     time.Duration
	Skipped  string // why it was not run; empty if it was
	File     string // that it is about; empty: that of its first finding
	Line     int
}

// reportTarget is one --report: a JUnit file, or annotations for a GitHub
// workflow.
type reportTarget struct {
	github bool
	junit  string
}

func addReport(cmd *cobra.Command, value *string) {
	cmd.Flags().Var((*listFlag)(value), "report", "")
	fixedValues(cmd, "report", "junit=", "github")
}

// listFlag is a string flag that joins what is given several times.
type listFlag string

func (f *listFlag) String() string { return string(*f) }
func (f *listFlag) Type() string   { return "string" }

// Set implements pflag.Value.
func (f *listFlag) Set(s string) error {
	if *f != "" {
		s = string(*f) + "," + s
	}
	*f = listFlag(s)
	return nil
}

// parseReport understands --report. Several are separated by commas.
func parseReport(value string) ([]reportTarget, error) {
	var all []reportTarget
	for part := range strings.SplitSeq(value, ",") {
		kind, file, _ := strings.Cut(part, "=")
		switch {
		case part == "":
		case part == "github":
			all = append(all, reportTarget{github: true})
		case part == "junit=-":
			return nil, usage(words.ErrTakesFile, "flag", "--report junit")
		case kind == "junit" && file != "":
			all = append(all, reportTarget{junit: file})
		default:
			return nil, usage(words.ErrTakesOneOf, "name", "--report", "given", quoted(part), "values", oneOfThese([]string{"junit=FILE", "github"}))
		}
	}
	return all, nil
}

// writeReports writes what --report asked for. Warnings fail a case only when
// strict, as they fail the command.
func (g *globals) writeReports(targets []reportTarget, suite string, cases []reportCase, strict bool) error {
	for _, t := range targets {
		if t.github {
			g.annotate(cases, strict)
			continue
		}
		doc, err := g.junit(suite, cases, strict)
		if err != nil {
			return err
		}
		if err := atomicfile.Write(t.junit, doc, 0o666); err != nil {
			return withHint(unwritten(failed(words.ReportErrWrite, "file", quoted(t.junit), "error", cause(err))), hint(words.ReportHintFolder))
		}
	}
	return nil
}

type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr,omitempty"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Time    string        `xml:"time,attr"`
	File    string        `xml:"file,attr,omitempty"` // as pytest and Jest write them, and GitLab shows them
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitFailure `xml:"failure"`
	Skipped *junitSkipped `xml:"skipped"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitSkipped struct {
	Message string `xml:"message,attr"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// junit writes the cases in the form that CI servers read.
func (g *globals) junit(suite string, cases []reportCase, strict bool) ([]byte, error) {
	doc := junitSuite{Name: suite, Tests: len(cases)}
	var total time.Duration
	for _, c := range cases {
		total += c.Took
		jc := junitCase{Name: c.Name, Class: suite, Time: seconds(c.Took)}
		jc.File, jc.Line = c.place()
		if c.Skipped != "" {
			jc.Skipped = &junitSkipped{c.Skipped}
			doc.Skipped++
		}
		for _, f := range c.Findings {
			text := g.inFull(f)
			if !fails(f, strict) {
				jc.Out += text
				continue
			}
			if jc.Failure == nil {
				jc.Failure = &junitFailure{Message: f.ID + " " + f.Title, Type: string(f.Severity)}
				doc.Failures++
			}
			jc.Failure.Text += text
		}
		doc.Cases = append(doc.Cases, jc)
	}
	doc.Time = seconds(total)
	var b bytes.Buffer
	b.WriteString(xml.Header)
	enc := xml.NewEncoder(&b)
	enc.Indent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return nil, failed(words.ReportErrJunit, "error", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// inFull is a finding as a JUnit report has it: all there is, line by line.
func (g *globals) inFull(f findingJSON) string {
	parts := []string{f.ID + " " + f.Title, f.Evidence, f.Fix}
	if f.Sample != nil {
		parts = append(parts, f.Sample.Lang, indent(f.Sample.Text, "  "))
	}
	parts = append(append(parts, f.Where...), g.replayLine(f.Replay))
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "\n") + "\n"
}

// place is where to look: at the first thing that fails, else at the case.
func (c reportCase) place() (string, int) {
	for _, f := range c.Findings {
		if f.File != "" {
			return f.File, f.Line
		}
	}
	return c.File, c.Line
}

func fails(f findingJSON, strict bool) bool {
	return f.Severity == finding.Error || strict && f.Severity == finding.Warning
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

// annotate prints workflow commands. They go to stderr, which GitHub reads as
// well, so that --json stays one object.
func (g *globals) annotate(cases []reportCase, strict bool) {
	escape := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	out := g.env.Commands
	if out == nil {
		out = g.env.Err
	}
	var all []findingJSON
	for _, c := range cases {
		all = append(all, c.Findings...)
		for _, f := range c.Findings {
			level := "notice"
			switch {
			case fails(f, strict):
				level = "error"
			case f.Severity == finding.Warning:
				level = "warning"
			}
			place := ""
			if f.File != "" { // GitHub shows it at the line of the pull request
				place = fmt.Sprintf("file=%s,line=%d,col=%d,", property.Replace(f.File), f.Line, f.Column)
			}
			fmt.Fprintf(out, "::%s %stitle=%s::%s\n", level, place,
				property.Replace(f.ID+" "+f.Title), escape.Replace(f.Evidence+"\n"+f.Fix))
		}
	}
	for _, lines := range placesOf(all) {
		fmt.Fprintf(out, "::notice title=%s::%s\n", property.Replace(g.say(words.ReportWhere)), escape.Replace(strings.Join(lines, "\n")))
	}
}
