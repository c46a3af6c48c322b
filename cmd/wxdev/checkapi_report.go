package main

import (
	"fmt"
	"strconv"

	"github.com/wxdev/wxdev/internal/redact"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/apisign"
	"github.com/wxdev/wxdev/pkg/finding"
)

// checkAPIJSON is what check-api --json prints. Secrets are masked in all of it.
type checkAPIJSON struct {
	outcome

	Form       string        `json:"form"` // that the call was read from: HTTP, curl, HAR, JSON, log
	Method     string        `json:"method"`
	URL        string        `json:"url"`
	ErrCode    int           `json:"errcode,omitempty"`   // that WeChat answered, where it is known
	Also       []findingJSON `json:"also"`                // would give the same signature as one of the findings
	Uncertain  []string      `json:"uncertain"`           // ids of findings that are what remains: neither a text nor a key was found
	Signature  *lookJSON     `json:"signature,omitempty"` // how it was made, as the public key shows
	ToSign     string        `json:"to_sign"`             // the text that is right
	Signed     string        `json:"signed,omitempty"`    // the text that was signed
	Tried      int           `json:"tried"`               // how many texts
	AAD        string        `json:"aad,omitempty"`       // the additional data that the tag was made with
	Plaintext  string        `json:"plaintext,omitempty"` // what was encrypted
	Answer     string        `json:"answer,omitempty"`    // what was encrypted in the answer
	NotChecked []string      `json:"not_checked"`         // and why
}

// lookJSON is how a signature was made.
type lookJSON struct {
	Padding string `json:"padding"`
	Hash    string `json:"hash,omitempty"`
	MGF     string `json:"mgf1,omitempty"`
	Salt    int    `json:"salt"`
	Right   bool   `json:"right"`
}

func newLookJSON(l *apisign.Look) *lookJSON {
	j := &lookJSON{Padding: string(l.Padding), Salt: l.Salt, Right: l.Right()}
	if l.Hash != 0 {
		j.Hash = l.Hash.String()
	}
	if l.MGF != 0 {
		j.MGF = l.MGF.String()
	}
	return j
}

// hidden is a part of a call without its secrets: tokens by their names, and
// what is known.
func (o *checkAPIOptions) hidden(s string) string {
	return o.known.Text(redact.Secrets.Text(s))
}

// print writes the report for people.
func (o *checkAPIOptions) print(c *apisign.Call, r checkAPIJSON) error {
	w, p := o.env.Out, o.Colors(o.env.OutTTY)
	answered := ""
	if r.ErrCode != 0 {
		answered = o.say(words.CommonBracket, "text", o.say(words.CheckAPIAnswered, "code", strconv.Itoa(r.ErrCode)))
	}
	fmt.Fprintf(w, "%s%s\n", p.Bold(text.Line(r.Method+" "+apisign.URLPath(r.URL))), answered)
	printFindings(w, o.globals, r.Findings)
	for _, f := range r.Also {
		fmt.Fprintf(w, "\n%s\n", o.say(words.CheckAPIAlso, "id", f.ID, "title", f.Title))
	}
	fmt.Fprintln(w)
	o.printSigned(r)
	for _, why := range r.NotChecked {
		o.row(words.CheckAPILabelNot, why)
	}
	fmt.Fprintf(w, "\n%s\n", o.verdict(r))
	return nil
}

// printSigned says how the signature was made and what it is of. Long texts are
// for -v.
func (o *checkAPIOptions) printSigned(r checkAPIJSON) {
	if l := r.Signature; l != nil {
		how := o.say(words.CheckAPIPss, "padding", l.Padding, "hash", l.Hash, "mgf", l.MGF, "salt", strconv.Itoa(l.Salt))
		if l.MGF == "" {
			how = o.say(words.CheckAPIPkcs1, "padding", l.Padding, "hash", l.Hash)
		}
		o.row(words.CheckAPILabelSignature, how)
	}
	limit := 160
	if o.verbose {
		limit = 0
	}
	show := func(label words.ID, s string) {
		if s != "" {
			o.row(label, text.Quote([]byte(s), limit))
		}
	}
	if r.Signed != "" && r.Signed != r.ToSign {
		show(words.CheckAPILabelSigned, r.Signed)
	}
	if len(r.Findings) > 0 || o.verbose {
		show(words.CheckAPILabelRight, r.ToSign)
	}
	if o.verbose {
		show(words.CheckAPILabelAad, r.AAD)
		show(words.CheckAPILabelPlaintext, r.Plaintext)
		show(words.CheckAPILabelAnswer, r.Answer)
	}
}

func (o *checkAPIOptions) row(label words.ID, value string) {
	p := o.Colors(o.env.OutTTY)
	fmt.Fprintf(o.env.Out, "  %s %s\n", p.Dim(padded(o.say(label), 12)), wrap(value, o.env.Width-16, "               "))
}

// verdict is the last line: what was found, and how sure it is.
func (o *checkAPIOptions) verdict(r checkAPIJSON) string {
	p, n := o.Colors(o.env.OutTTY), 0
	for _, f := range r.Findings {
		if f.Severity != finding.Info {
			n++
		}
	}
	switch {
	case n > 0 && len(r.Uncertain) == n:
		return p.Red(o.say(words.CheckAPIUncertain, "n", strconv.Itoa(n)))
	case n > 0:
		return p.Red(o.say(words.CheckAPIWrong, "n", strconv.Itoa(n)))
	case len(r.NotChecked) > 0:
		return p.Yellow(o.say(words.CheckAPIPartly))
	}
	return p.Green(o.say(words.CheckAPIRight))
}
