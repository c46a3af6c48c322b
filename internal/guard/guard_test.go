package guard

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestForeign(t *testing.T) {
	for _, c := range []struct {
		origin, site string
		foreign      bool
	}{
		{"", "", false},
		{"", "none", false},
		{"", "same-origin", false},
		{"", "same-site", true},
		{"", "cross-site", true},
		{"", "something new", true},
		{"http://127.0.0.1:8900", "same-origin", false},
		{"HTTPS://127.0.0.1:8900", "", false},
		{"http://127.0.0.1:3000", "same-site", true},
		{"https://evil.example", "cross-site", true},
		{"null", "same-origin", true},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = "127.0.0.1:8900"
		for name, value := range map[string]string{"Origin": c.origin, "Sec-Fetch-Site": c.site} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		if got := Foreign(r); got != c.foreign {
			t.Errorf("origin %q, site %q: %t", c.origin, c.site, got)
		}
	}
}

func TestPage(t *testing.T) {
	h := http.Header{}
	Page(h, "img-src 'self'")
	policy := h.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "; img-src 'self'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("%q has no %q", policy, want)
		}
	}
	Page(h, "")
	if policy := h.Get("Content-Security-Policy"); strings.HasSuffix(policy, "; ") || strings.Contains(policy, "img-src") {
		t.Errorf("policy %q", policy)
	}
}
