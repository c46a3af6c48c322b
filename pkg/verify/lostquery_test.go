package verify_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
)

// fromForm reads the parameters from a form in the body of such requests.
func fromForm(method string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, max(r.ContentLength, 0))
		r.Body.Read(body)
		if r.Method != method || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
			return
		}
		r.Method, r.URL.RawQuery = "GET", string(body)
		textbook(right, plain)(w, r)
	}
}

// TestLostQuery: a server that never sees the query answers a request without
// one alike, and one with a wrong signature. So does one with another token,
// which is named first.
func TestLostQuery(t *testing.T) {
	good := textbook(right, plain)
	lost := func(w http.ResponseWriter, r *http.Request) { r.URL.RawQuery = ""; good(w, r) }
	for name, c := range map[string]struct {
		want string
		h    http.HandlerFunc
	}{
		"lost on the way":   {"V03 token-or-query", lost},
		"lost, empty 200":   {"V03 token-or-query", silent(lost)},
		"another token":     {"V03 token-or-query", status(403, "wrong")},
		"read from a form":  {"V16 form", fromForm("GET")},
		"from a form, POST": {"V16 form", fromForm("POST")},
		"from a form, as a message": {"V16 form", func(w http.ResponseWriter, r *http.Request) {
			if v := (values{r.PostFormValue("signature"), r.PostFormValue("timestamp"), r.PostFormValue("nonce"), ""}); r.Method != "POST" || !right(v) {
				status(403, "wrong")(w, r)
				return
			}
			status(200, "success")(w, r)
		}},
		"says otherwise without": {"V03 token-unknown", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.RawQuery == "" {
				status(400, "no parameters")(w, r)
				return
			}
			status(403, "wrong")(w, r)
		}},
		"says otherwise to a wrong one": {"V46 checked", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.RawQuery != "" && !right(of(r)) {
				status(200, "wrong")(w, r)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, options(handler(c.h)(t)))
			describable(t, r)
			if !names(r, c.want) || slices.Contains(all(r), "V16 possible") {
				t.Errorf("found %q, want %q", all(r), c.want)
			}
			if f := r.Findings[0]; f.Variant == "token-or-query" && f.Facts.Text(finding.English, "rest") != "" {
				t.Errorf("some were not tried: %v", f.Facts)
			}
		})
	}
}

// TestLostQueryOfPOST: a proxy drops the query of POSTs alone; where it
// arrives, and another token refuses it, what says otherwise without is not said
// to lack it.
func TestLostQueryOfPOST(t *testing.T) {
	codec := newCodec(t, appID)
	lost := func(h http.Handler) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Method == "POST" {
				r.URL.RawQuery = ""
			}
			h.ServeHTTP(w, r)
		}
	}
	says := func(refuse http.HandlerFunc) http.HandlerFunc {
		return withPost(textbook(right, plain), refuse).ServeHTTP
	}
	demands := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery == "" {
			http.Error(w, "no parameters", http.StatusBadRequest)
			return
		}
		http.Error(w, "bad signature", http.StatusForbidden)
	}
	safe := &bot{safe: true, codec: codec}
	for name, c := range map[string]struct {
		mode, want string
		h          http.HandlerFunc
	}{
		"safe":              {"safe", "M02 refused-or-query", lost(safe)},
		"compat":            {"compat", "M02 refused-or-query", lost(safe)},
		"compat, plain":     {"compat", "M02 refused-or-query", lost(&bot{})},
		"plain":             {"plain", "M29 refused-or-query", lost(&bot{})},
		"safe, in words":    {"safe", "M29 said-or-query", says(status(200, "invalid signature"))},
		"plain, in words":   {"plain", "M29 said-or-query", says(status(200, "invalid signature"))},
		"it arrives, safe":  {"safe", "M02 refused", says(demands)},
		"it arrives, plain": {"plain", "M29 refused-plain", says(demands)},
		"mended, safe":      {"safe", "", safe.ServeHTTP},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, messageOptions(t, handler(c.h)(t), c.mode))
			if got := strings.Join(serious(r), ", "); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
			describable(t, r)
			inChinese(t, r)
		})
	}
}

// silent refuses with an empty 200.
func silent(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { h(emptying{w}, r) }
}

type emptying struct{ http.ResponseWriter }

func (w emptying) WriteHeader(int)             {}
func (w emptying) Write(b []byte) (int, error) { return len(b), nil }
