package loadpage_test

import (
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/load"
	"github.com/wxdev/wxdev/pkg/load/loadpage"
	"github.com/wxdev/wxdev/pkg/push"
)

// loaded is what came of a short load, with more seconds than it took.
func loaded(t *testing.T) *load.Result {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "success")
	}))
	t.Cleanup(server.Close)
	source, err := load.NewSource(load.Options{})
	if err != nil {
		t.Fatal(err)
	}
	plan := &load.Plan{Pusher: &push.Pusher{URL: server.URL, Token: "letmein7"}, Source: source, Connections: 2, Count: 50}
	r, err := plan.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.Series = nil
	for i := range 1000 {
		s := load.Second{Sent: 100, Answered: 90, P50: time.Millisecond, P99: time.Duration(i+1) * 6 * time.Millisecond, Max: 7 * time.Second}
		if i == 500 {
			s = load.Second{Sent: 100, Errors: 100} // with a gap
		}
		r.Series = append(r.Series, s)
	}
	return r
}

// TestPage: it is in the reader's language, it is whole by itself, and its
// drawings are well-formed.
func TestPage(t *testing.T) {
	r := loaded(t)
	about := loadpage.About{
		URL: "http://127.0.0.1/?a=<b>", Load: "a & b", When: time.Unix(1_800_000_000, 0),
		Limits:   []loadpage.Limit{{Text: "p99>1s", Outcome: "FAIL", Failed: true}},
		Findings: []loadpage.Finding{{ID: "M14", Title: "<script>alert(1)</script>", Evidence: "\"'&", Count: "5"}},
	}
	for lang, want := range map[finding.Lang]string{finding.English: "Latency by percentile", finding.Chinese: "响应时间的百分位分布"} {
		page := string(loadpage.Of(lang, r, about))
		for _, s := range []string{want, `<html lang="` + string(lang) + `">`, "http://127.0.0.1/?a=&lt;b&gt;", "a &amp; b", "p99&gt;1s", "light-dark("} {
			if !strings.Contains(page, s) {
				t.Errorf("%s: no %q", lang, s)
			}
		}
		if m := regexp.MustCompile(`<script|<link|src=|href=|url\(|@import|%!|NaN|Inf`).FindString(page); m != "" {
			t.Errorf("%s: there is %q", lang, m)
		}
		drawings := regexp.MustCompile(`(?s)<svg.*?</svg>`).FindAllString(page, -1)
		if len(drawings) != 3 {
			t.Errorf("%s: %d drawings", lang, len(drawings))
		}
		for _, d := range drawings {
			if err := xml.Unmarshal([]byte(d), new(struct{})); err != nil || len(d) > 64<<10 {
				t.Errorf("%s: %d bytes, %v: %.300s", lang, len(d), err, d)
			}
		}
	}
}

// TestPageWithheld: what is not told is not drawn either.
func TestPageWithheld(t *testing.T) {
	page := string(loadpage.Of(finding.English, loaded(t), loadpage.About{Withheld: "sent too late"}))
	if strings.Count(page, "<svg") != 1 || !strings.Contains(page, "sent too late") || strings.Contains(page, ">p99") {
		t.Errorf("%.4000s", page)
	}
	if page := string(loadpage.Of(finding.English, &load.Result{Interrupted: true}, loadpage.About{})); strings.Contains(page, "<svg") || !strings.Contains(page, "interrupted") {
		t.Errorf("%.4000s", page)
	}
}

// TestTime: three digits, and the unit that fits.
func TestTime(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0.00 ms", 123 * time.Microsecond: "0.12 ms", 9994 * time.Microsecond: "9.99 ms", 9996 * time.Microsecond: "10.0 ms",
		99949 * time.Microsecond: "99.9 ms", 123 * time.Millisecond: "123 ms", 999600 * time.Microsecond: "1.00 s", 5 * time.Second: "5.00 s", 90 * time.Second: "90.0 s",
	} {
		if got := loadpage.Time(d); got != want {
			t.Errorf("%d is %s, not %s", d, got, want)
		}
	}
	for d, want := range map[time.Duration]string{0: "0s", 30 * time.Second: "30s", 90 * time.Second: "1m30s", 10 * time.Minute: "10m", time.Hour: "1h", 60 * 61 * time.Second: "1h1m"} {
		if got := loadpage.Clock(d); got != want {
			t.Errorf("%d is %s, not %s", d, got, want)
		}
	}
}
