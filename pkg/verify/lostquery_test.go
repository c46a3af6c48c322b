package verify_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
)

// TestLostQuery: a server that never sees the query answers a request without
// one alike. So does one with another token, which is named first.
func TestLostQuery(t *testing.T) {
	good := textbook(right, plain)
	for name, c := range map[string]struct {
		possible bool
		h        http.HandlerFunc
	}{
		"lost on the way": {true, func(w http.ResponseWriter, r *http.Request) { r.URL.RawQuery = ""; good(w, r) }},
		"says otherwise without": {false, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.RawQuery == "" {
				status(400, "no parameters")(w, r)
				return
			}
			status(403, "wrong")(w, r)
		}},
	} {
		r := run(t, options(handler(c.h)(t)))
		describable(t, r)
		possible := slices.ContainsFunc(r.Findings, func(f finding.Finding) bool { return f.ID == "V16" && f.Variant == "possible" })
		if possible != c.possible || !names(r, "V03 token-unknown") {
			t.Errorf("%s: found %v", name, r.Findings)
		}
	}
}
