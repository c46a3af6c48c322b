// Package loadpage writes what came of a load as one page of HTML: figures, latency
// over time, the percentiles, what was found. It needs nothing else, no script
// and no network, so that it can be kept, sent and opened anywhere; light or dark
// is as the reader's system is.
//
//	html := loadpage.Of(finding.English, result, loadpage.About{URL: url, Load: "500/s for 1m"})
//
// The page is put together by hand: linking html/template would cost 2 MB.
//
// # Compatibility
//
// The README says what a release may change. How the page looks and what is on it
// may change in any; programs read the JSON of wxdev bench.
package loadpage

import (
	_ "embed"
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/load"
)

// About is what a result does not say of itself. All of it is text, in the
// reader's language.
type About struct {
	URL      string
	Load     string // what was to be sent, and how
	When     time.Time
	Withheld string // why there are no percentiles; empty where there are
	Limits   []Limit
	Findings []Finding
}

// Limit is something that was demanded.
type Limit struct {
	Text    string // "p99>1s"
	Outcome string
	Failed  bool
}

// Finding is a kind of finding.
type Finding struct {
	ID, Severity, Title, Evidence, Fix, Count string
}

//go:embed page.css
var style string

// Of is the page of a result.
func Of(lang finding.Lang, r *load.Result, a About) []byte {
	p := &printer{say: sayIn(lang), r: r, about: a}
	fmt.Fprintf(&p.b, "<!doctype html>\n<html lang=%q>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"+
		"<title>wxdev bench %s</title>\n<style>%s</style>\n", string(lang), escape(a.URL), style)
	p.head()
	p.figures()
	p.demands()
	if a.Withheld == "" && len(p.seconds()) > 1 {
		p.figure("over-time", p.overTime())
	}
	if len(p.seconds()) > 1 {
		p.figure("per-second", p.perSecond())
	}
	if a.Withheld == "" && r.Answered > 0 {
		p.figure("percentiles", p.percentiles())
	}
	p.errors()
	p.findings()
	p.b.WriteString("</main>\n")
	return []byte(p.b.String())
}

type printer struct {
	b     strings.Builder
	say   func(id string) string
	r     *load.Result
	about About
}

func escape(s string) string { return html.EscapeString(s) }

func (p *printer) head() {
	fmt.Fprintf(&p.b, "<main>\n<header><h1>wxdev bench</h1><p class=\"url\">%s</p><p>%s · %s</p></header>\n",
		escape(p.about.URL), escape(p.about.Load), p.about.When.Format("2006-01-02 15:04:05 -0700"))
	if p.r.Interrupted {
		fmt.Fprintf(&p.b, "<p class=\"note\">%s</p>\n", p.say("interrupted"))
	}
	if p.about.Withheld != "" {
		fmt.Fprintf(&p.b, "<p class=\"note\">%s</p>\n", escape(p.about.Withheld))
	}
}

// figures are the numbers that matter most, each in a tile.
func (p *printer) figures() {
	r := p.r
	p.b.WriteString("<section class=\"tiles\">\n")
	tile := func(id, value string, bad bool) {
		class := "tile"
		if bad {
			class += " bad"
		}
		fmt.Fprintf(&p.b, "<div class=\"%s\"><b class=\"value\">%s</b><span>%s</span></div>\n", class, value, p.say(id))
	}
	if p.about.Withheld == "" && r.Answered > 0 {
		for _, q := range []float64{50, 90, 99, 99.9} {
			tile("p"+number(q), Time(r.Latency.Percentile(q)), false)
		}
		tile("max", Time(r.Latency.Max()), false)
	}
	failed := int64(0)
	for _, n := range r.Errors {
		failed += n
	}
	tile("sent", count(r.Sent), false)
	tile("rate", number(r.Rate), false)
	tile("answered", count(r.Answered), false)
	tile("faults", count(r.Faults), r.Faults > 0)
	tile("redelivered", count(r.Redelivered), r.Redelivered > 0)
	tile("twice", count(r.AnsweredTwice), r.AnsweredTwice > 0)
	tile("errors", count(failed), failed > 0)
	tile("late", count(r.Late), r.Delayed()*100 > r.Sent+r.Unsent)
	if r.Unsent > 0 {
		tile("unsent", count(r.Unsent), true)
	}
	p.b.WriteString("</section>\n")
}

func (p *printer) figure(id, svg string) {
	fmt.Fprintf(&p.b, "<figure><figcaption>%s</figcaption><div class=\"scroll\">%s</div></figure>\n", p.say(id), svg)
}

func (p *printer) demands() {
	if len(p.about.Limits) == 0 {
		return
	}
	fmt.Fprintf(&p.b, "<section><h2>%s</h2><table>\n", p.say("limits"))
	for _, l := range p.about.Limits {
		class := ""
		if l.Failed {
			class = " class=\"bad\""
		}
		fmt.Fprintf(&p.b, "<tr%s><td><code>%s</code></td><td>%s</td></tr>\n", class, escape(l.Text), escape(l.Outcome))
	}
	p.b.WriteString("</table></section>\n")
}

func (p *printer) errors() {
	if len(p.r.Errors) == 0 {
		return
	}
	fmt.Fprintf(&p.b, "<section><h2>%s</h2><table>\n", p.say("errors"))
	for _, class := range load.Classes() {
		if n := p.r.Errors[class]; n > 0 {
			fmt.Fprintf(&p.b, "<tr><td><code>%s</code></td><td class=\"num\">%s</td></tr>\n", class, count(n))
		}
	}
	p.b.WriteString("</table></section>\n")
}

func (p *printer) findings() {
	if len(p.about.Findings) == 0 {
		return
	}
	fmt.Fprintf(&p.b, "<section><h2>%s</h2>\n", p.say("findings"))
	for _, f := range p.about.Findings {
		fmt.Fprintf(&p.b, "<article><h3><code>%s</code> %s <small>%s, %s</small></h3><p>%s</p><p>%s</p></article>\n",
			escape(f.ID), escape(f.Title), escape(f.Severity), escape(f.Count), escape(f.Evidence), escape(f.Fix))
	}
	p.b.WriteString("</section>\n")
}

// Time is a duration in three digits: 1.23 ms, 12.3 ms, 4.56 s.
func Time(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	if ms >= 999.5 {
		return digits(ms/1000) + " s"
	}
	return digits(ms) + " ms"
}

func digits(v float64) string {
	switch {
	case v < 9.995:
		return strconv.FormatFloat(v, 'f', 2, 64)
	case v < 99.95:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 0, 64)
}

// number is a number without needless zeros.
func number(v float64) string {
	if v >= 1000 {
		return count(int64(v + 0.5))
	}
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
}

// count is a number with its thousands parted.
func count(n int64) string {
	s := strconv.FormatInt(n, 10)
	var parts []string
	for len(s) > 3 {
		parts = append(parts, s[len(s)-3:])
		s = s[:len(s)-3]
	}
	parts = append(parts, s)
	slices.Reverse(parts)
	return strings.Join(parts, "\u202f")
}
