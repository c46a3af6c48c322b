package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/jssdk"
)

// ExplainReport is what sign-js --explain --json prints.
type ExplainReport struct {
	outcome

	URL       string `json:"url"` // of the page, as it is to be signed
	Signature string `json:"signature"`
	Expected  string `json:"expected,omitempty"`
	Timestamp string `json:"timestamp"`
	NonceStr  string `json:"noncestr"`
	AppID     string `json:"appid,omitempty"`
	SignedURL string `json:"signed_url,omitempty"` // the URL that the signature is for, if it is another one
}

// jsVerdict is the report, and what only the text for people needs.
type jsVerdict struct {
	ExplainReport
	signatureOK bool     // the signature alone
	signed      []string // by finding: the URL that the signature is for, if it is another one
}

// verdict puts what was found into words. Names of an API's answer that only
// look wrong are worth a warning: the page may rename them.
func (o *signJSOptions) verdict(c jssdk.Config, ticket string, certain bool, found []jssdk.Mistake) jsVerdict {
	page := jssdk.CleanURL(o.url)
	r := jsVerdict{ExplainReport: ExplainReport{
		outcome: newOutcome(true), URL: page, Signature: clip(c.Signature),
		Timestamp: clip(c.Timestamp), NonceStr: clip(c.NonceStr), AppID: clip(c.AppID),
	}}
	if c.NonceStr != "" && c.Timestamp != "" {
		r.Expected = jssdk.Sign(ticket, c.NonceStr, c.Timestamp, page)
	}
	r.signatureOK = r.Expected == c.Signature
	for _, m := range found {
		if m.ID == "J19" && m.Variant == "api-absent" && !certain {
			continue // the page adds it
		}
		if m.ID == "J19" && m.Variant == "misspelt" && !certain {
			m.Severity = finding.Warning
		}
		f := o.mistake(m)
		signed := ""
		if m.URL != page {
			signed = m.URL
		}
		if r.SignedURL == "" {
			r.SignedURL = signed
		}
		r.Findings, r.signed = append(r.Findings, f), append(r.signed, signed)
		r.OK = r.OK && f.Severity != finding.Error
	}
	for _, w := range jssdk.Warnings(page) {
		r.Findings = append(r.Findings, describe(o.Lang(), w))
	}
	return r
}

// mistake is a mistake in words, and with it the other one of a pair.
func (o *signJSOptions) mistake(m jssdk.Mistake) findingJSON {
	f := describe(o.Lang(), m.Finding)
	if m.With != nil {
		second := o.mistake(*m.With)
		f.Title = o.say(words.CheckAnd, "first", f.Title, "second", second.Title)
		if m.With.Facts["signed"] == nil { // else both tell the same URL
			f.Evidence = o.say(words.CheckAnd, "first", f.Evidence, "second", second.Evidence)
		}
		f.Fix += " " + second.Fix
		f.Doc += "; " + second.Doc
	}
	return f
}

func (o *signJSOptions) printVerdict(r jsVerdict) error {
	var b strings.Builder
	p := o.Colors(o.env.OutTTY)
	right, wrong := p.Green(padded(o.say(words.CheckMarkRight), markWidth)), p.Red(padded(o.say(words.CheckMarkWrong), markWidth))
	switch {
	case r.signatureOK && r.OK:
		fmt.Fprintf(&b, "%s  %s\n", right, o.say(words.SignJSVerdictRight, "url", text.Line(r.URL)))
	case r.signatureOK:
		fmt.Fprintf(&b, "%s  %s\n", wrong, o.say(words.SignJSVerdictOther))
	default:
		fmt.Fprintf(&b, "%s  %s\n", wrong, o.say(words.SignJSVerdictWrong, "url", text.Line(r.URL)))
	}
	if !r.signatureOK && r.Expected != "" {
		fmt.Fprintf(&b, "       %s  %s\n       %s  %s\n", p.Dim(o.say(words.SignJSLabelGiven)), r.Signature, p.Dim(o.say(words.SignJSLabelRight)), r.Expected)
	}
	o.printMistakes(&b, r)
	_, err := io.WriteString(o.env.Out, b.String())
	return err
}

// printMistakes prints the findings, each signed URL below its own. Of several
// that make this signature the likeliest is told, and the others' ids.
func (o *signJSOptions) printMistakes(w io.Writer, r jsVerdict) {
	var notes []findingJSON
	var also []string
	told := ""
	for i, f := range r.Findings {
		signed := ""
		if i < len(r.signed) {
			signed = r.signed[i]
		}
		switch {
		case f.Severity == finding.Info:
			notes = append(notes, f)
		case signed != "" && told != "":
			if f.ID != told && !slices.Contains(also, f.ID) {
				also = append(also, f.ID)
			}
		default:
			printFindings(w, o.globals, []findingJSON{f})
			if signed != "" {
				told = f.ID
				o.printURLs(w, signed, r.URL)
			}
		}
	}
	if also != nil {
		fmt.Fprintf(w, "\n%s\n", o.say(words.SignJSAlso, "ids", o.list(also)))
	}
	printFindings(w, o.globals, notes)
}

// printURLs prints two URLs, one below the other, with a mark where they begin
// to differ. What is far in front of that is left out.
func (o *signJSOptions) printURLs(w io.Writer, signed, page string) {
	n := jssdk.Difference(signed, page)
	same := []rune(text.Line(page[:n]))
	room := max(o.env.Width-11, 40)
	if most := room * 2 / 3; len(same) > most {
		same = append([]rune("…"), same[len(same)-most:]...)
	}
	cut := func(rest string) string {
		line := []rune(text.Line(rest))
		if most := max(room-len(same), 20); len(line) > most {
			line = append(line[:most-1:most-1], '…')
		}
		return string(same) + string(line)
	}
	p := o.Colors(o.env.OutTTY)
	fmt.Fprintf(w, "  %s   %s\n", p.Dim(padded(o.say(words.SignJSLabelSigned), 6)), cut(signed[n:]))
	fmt.Fprintf(w, "  %s   %s\n", p.Dim(padded(o.say(words.SignJSLabelPage), 6)), cut(page[n:]))
	fmt.Fprintf(w, "  %s%s\n", strings.Repeat(" ", 9+columns(string(same))), p.Red("^"))
}
