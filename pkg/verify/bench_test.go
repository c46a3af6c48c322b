package verify_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/wxdev/wxdev/internal/busy"
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

// TestRunIsQuick: checking a correct server must not be felt. It takes little
// more than as many requests do that nobody judges.
func TestRunIsQuick(t *testing.T) {
	url := handler(&receiver.Handler{Token: token})(t)
	o := options(url)
	requests := len(run(t, o).Probes)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	best := busy.Fastest(20, func() { run(t, o) }, func() {
		for range requests {
			res, err := client.Get(url)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
		}
	})
	if best[0] > 3*best[1] {
		t.Errorf("took %v, and %d bare requests %v", best[0], requests, best[1])
	}
}
