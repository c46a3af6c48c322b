package verify

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/wire"
)

// The odds are counted in process, without sockets, with seeds, and in a bubble
// where waiting takes no time: they are the same each time.

// seeded is a source of random bytes that gives the same ones each time.
type seeded struct{ *rand.Rand }

func (s seeded) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(s.Uint32())
	}
	return len(b), nil
}

// answering makes an exchange of an answer.
func answering(req *wire.Request, status int, body string) *wire.Exchange {
	return &wire.Exchange{
		Request: req, End: wire.EndEOF, Received: []byte(body),
		Response: &wire.Response{Proto: "HTTP/1.1", Status: status, Body: []byte(body), Decoded: []byte(body)},
	}
}

// flaky is a correct server in process that fails so many requests in 100, in
// its own way.
func flaky(random *rand.Rand, percent int, fail func(*wire.Request) *wire.Exchange) func(context.Context, *wire.Request) *wire.Exchange {
	return func(_ context.Context, req *wire.Request) *wire.Exchange {
		if random.IntN(100) < percent {
			return fail(req)
		}
		u, err := url.Parse(req.URL)
		if err != nil {
			return answering(req, 400, "bad request")
		}
		q := u.Query()
		switch {
		case !signature.Equal(q.Get("signature"), signature.Access("letmein7", q.Get("timestamp"), q.Get("nonce"))):
			return answering(req, 403, "forbidden")
		case req.Method == "POST":
			return answering(req, 200, "success")
		}
		return answering(req, 200, q.Get("echostr"))
	}
}

// failures are the ways in which a server fails at random.
var failures = map[string]func(*wire.Request) *wire.Exchange{
	"500":        func(req *wire.Request) *wire.Exchange { return answering(req, 500, "Internal Server Error") },
	"403":        func(req *wire.Request) *wire.Exchange { return answering(req, 403, "forbidden") },
	"200, words": func(req *wire.Request) *wire.Exchange { return answering(req, 200, "system busy") },
	"closed": func(req *wire.Request) *wire.Exchange {
		return &wire.Exchange{Request: req, Err: &wire.Error{Kind: wire.Closed, Err: fmt.Errorf("closed")}}
	},
	"502": func(req *wire.Request) *wire.Exchange { return answering(req, 502, "<html>502 Bad Gateway</html>") },
}

// chanceOf counts what runs against a flaky server end with.
func chanceOf(t *testing.T, runs, percent int, fail func(*wire.Request) *wire.Exchange) map[string]int {
	t.Helper()
	ends := map[string]int{}
	synctest.Test(t, func(t *testing.T) {
		for i := range runs {
			random := rand.New(rand.NewPCG(uint64(percent), uint64(i)))
			r, err := Run(t.Context(), Options{
				URL: "http://127.0.0.1:8080/wechat", Token: "letmein7", AppID: "wx0123456789abcdef",
				Rand: seeded{random}, inProcess: flaky(random, percent, fail),
			})
			if err != nil {
				t.Fatal(err)
			}
			ends[named(r)]++
		}
	})
	return ends
}

// named is the first finding that is more than an info, or "healthy".
func named(r *Report) string {
	for _, f := range r.Findings {
		if f.Severity != finding.Info {
			return f.ID + " " + f.Variant
		}
	}
	if !r.OK() {
		return "refused without a finding"
	}
	return "healthy"
}

// TestOdds: a server that fails at random is told, and no form of the request
// is blamed. That nothing answers is right to say of one that never did.
func TestOdds(t *testing.T) {
	for name, fail := range failures {
		for percent, runs := range map[int]int{10: 1000, 30: 20_000, 50: 1000} {
			if name != "500" || testing.Short() {
				runs = min(runs, 300)
			}
			t.Run(fmt.Sprintf("%s, %d in 100", name, percent), func(t *testing.T) {
				t.Parallel()
				start := time.Now()
				ends := chanceOf(t, runs, percent, fail)
				for what, n := range ends {
					switch what {
					case "V50 random", "V04 one-backend":
					case "V43 error-status", "V03 token-unknown", "V03 token-or-query", "V39 closed", "V04 gateway":
						// Nothing was ever accepted: one in some hundred runs, at most.
						if n > 1+runs/300 {
							t.Errorf("%d of %d runs end with %s", n, runs, what)
						}
					case "healthy": // the shares are in the package comment
						if most := map[int]int{10: runs * 3 / 10, 30: max(1, runs/1000), 50: 0}[percent]; n > most {
							t.Errorf("%d of %d runs call it healthy", n, runs)
						}
					default:
						t.Errorf("%d of %d runs end with %s", n, runs, what)
					}
				}
				t.Log(runs, ends, time.Since(start))
			})
		}
	}
}
