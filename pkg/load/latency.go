package load

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Latency is how long the answers took, to three digits.
type Latency struct{ h *hdrhistogram.Histogram }

// longest is the longest time that is told from a longer one.
const longest = 10 * time.Minute

func newLatency() *Latency {
	return &Latency{hdrhistogram.New(1, longest.Microseconds(), 3)}
}

func (l *Latency) record(d time.Duration) {
	_ = l.h.RecordValue(min(max(d, time.Microsecond), longest).Microseconds()) // it is in the range
}

// Count is how many answers there were.
func (l *Latency) Count() int64 { return l.h.TotalCount() }

// Percentile is the time within which p of a hundred answers came, p being 50,
// 99.9 or 100. Without an answer it is 0.
func (l *Latency) Percentile(p float64) time.Duration {
	return time.Duration(l.h.ValueAtPercentile(p)) * time.Microsecond
}

// Max is the longest time.
func (l *Latency) Max() time.Duration { return time.Duration(l.h.Max()) * time.Microsecond }

// Mean is the average.
func (l *Latency) Mean() time.Duration {
	return time.Duration(l.h.Mean() * float64(time.Microsecond))
}
