package load

import (
	"strconv"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// Limit is something that must not come out of a run: "p99>1s", "faults>0".
// [ParseLimit] makes one.
type Limit struct {
	text   string
	metric metric
	name   string
	over   bool // the value may not be more than bound, else not less
	equal  bool // nor equal to it
	share  bool // bound is a percentage of what was sent
	bound  float64
}

// metric is what a name in a limit stands for: a percentile of the latency where
// of is nil.
type metric struct {
	percentile float64
	of         func(*Result) float64
	rate       bool
}

func counted(of func(*Result) int64) (metric, bool) {
	return metric{of: func(r *Result) float64 { return float64(of(r)) }}, true
}

func metricOf(name string) (m metric, known bool) {
	switch name {
	case "p50":
		return metric{percentile: 50}, true
	case "p90":
		return metric{percentile: 90}, true
	case "p99":
		return metric{percentile: 99}, true
	case "p99.9":
		return metric{percentile: 99.9}, true
	case "max":
		return metric{percentile: 100}, true
	case "late":
		return counted(func(r *Result) int64 { return r.Late })
	case "faults":
		return counted(func(r *Result) int64 { return r.Faults })
	case "redelivered":
		return counted(func(r *Result) int64 { return r.Redelivered })
	case "twice":
		return counted(func(r *Result) int64 { return r.AnsweredTwice })
	case "errors":
		return counted((*Result).Failed)
	case "findings":
		return counted((*Result).Faulty)
	case "rate":
		return metric{of: func(r *Result) float64 { return r.Rate }, rate: true}, true
	}
	return metric{}, false
}

// LimitNames are the names that a limit knows. It takes p999 for p99.9, too.
func LimitNames() []string {
	return []string{"p50", "p90", "p99", "p99.9", "max", "faults", "redelivered", "twice", "errors", "late", "findings", "rate"}
}

// LimitError says what is wrong with a limit. Nearest is the name that was meant,
// or empty.
type LimitError struct {
	Fault   *finding.Reason
	Nearest string
}

func (e *LimitError) Error() string { return e.In(finding.English) }

// In implements [finding.Fact].
func (e *LimitError) In(lang finding.Lang) string { return e.Fault.In(lang) }

// ParseLimit reads a limit: a name of [LimitNames], one of > >= < <=, and a
// time (p99>1s), a rate (rate<100/s), a number or a share of the messages that
// were sent (errors>0, faults>0.1%). The error is a [*LimitError].
func ParseLimit(s string) (Limit, error) {
	at := strings.IndexAny(s, "<>")
	if at < 0 {
		at = len(s)
	}
	name := strings.TrimSpace(s[:at])
	op := s[at : at+len(s[at:])-len(strings.TrimLeft(s[at:], "<>="))]
	value := strings.TrimSpace(s[at+len(op):])
	if name == "" || value == "" || op != ">" && op != ">=" && op != "<" && op != "<=" {
		return Limit{}, &LimitError{Fault: finding.Because(reason.LimitForm, "limit", quoted(s))}
	}
	l := Limit{name: strings.ToLower(name), over: op[0] == '>', equal: len(op) > 1}
	if l.name == "p999" {
		l.name = "p99.9"
	}
	l.text = l.name + op + value
	var known bool
	if l.metric, known = metricOf(l.name); !known {
		return Limit{}, &LimitError{finding.Because(reason.LimitName, "name", quoted(name)), text.Nearest(l.name, LimitNames())}
	}
	if why := l.read(value); why != "" {
		return Limit{}, &LimitError{Fault: finding.Because(why, "name", l.name, "value", quoted(value))}
	}
	return l, nil
}

func quoted(s string) finding.Quote { return finding.Quote{Text: s, Limit: 60} }

// read reads the bound. What is wrong with it is a reason, or empty.
func (l *Limit) read(value string) reason.ID {
	why := reason.LimitCount
	switch {
	case l.metric.of == nil:
		d, err := time.ParseDuration(strings.ReplaceAll(value, " ", ""))
		if err != nil || d < 0 {
			return reason.LimitTime
		}
		l.bound = milliseconds(d)
		return ""
	case l.metric.rate:
		value, why = strings.TrimSuffix(value, "/s"), reason.LimitRate
	default:
		value, l.share = strings.CutSuffix(value, "%")
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || n < 0 || n > 1e15 || n != n {
		return why
	}
	l.bound = n
	return ""
}

// String is the limit as it was written, but for blanks.
func (l Limit) String() string { return l.text }

// Name is what it is about, in the words of [LimitNames].
func (l Limit) Name() string { return l.name }

// Verdict is what a result is by a limit.
type Verdict string

// Unknown is the verdict when nothing was sent, of a limit on percentiles that are
// withheld, or of no answer, and of one that would hold where too many messages
// could not leave this machine.
const (
	Held    Verdict = "held"
	Broken  Verdict = "broken"
	Unknown Verdict = "unknown"
)

// Judge holds a result to the limit. The value is in milliseconds, messages, a
// percentage of those that were sent, or messages a second, as the limit is.
func (l Limit) Judge(r *Result) (value float64, v Verdict) {
	if r.Sent == 0 {
		return 0, Unknown
	}
	switch {
	case l.metric.of != nil:
		value = l.metric.of(r)
	case r.Withheld() != "" || r.Latency.Count() == 0:
		return 0, Unknown
	default:
		value = milliseconds(r.Latency.Percentile(l.metric.percentile))
	}
	if l.share {
		value = value / float64(r.Sent) * 100
	}
	if l.equal && value == l.bound || l.over && value > l.bound || !l.over && value < l.bound {
		return value, Broken
	}
	if r.Withheld() == WithheldLocal { // too many messages said nothing
		return 0, Unknown
	}
	return value, Held
}

// Unit is that of the value of Judge: "ms", "%", "/s", or "".
func (l Limit) Unit() string {
	switch {
	case l.metric.of == nil:
		return "ms"
	case l.share:
		return "%"
	case l.metric.rate:
		return "/s"
	}
	return ""
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// Failed is how many deliveries failed, of whatever class.
func (r *Result) Failed() (n int64) {
	for _, of := range r.Errors {
		n += of
	}
	return n
}

// Faulty is how many findings there were that are errors, each as often as it
// was found.
func (r *Result) Faulty() (n int64) {
	for _, c := range r.Findings {
		if c.Finding.Severity == finding.Error {
			n += c.N
		}
	}
	return n
}
