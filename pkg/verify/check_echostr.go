package verify

import (
	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/wire"
)

// shape is a form of the echostr, which must be taken for text.
type shape struct {
	name, echostr string
	// wrong judges an answer without the echostr: the variant that it shows, or
	// "" if WeChat's echostr may well be answered right.
	wrong func(ex *wire.Exchange) (variant string, facts []any)
}

func shapes(h *handle) []shape {
	// 20 digits above int64 were seen once in the wild.
	big := "18" + h.number(300_000_000_000_000_000, 400_000_000_000_000_000)[:15] + h.number(101, 999)
	zero := "0" + h.number(100_000_000_000_000_000, 900_000_000_000_000_000)
	const letters = "wxdevEchostr"
	all := []shape{
		{"20 digits", big, func(ex *wire.Exchange) (string, []any) {
			if got, number := answer.Number(ex); number {
				return "clamped", []any{"sent", big, "got", got}
			}
			return "int64", []any{"sent", big, "answer", answer.Summary(ex)}
		}},
		{"leading zero", zero, func(ex *wire.Exchange) (string, []any) {
			if got, number := answer.Number(ex); number {
				return "leading-zero", []any{"sent", zero, "got", got}
			}
			return "", nil
		}},
		{"letters", letters, func(ex *wire.Exchange) (string, []any) {
			if answer.Echoed(ex, letters) {
				return "", nil
			}
			return "typed", []any{"sent", finding.Quoted(letters), "answer", answer.Summary(ex)}
		}},
	}
	for _, odd := range []string{"a b+c/=%", "<i>x</i>"} {
		all = append(all, shape{"odd characters", odd, func(ex *wire.Exchange) (string, []any) {
			// A refusal may be a firewall's, and real ones are digits: only a
			// changed echostr is worth a word.
			if ex.Response == nil || ex.Response.Status != 200 || len(ex.Response.Body) == 0 {
				return "", nil
			}
			return "altered", []any{"sent", finding.Quoted(odd), "got", finding.Excerpt(ex.Response.Body)}
		}})
	}
	return all
}

// checkEchostr sends other forms of echostr.
func checkEchostr(h *handle) judge {
	all := shapes(h)
	probes := make([]*pending, len(all))
	for i, s := range all {
		probes[i] = h.begin(s.name, s.query(h))
	}
	return func() finding.Facts {
		for i, s := range all {
			ex := probes[i].answer()
			if s.cameBack(ex) {
				continue
			}
			again := func() (*wire.Exchange, bool) {
				ex := h.get(s.name, s.query(h))
				return ex, s.cameBack(ex)
			}
			variant, facts := s.wrong(ex)
			if variant == "" {
				repeated(h, ex, func() *wire.Exchange { ex, _ := again(); return ex })
				continue
			}
			if insists(h, ex, again) {
				h.find("V23", variant, ex, facts...)
			}
			break
		}
		return nil
	}
}

func (s shape) query(h *handle) query {
	q := h.signed(h.newNonce())
	q.echostr = s.echostr
	return q
}

func (s shape) cameBack(ex *wire.Exchange) bool {
	return ex.Response != nil && ex.Response.Status < 300 && string(ex.Response.Body) == s.echostr
}
