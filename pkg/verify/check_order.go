package verify

import (
	"slices"
	"strings"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/wire"
)

// checkOrder sends right signatures on which wrong sort orders disagree. The
// first two nonces have forms that WeChat's own have.
func checkOrder(h *handle) judge {
	type probe struct {
		*pending
		form func() string // of the nonce, when WeChat may send one
	}
	var probes []probe
	for _, form := range []func() string{h.shortNonce, h.smallNonce} {
		q := signedWithZero(h, form)
		probes = append(probes, probe{h.begin("nonce "+q.nonce, q), form})
	}
	now := h.timestamp()
	probes = append(probes, probe{h.begin("equal values", h.signedAt(now, now)), nil})
	if nonce, ok := caseNonce(h.Token); ok {
		probes = append(probes, probe{h.begin("letter case", h.signed(nonce)), nil})
	}
	return func() finding.Facts {
		for _, p := range probes {
			ex := p.answer()
			if h.accepts(ex, p.query.echostr) || !telling(h, ex) {
				continue
			}
			if !explainRefusal(h, p.query, p.form == nil) {
				refusesNonce(h, p.query, ex, p.form)
			}
			break
		}
		return nil
	}
}

// signedWithZero is a query with a nonce of that form whose signature begins
// with a zero: one that is computed without such zeros differs.
func signedWithZero(h *handle, form func() string) query {
	for tries := 1; ; tries++ {
		// One in 16 begins so: that none of 4096 does is out of the question.
		if q := h.signed(form()); (*q.signature)[0] == '0' || tries == 4096 {
			return q
		}
	}
}

// explainRefusal looks for the mistake behind a right signature that was refused.
// A nonce that WeChat never sends may be refused for its form: without a
// mistake that explains it, that is no finding: there the mistakes of order are
// the likeliest.
func explainRefusal(h *handle, q query, odd bool) bool {
	all := mistakes(h, q)
	if odd {
		slices.SortStableFunc(all, func(a, b signature.Mistake) int { return isOrder(b) - isOrder(a) })
	}
	m, hit, ok := searchAmong(h, all, q)
	if !ok {
		return false
	}
	if _, has := m.Facts["nonce"]; has {
		m.Facts["nonce"] = finding.Name(q.nonce)
	}
	findMistake(h, m, hit)
	return true
}

func isOrder(m signature.Mistake) int {
	if m.ID == "M23" {
		return 1
	}
	return 0
}

// refusesNonce tells of a nonce that was refused for no known mistake, if
// WeChat may send one of its form. Another is sent once more, to know that it
// was not chance.
func refusesNonce(h *handle, q query, ex *wire.Exchange, form func() string) {
	if form == nil {
		if t := h.trial("nonce "+q.nonce+" again", q); t.ok {
			h.doubt(trial{query: q, ex: ex}, t)
		}
		return
	}
	again := func() (*wire.Exchange, bool) {
		q := h.signed(form())
		return h.ask("nonce "+q.nonce, q)
	}
	if insists(h, ex, again) {
		h.find("V50", "nonce", ex, "nonce", q.nonce, "answer", answer.Summary(ex))
	}
}

// caseNonce is a nonce that is on one side of the token in the order of
// bytes and on the other when the case of letters is ignored.
func caseNonce(token string) (string, bool) {
	for _, n := range []string{"Zz9", "a", "zz9", "ZZZZZZZZ", token[:1] + "Z", token[:1] + "a", "A0"} {
		bytewise := strings.Compare(token, n)
		folded := strings.Compare(strings.ToLower(token), strings.ToLower(n))
		if bytewise*folded < 0 {
			return n, true
		}
	}
	return "", false
}
