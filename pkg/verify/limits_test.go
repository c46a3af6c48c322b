package verify_test

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/wxdev/wxdev/pkg/receiver"
)

// TestBodyLimit: a limit of the body's size that only long messages meet is not
// laid to what is in them.
func TestBodyLimit(t *testing.T) {
	t.Parallel()
	for name, refuse := range map[string]http.HandlerFunc{
		"proxy":   status(413, "<html><h1>413 Request Entity Too Large</h1>nginx</html>"),
		"handler": status(400, "http: request body too large"),
		"crash":   status(500, "PayloadTooLargeError: request entity too large"),
	} {
		h := refusing(func(r *http.Request) bool { return isPost(r) && r.ContentLength > 1000 }, refuse)
		r := run(t, messageOptions(t, handler(h)(t), ""))
		if got := serious(r); !slices.Equal(got, []string{"M29 too-large"}) {
			t.Errorf("%s: found %q", name, got)
		}
		describable(t, r)
	}
}

// TestPostsFailAtRandom: whichever checks meet it, it is one finding, and failing is
// not refusing.
func TestPostsFailAtRandom(t *testing.T) {
	t.Parallel()
	// The pattern begins with the POST of a wrong signature, which fails twice.
	const pattern = "xx..x.xx..x.x..xxx.x"
	var seen atomic.Int32
	good := &receiver.Handler{Token: token}
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isPost(r) && pattern[int(seen.Add(1)-1)%len(pattern)] == 'x' {
			status(500, "Internal Server Error")(w, r)
			return
		}
		good.ServeHTTP(w, r)
	})
	r := run(t, messageOptions(t, handler(h)(t), ""))
	chance := 0
	for _, f := range serious(r) {
		if strings.HasPrefix(f, "V50 ") {
			chance++
		}
	}
	if got := serious(r); chance != 1 || slices.Contains(got, "V50 push-refused") {
		t.Errorf("found %q", got)
	}
}

// TestHalfOfPostsFail: of a server that fails every other message by chance no
// cause is named that only some messages have.
func TestHalfOfPostsFail(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"", "safe"} {
		for seed := range uint64(4) {
			random, mu := rand.New(rand.NewPCG(seed, 7)), new(sync.Mutex)
			fails := func(r *http.Request) bool {
				mu.Lock()
				defer mu.Unlock()
				return isPost(r) && random.IntN(2) == 0
			}
			good := &receiver.Handler{Token: token, Codec: newCodec(t, appID)}
			h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if fails(r) {
					status(500, "Internal Server Error")(w, r)
					return
				}
				good.ServeHTTP(w, r)
			})
			r := run(t, messageOptions(t, handler(h)(t), mode))
			for _, f := range serious(r) {
				if id := f[:3]; id != "V50" && id != "M01" {
					t.Errorf("mode %q, seed %d: found %q", mode, seed, serious(r))
				}
			}
		}
	}
}
