//go:build !race

package emulator_test

import (
	"io"
	"math"
	"net/http"
	"testing"
	"time"
)

// TestRate holds that the emulator answers at no less than half the rate of an
// empty handler; BenchmarkToken and BenchmarkMenuGet say what it is. The three take turns, and of each its fastest turn
// counts, so that what else the machine does is left out; a busy one gets
// more turns. (The race detector slows our code more than net/http's, so it
// is not asked.)
func TestRate(t *testing.T) {
	s, menuURL := benchServer(t)
	urls := []string{emptyServer(t) + tokenURL, s.URL + tokenURL, menuURL}
	best := []time.Duration{math.MaxInt64, math.MaxInt64, math.MaxInt64}
	var token, menu float64
	for turn := 1; turn <= 400; turn++ {
		for i, url := range urls {
			begun := time.Now()
			for range 50 {
				fetch(t, url)
			}
			best[i] = min(best[i], time.Since(begun))
		}
		token, menu = best[0].Seconds()/best[1].Seconds(), best[0].Seconds()/best[2].Seconds()
		if turn >= 20 && token >= 0.5 && menu >= 0.5 {
			t.Logf("token %.2f, menu/get %.2f of the empty handler's rate, after %d turns", token, menu, turn)
			return
		}
	}
	t.Errorf("token %.2f, menu/get %.2f of the empty handler's rate, want 0.50", token, menu)
}

func fetch(tb testing.TB, url string) {
	res, err := http.Get(url)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusOK {
		tb.Fatalf("%s: %v", res.Status, err)
	}
	res.Body.Close()
}
