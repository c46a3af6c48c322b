package verify_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/verify"
)

// BenchmarkRun is all checks of a correct server on loopback.
func BenchmarkRun(b *testing.B) {
	s := httptest.NewServer(&receiver.Handler{Token: token})
	b.Cleanup(s.Close)
	requests := 0
	for b.Loop() {
		r, err := verify.Run(b.Context(), verify.Options{URL: s.URL + "/wechat", Token: token})
		if err != nil || !r.OK() {
			b.Fatal(err, r)
		}
		requests = len(r.Probes)
	}
	b.ReportMetric(float64(requests), "requests")
}

// TestRunIsQuick: checking a correct server must not be felt. The best of a
// few runs counts, for the machine has other things to do.
func TestRunIsQuick(t *testing.T) {
	url := handler(&receiver.Handler{Token: token})(t)
	best := time.Hour
	for range 5 {
		best = min(best, run(t, options(url)).Took)
	}
	if best > 150*time.Millisecond {
		t.Errorf("took %v", best)
	}
}
