package load

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
)

// measured is a result with a hundred answers of 1 ms to 100 ms.
func measured() *Result {
	r := &Result{
		Sent: 200, Answered: 100, Latency: newLatency(), Rate: 50, Late: 2, Faults: 3, Redelivered: 4, AnsweredTwice: 1,
		Errors:   map[Class]int64{ErrTimeout: 5, ErrRefused: 1},
		Findings: []Count{{finding.Finding{ID: "M14", Severity: finding.Error}, 7}, {finding.Finding{ID: "M01", Severity: finding.Warning}, 9}},
	}
	for ms := range 100 {
		r.Latency.record(time.Duration(ms+1) * time.Millisecond)
	}
	return r
}

// TestLimits: what is broken, at the bound and around it.
func TestLimits(t *testing.T) {
	for s, want := range map[string]struct {
		text    string
		value   float64
		verdict Verdict
	}{
		"p50>51ms":        {"p50>51ms", 50, Held},
		"p50>49.9ms":      {"p50>49.9ms", 50, Broken},
		"P50 >= 50ms":     {"p50>=50ms", 50, Broken},
		"p90>1s":          {"p90>1s", 90, Held},
		"p99 > 0.09 s":    {"p99>0.09 s", 99, Broken},
		"p99.9<1s":        {"p99.9<1s", 100, Broken},
		"p999<=101ms":     {"p99.9<=101ms", 100, Broken},
		"max>101ms":       {"max>101ms", 100, Held},
		"faults>2":        {"faults>2", 3, Broken},
		"faults>3":        {"faults>3", 3, Held},
		"faults>1.5%":     {"faults>1.5%", 1.5, Held},
		"faults>=1.5%":    {"faults>=1.5%", 1.5, Broken},
		"late>0":          {"late>0", 2, Broken},
		"redelivered>4":   {"redelivered>4", 4, Held},
		"twice>0":         {"twice>0", 1, Broken},
		"errors>5":        {"errors>5", 6, Broken},
		"errors > 3 %":    {"errors>3 %", 3, Held},
		"findings>7":      {"findings>7", 7, Held},
		"rate<50":         {"rate<50", 50, Held},
		"rate <= 50/s":    {"rate<=50/s", 50, Broken},
		"rate<1000.5 /s ": {"rate<1000.5 /s", 50, Broken},
	} {
		l, err := ParseLimit(s)
		if err != nil {
			t.Errorf("%q: %v", s, err)
			continue
		}
		value, verdict := l.Judge(measured())
		if value = float64(int(value*10+0.5)) / 10; l.String() != want.text || value != want.value || verdict != want.verdict {
			t.Errorf("%q is %s: %v, %s", s, l, value, verdict)
		}
	}
}

// TestLimitsUnknown: percentiles that are withheld, or of nothing, are neither
// held nor broken; and nothing is, when nothing was sent.
func TestLimitsUnknown(t *testing.T) {
	late, silent := measured(), measured()
	late.Late = 3
	silent.Latency = newLatency()
	for _, name := range LimitNames() {
		value := ">0"
		if strings.HasPrefix(name, "p") || name == "max" {
			value = ">0s"
		}
		l, err := ParseLimit(name + value)
		if err != nil {
			t.Fatal(err)
		}
		for what, r := range map[string]*Result{"late": late, "silent": silent, "nothing": {}} {
			_, verdict := l.Judge(r)
			if unknown := l.Unit() == "ms" || what == "nothing"; unknown != (verdict == Unknown) {
				t.Errorf("%s: %s is %s", what, l, verdict)
			}
		}
	}
}

// TestLimitErrors name what was meant.
func TestLimitErrors(t *testing.T) {
	for s, want := range map[string]string{
		"":            "is not a name",
		"p99":         "is not a name",
		">1s":         "is not a name",
		"p99>":        "is not a name",
		"p99=1s":      "is not a name",
		"p99>>1s":     "is not a name",
		"p99=>1s":     `knows no "p99="`,
		"p98>1s":      `knows no "p98"; p90`,
		"fault>0":     `knows no "fault"; faults`,
		"banana>0":    `knows no "banana"`,
		"p99>1":       "takes a time",
		"p99>-1s":     "takes a time",
		"p99>5%":      "takes a time",
		"errors>1s":   "takes a number or a share",
		"errors>-1":   "takes a number or a share",
		"errors>NaN":  "takes a number or a share",
		"faults>many": "takes a number or a share",
		"rate<5%":     "takes messages a second",
		"rate<Inf":    "takes messages a second",
	} {
		_, err := ParseLimit(s)
		var wrong *LimitError
		if !errors.As(err, &wrong) {
			t.Errorf("%q: %v", s, err)
			continue
		}
		fault, nearest, _ := strings.Cut(want, "; ")
		if !strings.Contains(err.Error(), fault) || nearest != "" && wrong.Nearest != nearest || wrong.In(finding.Chinese) == err.Error() {
			t.Errorf("%q: %v; did you mean %q", s, err, wrong.Nearest)
		}
	}
}
