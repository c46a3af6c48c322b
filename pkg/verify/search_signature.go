package verify

import (
	"maps"
	"net/url"
	"slices"
	"sync/atomic"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/wire"
)

// searchPush looks for the mistake behind the signature of a push that was
// refused as a wrong one is.
func searchPush(h *handle, d *push.Delivery) bool {
	if !refusedAsDenied(h, d) {
		return false
	}
	all := distinct(pushMistakes(h, d.Push))
	answers := make([]*push.Delivery, len(all))
	h.each(len(all), func(i int) bool {
		try := *d.Push
		if try.Encrypt != "" {
			try.MsgSignature = all[i].Signature
		} else {
			try.Signature = all[i].Signature
		}
		answers[i] = h.deliver("search "+all[i].Variant, h.pusher(), &try)
		return !accepted(answers[i])
	})
	for i, hit := range answers {
		if hit != nil && accepted(hit) {
			findMistake(h, all[i], hit.Last())
			return true
		}
	}
	return false
}

// pushMistakes are the known ones in the signature of a push, which is
// msg_signature in the encrypted modes.
func pushMistakes(h *handle, p *push.Push) []signature.Mistake {
	var extra []signature.Param
	if u, err := url.Parse(p.Request(h.pusher().URL).URL); err == nil && p.Encrypt == "" {
		extra = slices.DeleteFunc(queryParams(u.RawQuery), func(one signature.Param) bool {
			return one.Name == "signature" || one.Name == "timestamp" || one.Name == "nonce"
		})
	}
	return signature.Mistakes(signature.Request{
		Token: h.Token, Timestamp: p.Timestamp, Nonce: p.Nonce, Encrypt: p.Encrypt, Extra: extra,
		AppID: h.AppID, Secret: h.Secret, AESKey: h.AESKey, Other: h.Others,
	})
}

// A server is a black box that says yes or no. So a search sends the
// signatures that wrong programs would compute, and the one that is accepted
// names the mistake.

// mistakes are the known ones for the query, likeliest first.
func mistakes(h *handle, q query) []signature.Mistake {
	return signature.Mistakes(signature.Request{
		Token: h.Token, Timestamp: q.timestamp, Nonce: q.nonce, Echostr: q.echostr, Extra: h.extra,
		AppID: h.AppID, Secret: h.Secret, AESKey: h.AESKey, Other: h.Others,
	})
}

// searchMistake tries the mistakes on the query and returns the one the server
// makes, with the exchange that shows it.
func searchMistake(h *handle, q query) (signature.Mistake, *wire.Exchange, bool) {
	return searchAmong(h, mistakes(h, q), q)
}

func searchAmong(h *handle, mistakes []signature.Mistake, q query) (signature.Mistake, *wire.Exchange, bool) {
	all := distinct(mistakes)
	hits := make([]*wire.Exchange, len(all))
	var tried atomic.Int64
	h.each(len(all), func(i int) bool {
		try := q
		try.signature = &all[i].Signature
		ex, ok := h.ask("search "+all[i].Variant, try)
		if ok {
			hits[i] = ex
		} else {
			forget(ex) // a search has dozens
		}
		if ex.Failure() != wire.Canceled {
			tried.Add(1)
		}
		return !ok && h.halted() == ""
	})
	h.tries += int(tried.Load())
	h.untried += len(all) - int(tried.Load())
	for i, ex := range hits {
		if ex != nil {
			return tellApart(h, all[i], q), ex, true
		}
	}
	return signature.Mistake{}, nil, false
}

// distinct keeps the first of those with the same signature.
func distinct(all []signature.Mistake) []signature.Mistake {
	seen := map[string]bool{}
	var kept []signature.Mistake
	for _, m := range all {
		if !seen[m.Signature] {
			seen[m.Signature] = true
			kept = append(kept, m)
		}
	}
	return kept
}

// tellApart decides between the mistakes that gave the same signature as
// hit: on other values they disagree, and the server shows which one it makes.
func tellApart(h *handle, hit signature.Mistake, q query) signature.Mistake {
	all := mistakes(h, q)
	rivals := []signature.Mistake{hit}
	for _, m := range all {
		if m.Signature == hit.Signature && !sameMistake(m, hit) {
			rivals = append(rivals, m)
		}
	}
	for _, nonce := range []string{h.newNonce(), h.shortNonce(), h.smallNonce(), "zZ" + h.number(10, 99)} {
		if len(rivals) < 2 {
			break
		}
		rivals = survivors(h, rivals, all, h.signed(nonce))
	}
	return rivals[0]
}

// survivors are those of the rivals whose signature the server accepts for q
// too; all of them if it accepts none. Before are the mistakes that they were
// found among: of one that has fewer forms now, a form gives the right
// signature here.
func survivors(h *handle, rivals, before []signature.Mistake, q query) []signature.Mistake {
	now := mistakes(h, q)
	var kept []signature.Mistake
	for _, rival := range rivals {
		forms := formsOf(rival, now)
		if len(forms) < len(formsOf(rival, before)) {
			forms = append(forms, *q.signature)
		}
		if slices.ContainsFunc(forms, func(s string) bool {
			try := q
			try.signature = &s
			_, ok := h.ask("tell apart "+rival.Variant, try)
			return ok
		}) {
			kept = append(kept, rival)
		}
	}
	if len(kept) == 0 {
		return rivals
	}
	return kept
}

// formsOf are the signatures that a mistake gives: a sort that goes wrong
// depends on the order it starts from, so that it can give several.
func formsOf(m signature.Mistake, all []signature.Mistake) []string {
	var forms []string
	for _, other := range all {
		if sameMistake(m, other) {
			forms = append(forms, other.Signature)
		}
	}
	return forms
}

// sameMistake compares without the facts that hold this request's values.
func sameMistake(a, b signature.Mistake) bool {
	strip := func(m signature.Mistake) finding.Facts {
		facts := maps.Clone(m.Facts)
		delete(facts, "nonce")
		return facts
	}
	return a.ID == b.ID && a.Variant == b.Variant && strip(a).Equal(strip(b))
}

// findMistake records a mistake that the server makes.
func findMistake(h *handle, m signature.Mistake, ex *wire.Exchange) {
	f := answer.NewFinding(m.ID, m.Variant, ex)
	f.Facts = m.Facts
	if m.ID == "M23" && h.mode() == msgcrypt.Plain && h.report.Accepted {
		f.Severity = finding.Info // no letter and no two equal values: WeChat's nonce is digits
	}
	h.add(f)
}
