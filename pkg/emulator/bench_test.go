package emulator_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
)

// benchServer is an emulator without quotas that has a menu, and a token of
// it.
func benchServer(tb testing.TB) (s *local.Server, menuURL string) {
	tb.Helper()
	state, err := emulator.ParseState("seed", []byte("[[account]]\nappid = \"wx0123456789abcdef\"\nmenu = '''"+goodMenu+"'''\n"+
		"[account.quota]\n\"/cgi-bin/token\" = 0\n\"/cgi-bin/menu/get\" = 0\n[[account.token_issued]]\nvalue = \"t\"\nkind = \"stable_token\"\ncreated = 2020-01-01T00:00:00Z\nexpires = 2199-01-01T00:00:00Z\n"))
	if err != nil {
		tb.Fatal(err)
	}
	if s, err = local.NewServer(emulator.Config{Seed: state}); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Close)
	return s, s.URL + "/cgi-bin/menu/get?access_token=t"
}

// emptyServer answers with nothing: what net/http costs by itself.
func emptyServer(tb testing.TB) string {
	tb.Helper()
	srv := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), ReadHeaderTimeout: busy.Net}
	l := listen(tb)
	go srv.Serve(l)
	tb.Cleanup(func() { srv.Close() })
	return "http://" + l.Addr().String() + "/cgi-bin/menu/get?access_token=t"
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

// BenchmarkRate compares the rates of the token and the menu with that of an
// empty handler, in turns, so that whatever else the machine does is shared.
// The numbers that count are token/empty and menu/empty.
func BenchmarkRate(b *testing.B) {
	s, menuURL := benchServer(b)
	urls := []string{emptyServer(b), s.URL + tokenURL, menuURL}
	var spent [3]time.Duration
	const turn = 200
	for b.Loop() {
		for i, url := range urls {
			begun := time.Now()
			for range turn {
				fetch(b, url)
			}
			spent[i] += time.Since(begun)
		}
	}
	perSecond := func(i int) float64 { return float64(b.N*turn) / spent[i].Seconds() }
	b.ReportMetric(perSecond(0), "empty/s")
	b.ReportMetric(perSecond(1)/perSecond(0), "token/empty")
	b.ReportMetric(perSecond(2)/perSecond(0), "menu/empty")
}

// BenchmarkHandler is what the emulator itself takes of a call.
func BenchmarkHandler(b *testing.B) {
	s, menuURL := benchServer(b)
	for _, c := range []struct{ name, url string }{{"token", tokenURL}, {"menu", menuURL[len(s.URL):]}} {
		b.Run(c.name, func(b *testing.B) {
			req := httptest.NewRequest("GET", c.url, nil)
			b.ReportAllocs()
			for b.Loop() {
				s.ServeHTTP(discard{}, req)
			}
		})
	}
}

// discard is a ResponseWriter that costs little.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}

// BenchmarkRateParallel is BenchmarkRate from several connections at once.
func BenchmarkRateParallel(b *testing.B) {
	s, menuURL := benchServer(b)
	for _, c := range []struct{ name, url string }{{"empty", emptyServer(b)}, {"token", s.URL + tokenURL}, {"menu", menuURL}} {
		b.Run(c.name, func(b *testing.B) {
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					fetch(b, c.url)
				}
			})
		})
	}
}
