package loadpage

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/load"
)

// The size of a chart, and of its margins: for the numbers at the left, the
// names of lines at the right.
const (
	width, height            = 760.0, 250.0
	left, right, top, bottom = 62.0, 84.0, 14.0, 30.0
	mostPoints               = 240 // more would not show
	weChatLimit              = 5 * time.Second
	plotWidth, plotHeight    = width - left - right, height - top - bottom
)

// point is what is drawn of one second, or of several.
type point struct {
	at       float64 // seconds from the start, in the middle
	seconds  float64
	p50, p99 time.Duration
	max      time.Duration
	load.Second
}

// seconds are the points of the series, no more than fit. Of several seconds the
// worst is shown, and the mean of the messages.
func (p *printer) seconds() []point {
	all := p.r.Series
	size := (len(all) + mostPoints - 1) / mostPoints
	var points []point
	for from := 0; from < len(all); from += size {
		some := all[from:min(from+size, len(all))]
		pt := point{at: float64(from) + float64(len(some))/2, seconds: float64(len(some))}
		for _, s := range some {
			pt.p50, pt.p99, pt.max = max(pt.p50, s.P50), max(pt.p99, s.P99), max(pt.max, s.Max)
			pt.Sent, pt.Answered, pt.Errors, pt.Faults = pt.Sent+s.Sent, pt.Answered+s.Answered, pt.Errors+s.Errors, pt.Faults+s.Faults
		}
		points = append(points, pt)
	}
	return points
}

// chart is a drawing of lines.
type chart struct {
	b    strings.Builder
	x, y func(float64) float64
}

func newChart(title string) *chart {
	c := new(chart)
	fmt.Fprintf(&c.b, `<svg viewBox="0 0 %g %g" role="img" aria-label="%s">`, width, height, escape(title))
	return c
}

func (c *chart) done() string { return c.b.String() + "</svg>" }

// scale maps from…to on a…b.
func scale(from, to, a, b float64) func(float64) float64 {
	if to == from {
		to = from + 1
	}
	return func(v float64) float64 { return a + (v-from)/(to-from)*(b-a) }
}

func (c *chart) horizontal(v float64, label, class string) {
	fmt.Fprintf(&c.b, `<path class="%s" d="M%.1f %.1fH%.1f"/><text class="y" x="%.1f" y="%.1f">%s</text>`,
		class, left, c.y(v), width-right, left-8, c.y(v)+4, escape(label))
}

func (c *chart) below(v float64, label string) {
	fmt.Fprintf(&c.b, `<text class="x" x="%.1f" y="%.1f">%s</text>`, c.x(v), height-8, escape(label))
}

// line draws values, with a gap where there is none (NaN), and its name at its end.
func (c *chart) line(class string, xs, ys []float64) {
	pen, last := "M", -1
	var d strings.Builder
	for i := range xs {
		if math.IsNaN(ys[i]) {
			pen = "M"
			continue
		}
		fmt.Fprintf(&d, "%s%.1f %.1f", pen, c.x(xs[i]), c.y(ys[i]))
		if last < 0 || pen == "M" { // a point alone is a dot
			d.WriteString("h.01")
		}
		pen, last = "L", i
	}
	if last >= 0 {
		fmt.Fprintf(&c.b, `<path class="line %s" d="%s"/>`, class, d.String())
	}
}

// name is a line's name, at the right of its last point; names keep apart.
type name struct {
	class, text string
	y           float64
}

func (c *chart) names(all []name) {
	for i := range all {
		for j := range i {
			if d := all[i].y - all[j].y; math.Abs(d) < 15 {
				all[i].y = all[j].y - 15
			}
		}
		fmt.Fprintf(&c.b, `<text class="name %s" x="%.1f" y="%.1f">%s</text>`, all[i].class, width-right+8, all[i].y+4, escape(all[i].text))
	}
}

// axis is a round number of seconds.
func axis(seconds float64) string {
	if seconds >= 1 {
		return strconv.FormatFloat(seconds, 'g', 4, 64) + " s"
	}
	return strconv.FormatFloat(seconds*1000, 'g', 4, 64) + " ms"
}

// steps are round numbers from 0 to at least top, four or so.
func steps(top float64) []float64 {
	if top <= 0 {
		top = 1
	}
	size := math.Pow(10, math.Floor(math.Log10(top/4)))
	for _, times := range []float64{1, 2, 2.5, 5, 10} {
		if size*times*4 >= top {
			size *= times
			break
		}
	}
	var all []float64
	for i := 0; ; i++ {
		v := float64(i) * size
		all = append(all, v)
		if v >= top {
			return all
		}
	}
}

// overTime draws p50, p99 and the longest of each second.
func (p *printer) overTime() string {
	points := p.seconds()
	var xs, p50, p99, longest []float64
	low, high := math.Inf(1), 0.0
	value := func(d time.Duration) float64 {
		if d <= 0 {
			return math.NaN()
		}
		low, high = min(low, d.Seconds()), max(high, d.Seconds())
		return d.Seconds()
	}
	for _, pt := range points {
		if pt.Sent == 0 { // a few that came late say nothing of the others
			pt.p50, pt.p99 = 0, 0
		}
		xs, p50, p99, longest = append(xs, pt.at), append(p50, value(pt.p50)), append(p99, value(pt.p99)), append(longest, value(pt.max))
	}
	if high == 0 {
		return ""
	}
	c := newChart(p.say("over-time"))
	c.x = scale(0, float64(len(p.r.Series)), left, width-right)
	from, to := math.Floor(math.Log10(low)), math.Ceil(math.Log10(high))
	onLog := scale(from, max(to, from+1), height-bottom, top)
	c.y = func(v float64) float64 { return onLog(math.Log10(v)) }
	for decade := from; decade <= max(to, from+1); decade++ {
		c.horizontal(math.Pow(10, decade), axis(math.Pow(10, decade)), "grid")
	}
	if high >= weChatLimit.Seconds()/2 {
		c.horizontal(weChatLimit.Seconds(), "5 s", "limit")
		fmt.Fprintf(&c.b, `<text class="y" x="%.1f" y="%.1f">%s</text>`, width-right-4, c.y(weChatLimit.Seconds())-5, escape(p.say("limit")))
	}
	p.clock(c)
	c.line("max", xs, longest)
	c.line("p99", xs, p99)
	c.line("p50", xs, p50)
	c.names([]name{{"p50", p.say("p50-line"), lastOf(c, p50)}, {"p99", p.say("p99-line"), lastOf(c, p99)}, {"max", p.say("max-line"), lastOf(c, longest)}})
	p.hints(c, points, func(pt point) string {
		return fmt.Sprintf("p50 %s, p99 %s, %s %s", Time(pt.p50), Time(pt.p99), p.say("max-line"), Time(pt.max))
	})
	return c.done()
}

func lastOf(c *chart, ys []float64) float64 {
	for i := len(ys) - 1; i >= 0; i-- {
		if !math.IsNaN(ys[i]) {
			return c.y(ys[i])
		}
	}
	return height / 2
}

// clock writes the time below, in four to eight steps.
func (p *printer) clock(c *chart) {
	const minute, hour = 60, 3600
	last, size := len(p.r.Series), hour
	for _, s := range []int{1, 2, 5, 10, 15, 30, minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute} {
		if s*8 >= last {
			size = s
			break
		}
	}
	for size*24 < last {
		size *= 2
	}
	for s := 0; s <= last; s += size {
		c.below(float64(s), Clock(time.Duration(s)*time.Second))
	}
}

// Clock is a time since the start: 30s, 2m30s.
func Clock(d time.Duration) string {
	s := d.Round(100 * time.Millisecond).String()
	for _, zero := range []string{"m0s", "h0m"} {
		s = strings.Replace(s, zero, zero[:1], 1)
	}
	return s
}

// hints are what a pointer on a second shows.
func (p *printer) hints(c *chart, points []point, say func(point) string) {
	for _, pt := range points {
		x := c.x(pt.at - pt.seconds/2)
		fmt.Fprintf(&c.b, `<rect class="hint" x="%.1f" y="%g" width="%.1f" height="%g"><title>%s: %s</title></rect>`,
			x, top, c.x(pt.at+pt.seconds/2)-x, plotHeight, Clock(time.Duration((pt.at-pt.seconds/2)*1e9)), escape(say(pt)))
	}
}

// perSecond draws how many were sent, and as bars how many deliveries failed.
func (p *printer) perSecond() string {
	points := p.seconds()
	most := 0.0
	var xs, sent []float64
	for _, pt := range points {
		most = max(most, float64(pt.Sent)/pt.seconds, float64(pt.Errors)/pt.seconds)
		xs, sent = append(xs, pt.at), append(sent, float64(pt.Sent)/pt.seconds)
	}
	for i := len(sent) - 1; i >= 0 && sent[i] == 0; i-- { // all was sent by then
		sent[i] = math.NaN()
	}
	c := newChart(p.say("per-second"))
	c.x = scale(0, float64(len(p.r.Series)), left, width-right)
	ticks := steps(most)
	c.y = scale(0, ticks[len(ticks)-1], height-bottom, top)
	for _, v := range ticks {
		c.horizontal(v, number(v), "grid")
	}
	p.clock(c)
	failed := 0.0
	for _, pt := range points {
		if pt.Errors > 0 {
			failed = float64(pt.Errors) / pt.seconds
			x := c.x(pt.at - pt.seconds/2)
			fmt.Fprintf(&c.b, `<rect class="bar" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`,
				x, c.y(failed), max(1, c.x(pt.at+pt.seconds/2)-x-1), c.y(0)-c.y(failed))
		}
	}
	c.line("sent", xs, sent)
	names := []name{{"sent", p.say("sent-line"), lastOf(c, sent)}}
	if failed > 0 {
		names = append(names, name{"failed", p.say("failed-line"), c.y(failed)})
	}
	c.names(names)
	p.hints(c, points, func(pt point) string {
		return fmt.Sprintf("%s %s, %s %s", number(float64(pt.Sent)/pt.seconds), p.say("sent-line"), number(float64(pt.Errors)/pt.seconds), p.say("failed-line"))
	})
	return c.done()
}

// percentiles draws latency by percentile: each nine is as wide as the one
// before it.
func (p *printer) percentiles() string {
	lat := p.r.Latency
	nines := min(5, max(2, math.Ceil(math.Log10(float64(lat.Count())))))
	var xs, ys []float64
	for n := 0.0; n <= nines; n += 0.05 {
		xs, ys = append(xs, n), append(ys, lat.Percentile(100-100*math.Pow(10, -n)).Seconds())
	}
	ys[len(ys)-1] = lat.Max().Seconds()
	c := newChart(p.say("percentiles"))
	c.x = scale(0, nines, left, width-right)
	ticks := steps(lat.Max().Seconds())
	c.y = scale(0, ticks[len(ticks)-1], height-bottom, top)
	for _, v := range ticks {
		c.horizontal(v, axis(v), "grid")
	}
	for n := 0.0; n <= nines; n++ {
		at := n
		if n == 0 {
			at = math.Log10(2) // the median
		}
		label := strings.TrimRight(fmt.Sprintf("p%.4f", 100-100*math.Pow(10, -at)), "0")
		c.below(at, strings.TrimSuffix(label, "."))
		fmt.Fprintf(&c.b, `<path class="grid" d="M%.1f %gV%g"/>`, c.x(at), top, height-bottom)
	}
	c.line("p99", xs, ys)
	c.names([]name{{"p99", Time(lat.Max()), c.y(lat.Max().Seconds())}})
	return c.done()
}
