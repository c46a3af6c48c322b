package main

import (
	"crypto/sha1"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/signature"
)

// This file is what wxdev check says; check.go is what it does.

// markWidth is how wide the mark of a verdict is.
const markWidth = 5

// verdict is the text for people, a line, and more with -v.
func (c *checker) verdict(r checkResult, mistakes []signature.Mistake) string {
	word, says := c.paint.Red(padded(c.say(words.CheckMarkWrong), markWidth)), ""
	switch {
	case r.OK:
		word = c.paint.Green(padded(c.say(words.CheckMarkRight), markWidth))
		says = c.say(words.CheckVerdict, "time", shownTime(r.Timestamp), "parameter", r.Parameter)
	case r.Error != "":
		says = r.Error
	case len(mistakes) == 0:
		says = c.say(words.CheckUnknown, "parameter", r.Parameter)
	default:
		says = c.explanation(r, mistakes)
	}
	if c.many {
		says = c.say(words.CheckLine, "n", strconv.Itoa(r.Line), "verdict", says)
	}
	return word + "  " + says + "\n" + c.details(r)
}

// explanation names the likeliest mistake, and the ids of the others.
func (c *checker) explanation(r checkResult, mistakes []signature.Mistake) string {
	first := mistakes[0]
	f := r.Findings[0]
	name := c.name(first)
	if first.With != nil {
		name += " + " + c.name(*first.With)
	}
	says := c.paint.Bold(name) + "  " + f.Title
	var also []string
	for _, m := range mistakes[1:] {
		id := m.ID
		if m.With != nil {
			id += "+" + m.With.ID
		}
		if id != first.ID && !slices.Contains(also, id) {
			also = append(also, id)
		}
	}
	if also != nil {
		says += c.say(words.CheckAlso, "ids", c.list(also))
	}
	return says
}

// misshapen says what is wrong with a signature that no server can have
// computed, and nothing about one that looks like a SHA-1.
func (c *checker) misshapen(parameter, given, want string) string {
	switch b, err := hex.DecodeString(given); {
	case err == nil && len(b) == sha1.Size:
		return ""
	case len(given) < len(want) && strings.HasPrefix(want, strings.ToLower(given)):
		return c.say(words.CheckCut,
			"parameter", parameter, "have", strconv.Itoa(len(given)), "missing", strconv.Itoa(len(want)-len(given)))
	}
	return c.say(words.CheckNoSHA1, "parameter", parameter, "given", c.quote(given, 60))
}

// details is what -v adds below the verdict.
func (c *checker) details(r checkResult) string {
	if !c.Verbose || r.Expected == "" { // the line cannot be checked at all
		return ""
	}
	var s strings.Builder
	add := func(label words.ID, text string) {
		s.WriteString("       " + c.paint.Dim(padded(c.say(label), 6)) + "  " + wrap(text, max(c.env.Width-15, 40), strings.Repeat(" ", 15)) + "\n")
	}
	if !r.OK {
		add(words.CheckLabelGiven, r.Signature)
		add(words.CheckLabelRight, r.Expected)
	}
	if age, ok := c.age(r.Timestamp); ok {
		add(words.CheckLabelAge, age)
	}
	for _, f := range r.Findings {
		add(words.CheckLabelFix, f.Fix)
		add(words.CheckLabelMore, f.Doc)
		break // of several that fit, the likeliest
	}
	return s.String()
}

// findings puts the mistakes into words. A signature that nothing explains has
// another token.
func (c *checker) findings(r checkResult, mistakes []signature.Mistake) []findingJSON {
	found := []findingJSON{}
	if r.OK || r.Error != "" {
		return found
	}
	if len(mistakes) == 0 {
		f := c.finding(signature.Mistake{Finding: finding.New("V03", "")})
		f.Evidence = c.say(words.CheckEvidenceUnknown, "parameter", r.Parameter, "signature", r.Signature)
		return append(found, f)
	}
	for _, m := range mistakes {
		f := c.finding(m)
		if m.With != nil {
			second := c.finding(*m.With)
			f.Title = c.say(words.CheckAnd, "first", f.Title, "second", second.Title)
			f.Fix += " " + second.Fix
			f.Doc += "; " + second.Doc
		}
		f.Evidence = c.say(words.CheckEvidenceMade, "parameter", r.Parameter, "signature", r.Signature)
		found = append(found, f)
	}
	return found
}

// name is the id of a mistake and what it is called.
func (c *checker) name(m signature.Mistake) string {
	if m.Variant != "" {
		return m.ID + " " + m.Variant
	}
	return m.ID + " " + c.finding(m).Name
}

func (c *checker) finding(m signature.Mistake) findingJSON { return describeMistake(c.Lang(), m) }

// unixTime reads a timestamp in seconds; one in milliseconds is understood too.
func unixTime(timestamp string) (time.Time, bool) {
	n, err := strconv.ParseInt(timestamp, 10, 64)
	switch {
	case err != nil || n <= 0 || len(timestamp) > 13:
		return time.Time{}, false
	case len(timestamp) == 13:
		return time.UnixMilli(n).UTC(), true
	}
	return time.Unix(n, 0).UTC(), true
}

func shownTime(timestamp string) string {
	t, ok := unixTime(timestamp)
	if !ok || t.Year() > 9999 {
		return `"` + timestamp + `"`
	}
	return t.Format("2006-01-02 15:04:05Z")
}

// clip makes a value from a URL fit to print: a signature or nonce is short,
// and what is not may fill a whole line of a log.
func clip(s string) string {
	const most = 200
	if line := []rune(text.Line(s)); len(line) > most {
		return string(line[:most]) + "…"
	}
	return text.Line(s)
}

// age says how long ago the request was signed. It decides nothing: WeChat
// sets no limit, and a log is as old as it is.
func (c *checker) age(timestamp string) (string, bool) {
	t, ok := unixTime(timestamp)
	if !ok {
		return "", false
	}
	d := c.env.Now().Sub(t).Round(time.Second)
	switch {
	case d < 0:
		return c.say(words.CheckAgeFuture, "age", shownDuration(c.Lang(), -d)), true
	case d < 48*time.Hour:
		return c.say(words.CheckAgePast, "age", shownDuration(c.Lang(), d)), true
	}
	return c.say(words.CheckAgeDays, "n", strconv.Itoa(int(d.Hours()/24))), true
}
