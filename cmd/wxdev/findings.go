package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/signature"
)

// findingJSON is a finding as every --json writes it and every report shows it.
type findingJSON struct {
	ID       string           `json:"id"`
	Name     string           `json:"name"`
	Variant  string           `json:"variant,omitempty"`
	Severity finding.Severity `json:"severity"`
	Title    string           `json:"title"`
	Evidence string           `json:"evidence"`
	Fix      string           `json:"fix"`
	Where    []string         `json:"where,omitempty"`  // in WeChat's consoles is set what the fix speaks of
	Sample   *sampleJSON      `json:"sample,omitempty"` // the fix in the server's language, where it showed
	Replay   string           `json:"replay,omitempty"`
	Doc      string           `json:"doc"`

	File   string `json:"file,omitempty"` // of a finding about a file, with the place
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Path   string `json:"path,omitempty"` // within the file: "button[0].url"

	Place *finding.PlaceView `json:"place,omitempty"` // of a finding about an answer
}

// sampleJSON is a fix in one language.
type sampleJSON struct {
	Lang string `json:"lang"`
	Text string `json:"text"`
}

// describe puts a finding into words.
func describe(lang finding.Lang, found finding.Finding) findingJSON {
	f := findingJSON{ID: found.ID, Variant: found.Variant, Severity: found.Severity, Doc: "wxdev explain " + found.ID}
	if e, ok := catalog.Lookup(f.ID); ok {
		f.Name, f.Severity = e.Name, cmp.Or(f.Severity, catalog.SeverityOf(f.ID, f.Variant))
		f.Title, f.Evidence, f.Fix = e.Describe(lang, f.Variant, found.Facts)
		if s, ok := catalog.Where(found, ""); ok {
			f.Where = s.Lines(lang)
		}
		if c, ok := e.Sample(answer.Stack(found.Exchange)); ok {
			f.Sample = &sampleJSON{c.Lang, strings.Trim(c.In(lang), "\n")}
		}
	}
	if f.Place = found.Place.View(); f.Place == nil && found.Place != nil && found.Place.File != "" {
		f.File, f.Line, f.Column, f.Path = found.Place.File, found.Place.Line, found.Place.Column, found.Place.Path
	}
	if found.Exchange != nil {
		f.Replay = found.Exchange.Replay
	}
	return f
}

// errorText is an error for people.
func (g *globals) errorText(err error) string {
	return finding.Redact(finding.ErrorFact(err), g.known.Text).In(g.Lang())
}

// describeMistake puts into words what is wrong with a signature that somebody
// computed. What the texts have in evidence is about a server that was asked,
// which none was.
func describeMistake(lang finding.Lang, m signature.Mistake) findingJSON {
	f := describe(lang, m.Finding)
	if e, ok := catalog.Lookup(m.ID); ok {
		f.Title, f.Fix = e.DescribeSigned(lang, m.Variant, m.Facts)
	}
	f.Evidence = ""
	return f
}

// printFindings writes the findings, those worth acting on in full and the
// infos a line each. A request that shows several is printed once: that of an
// encrypted push fills half a screen.
func printFindings(w io.Writer, g *globals, findings []findingJSON) {
	p, say := g.Colors(g.env.OutTTY), g.sayer()
	shown := map[string]string{} // by request: the finding that shows it
	for _, f := range findings {
		if f.Severity == finding.Info {
			continue
		}
		if first := shown[f.Replay]; first != "" && f.Replay != "" {
			f.Replay = say(words.ReportSameRequest, "id", first)
		} else {
			shown[f.Replay] = f.ID
		}
		printFinding(w, g, p, f)
	}
	printPlaces(w, g, findings)
	first := true
	for _, f := range findings {
		if f.Severity != finding.Info {
			continue
		}
		if first {
			fmt.Fprintf(w, "\n%s\n", p.Bold(say(words.ReportNotes)))
			first = false
		}
		text := f.Evidence
		if text == "" {
			text = f.Title
		}
		fmt.Fprintf(w, "  %-4s %s\n", f.ID, wrap(text, g.env.Width-8, "       "))
	}
}

// printPlaces says where in the consoles is set what the fixes speak of.
func printPlaces(w io.Writer, g *globals, findings []findingJSON) {
	for _, lines := range placesOf(findings) {
		printWhere(w, g, lines)
	}
}

// placesOf are the places in the consoles that findings name, each once. Those
// of infos are left out: their fixes are not shown either.
func placesOf(findings []findingJSON) [][]string {
	var places [][]string
	for _, f := range findings {
		known := slices.ContainsFunc(places, func(p []string) bool { return slices.Equal(p, f.Where) })
		if f.Where != nil && f.Severity != finding.Info && !known {
			places = append(places, f.Where)
		}
	}
	return places
}

// printWhere prints the places of a setting.
func printWhere(w io.Writer, g *globals, lines []string) {
	fmt.Fprintf(w, "\n%s\n", g.Colors(g.env.OutTTY).Bold(g.say(words.ReportWhere)))
	for _, line := range lines {
		fmt.Fprintf(w, "  %s\n", wrap(line, min(g.env.Width, 100)-4, "    "))
	}
}

func printFinding(w io.Writer, g *globals, p palette, f findingJSON) {
	say := g.sayer()
	severity := p.Red(say.named("report.severity.", string(f.Severity)))
	if f.Severity == finding.Warning {
		severity = p.Yellow(say.named("report.severity.", string(f.Severity)))
	}
	width := g.env.Width - 12
	fmt.Fprintf(w, "\n%s %s  %s\n", p.Bold(f.ID), severity, p.Bold(wrap(f.Title, g.env.Width-14, "           ")))
	line := func(label, text string) {
		if text != "" {
			fmt.Fprintf(w, "  %s%s%s\n", p.Dim(label), strings.Repeat(" ", max(1, 9-columns(label))), text)
		}
	}
	line(say(words.ReportEvidence), wrap(f.Evidence, width, "           "))
	line(say(words.ReportFix), wrap(f.Fix, width, "           "))
	if f.Sample != nil {
		line(say(words.ReportSample), f.Sample.Lang)
		fmt.Fprintln(w, indent(f.Sample.Text, "             "))
	}
	line(say(words.ReportReplay), g.replayLine(f.Replay))
	line(say(words.ReportMore), f.Doc)
}

// mode is what people call a mode.
func (say sayer) mode(m msgcrypt.Mode) string {
	return cmp.Or(say.named("common.mode.", string(m)), string(m))
}

// modeName is what people call a mode, as a fact.
type modeName msgcrypt.Mode

// In implements [finding.Fact].
func (m modeName) In(lang finding.Lang) string { return sayIn(lang).mode(msgcrypt.Mode(m)) }
