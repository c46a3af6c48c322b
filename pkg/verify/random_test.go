package verify_test

import (
	"crypto/sha1"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/verify"
)

// everyNth answers the GETs with h whose number has the remainder rest, and
// is right otherwise.
func everyNth(n, rest int32, h http.HandlerFunc) func(*testing.T) string {
	return fresh(func() http.Handler {
		var seen atomic.Int32
		return refusing(func(r *http.Request) bool { return isGet(r) && seen.Add(1)%n == rest }, h)
	})
}

// inTurn passes and fails as the pattern says, over and over.
func inTurn(pattern string, fail http.HandlerFunc) func(*testing.T) string {
	return fresh(func() http.Handler {
		var seen atomic.Int32
		return refusing(func(r *http.Request) bool {
			return right(of(r)) && pattern[int(seen.Add(1)-1)%len(pattern)] == 'x'
		}, fail)
	})
}

// TestRefusedAtRandom: what a server does at random is not laid to the form of
// the request that happened to pass.
func TestRefusedAtRandom(t *testing.T) {
	gateway := status(502, "<html><h1>502 Bad Gateway</h1>nginx</html>")
	for name, c := range map[string]struct {
		want  string
		start func(*testing.T) string
	}{
		"one of two has an old token":       {"V50 random", everyNth(2, 1, withToken("oldtoken1"))},
		"one of two, the second":            {"V50 random", everyNth(2, 0, withToken("oldtoken1"))},
		"one of three, the third":           {"V50 random", everyNth(3, 0, status(403, ""))},
		"one of two backends down":          {"V04 one-backend", everyNth(2, 0, gateway)},
		"one of two backends down, at once": {"V04 one-backend", everyNth(2, 1, gateway)},
		"one of three behind Cloudflare":    {"V04 one-backend", everyNth(3, 0, status(522, "<html>522</html>"))},
		"now and then":                      {"V50 random", inTurn("...x..x.xx..x....x", status(500, "Internal Server Error"))},
		"now and then, from the first":      {"V50 random", inTurn("x..xx...x.x.....xx.x.", status(500, "Internal Server Error"))},
		"mostly":                            {"V50 random", inTurn("xx.xxxx.x", status(500, "Internal Server Error"))},
		"a page now and then":               {"V50 random", everyNth(2, 1, status(200, "<html><div>busy</div></html>"))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, options(c.start(t)))
			if got := serious(r); !slices.Equal(got, []string{c.want}) {
				t.Errorf("found %q, want %q", got, c.want)
			}
			describable(t, r)
			printable(t, r)
		})
	}
}

// TestBucket: a limit that is always a little short is a limit, whatever it
// answers with.
func TestBucket(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for time to pass")
	}
	for name, refuse := range map[string]http.HandlerFunc{
		"403":  status(403, "slow down"),
		"200":  status(200, "slow down"),
		"page": status(200, "<html>slow down</html>"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, options(handler(limiting(5, 20, refuse))(t)))
			if got := serious(r); len(got) > 0 || !r.OK() {
				t.Errorf("false alarm: %q", got)
			}
		})
	}
}

// limiting is a correct server that takes burst requests at once and then
// perSecond.
func limiting(burst, perSecond float64, refuse http.HandlerFunc) http.Handler {
	var mu sync.Mutex
	tokens, last := burst, time.Now()
	good := &receiver.Handler{Token: token}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		now := time.Now()
		tokens, last = min(burst, tokens+now.Sub(last).Seconds()*perSecond), now
		if tokens < 1 {
			refuse(w, r)
			return
		}
		tokens--
		good.ServeHTTP(w, r)
	})
}

// TestMissingZeros: hex without zeros fails for some signatures, and is told
// each time.
func TestMissingZeros(t *testing.T) {
	each := func(v values) string {
		var s string
		for _, b := range sha1.Sum([]byte(joined(v))) {
			s += fmt.Sprintf("%x", b)
		}
		return s
	}
	number := func(v values) string {
		s := sha1.Sum([]byte(joined(v)))
		return new(big.Int).SetBytes(s[:]).Text(16)
	}
	for want, compute := range map[string]func(values) string{"V45 no-padding": each, "V45 no-leading-zero": number} {
		for i := range 4 {
			t.Run(fmt.Sprint(want, i), func(t *testing.T) {
				t.Parallel()
				r := run(t, options(handler(hashing(compute))(t)))
				if got := serious(r); !slices.Equal(got, []string{want}) {
					t.Errorf("found %q", got)
					for _, p := range r.Probes {
						t.Logf("%-24s %-5s %s", p.Name, p.Shown, p.Exchange.Request.Line())
					}
				}
				describable(t, r)
			})
		}
	}
}

// TestRefusalThatQuotes: a refusal with status 200 may quote the echostr.
func TestRefusalThatQuotes(t *testing.T) {
	for name, format := range map[string]string{
		"json": `{"error":"signature mismatch","echostr":"%s"}`,
		"text": "signature error, request %s refused",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, options(handler(refusal(func(w http.ResponseWriter, r *http.Request) {
				fmt.Fprintf(w, format, of(r).echostr)
			}))(t)))
			if got := serious(r); len(got) > 0 || !r.OK() {
				t.Errorf("false alarm: %q", got)
			}
		})
	}
	t.Run("numeric sort", func(t *testing.T) {
		t.Parallel()
		r := run(t, options(handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			v := of(r)
			if v.signature != sum(byNumber, token, v.timestamp, v.nonce) {
				io.WriteString(w, "refused "+v.echostr)
				return
			}
			plain(w, v)
		}))(t)))
		if got := serious(r); !slices.Equal(got, []string{"V18 numeric-sort"}) {
			t.Errorf("found %q", got)
		}
	})
}

// TestHealthyRequests: repetition is for servers that refuse something.
func TestHealthyRequests(t *testing.T) {
	r := run(t, options(handler(&receiver.Handler{Token: token})(t)))
	if len(r.Probes) < 20 || len(r.Probes) > 24 || slices.ContainsFunc(r.Probes, func(p verify.Probe) bool { return strings.Contains(p.Name, "again ") }) {
		t.Errorf("%d requests", len(r.Probes))
	}
}
