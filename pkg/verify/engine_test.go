package verify

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/wire"
)

// TestLongAnswersAreDropped: answers of 1 MB do not add up.
func TestLongAnswersAreDropped(t *testing.T) {
	for _, status := range []int{403, 200} {
		r := inBubble(t, func() Options {
			answers := right(t)
			return Options{inProcess: func(ctx context.Context, req *wire.Request) *wire.Exchange {
				ex := answers(ctx, req)
				if ex.Response.Status != 200 {
					return answering(req, status, strings.Repeat("no ", 1<<20/3))
				}
				return ex
			}}
		})
		refused, kept := 0, map[*byte]int{}
		for _, p := range r.Probes {
			res := p.Exchange.Response
			for _, b := range [][]byte{p.Exchange.Received, res.Body, res.Decoded} {
				if cap(b) > 0 {
					kept[&b[:1][0]] = max(kept[&b[:1][0]], cap(b))
				}
			}
			if bytes.HasPrefix(res.Body, []byte("no no")) {
				refused++
			}
		}
		sum := 0
		for _, n := range kept {
			sum += n
		}
		if refused < 3 || sum > 8<<20 {
			t.Errorf("%d: %d refusals, %d bytes are kept", status, refused, sum)
		}
	}
	// What is refused from the beginning gets a hundred requests and more.
	r := inBubble(t, func() Options {
		return Options{inProcess: func(_ context.Context, req *wire.Request) *wire.Exchange {
			return answering(req, 403, strings.Repeat("no ", 1<<20/3))
		}}
	})
	long := 0
	for _, p := range r.Probes {
		if len(p.Exchange.Response.Body) > 64<<10 {
			long++
		}
	}
	if len(r.Probes) < 50 || long > 16 {
		t.Errorf("of %d answers %d are kept whole", len(r.Probes), long)
	}
}
