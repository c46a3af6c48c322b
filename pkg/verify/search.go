package verify

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/wire"
)

// A server is a black box that says yes or no. So a search sends the
// signatures that wrong programs would compute, and the one that is accepted
// names the mistake.

// mistakes are the known ones for the query, likeliest first.
func (r *run) mistakes(q query) []signature.Mistake {
	return signature.Mistakes(signature.Request{
		Token: r.Token, Timestamp: q.timestamp, Nonce: q.nonce, Echostr: q.echostr, Extra: r.extra,
		AppID: r.AppID, Secret: r.Secret, AESKey: r.AESKey, Other: r.Others,
	})
}

// queryParams are the parameters of a query in their order, decoded once;
// what cannot be decoded is left out, as servers do.
func queryParams(rawQuery string) []signature.Param {
	var params []signature.Param
	for pair := range strings.SplitSeq(rawQuery, "&") {
		name, value, _ := strings.Cut(pair, "=")
		n, badName := url.QueryUnescape(name)
		v, badValue := url.QueryUnescape(value)
		if n != "" && badName == nil && badValue == nil {
			params = append(params, signature.Param{Name: n, Value: v})
		}
	}
	return params
}

// search tries the mistakes on the query and returns the one the server
// makes, with the exchange that shows it.
func (r *run) search(q query) (signature.Mistake, *wire.Exchange, bool) {
	return r.searchAmong(r.mistakes(q), q)
}

func (r *run) searchAmong(mistakes []signature.Mistake, q query) (signature.Mistake, *wire.Exchange, bool) {
	all := distinct(mistakes)
	answers := make([]*wire.Exchange, len(all))
	hits := make([]bool, len(all))
	each(len(all), func(i int) {
		try := q
		try.signature = &all[i].Signature
		answers[i], hits[i] = r.accepted("search "+all[i].Variant, try)
	})
	r.tries += len(all)
	for i, hit := range hits {
		if !hit {
			forget(answers[i])
		}
	}
	for i, hit := range hits {
		if hit {
			return r.tellApart(all[i], q), answers[i], true
		}
	}
	return signature.Mistake{}, nil, false
}

// forget lets go of all but the beginning of an answer: a search has dozens,
// and each may be as large as an answer can be.
func forget(ex *wire.Exchange) {
	cut := func(b []byte) []byte { return slices.Clone(b[:min(len(b), 4096)]) }
	ex.Received = cut(ex.Received)
	if res := ex.Response; res != nil {
		res.Body, res.Decoded = cut(res.Body), cut(res.Decoded)
	}
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
func (r *run) tellApart(hit signature.Mistake, q query) signature.Mistake {
	all := r.mistakes(q)
	rivals := []signature.Mistake{hit}
	for _, m := range all {
		if m.Signature == hit.Signature && !sameMistake(m, hit) {
			rivals = append(rivals, m)
		}
	}
	for _, nonce := range []string{r.newNonce(), r.shortNonce(), r.smallNonce(), "zZ" + r.number(10, 99)} {
		if len(rivals) < 2 {
			break
		}
		rivals = r.survivors(rivals, all, r.signed(nonce))
	}
	return rivals[0]
}

// survivors are those of the rivals whose signature the server accepts for q
// too; all of them if it accepts none. Before are the mistakes that they were
// found among: of one that has fewer forms now, a form gives the right
// signature here.
func (r *run) survivors(rivals, before []signature.Mistake, q query) []signature.Mistake {
	now := r.mistakes(q)
	var kept []signature.Mistake
	for _, rival := range rivals {
		forms := formsOf(rival, now)
		if len(forms) < len(formsOf(rival, before)) {
			forms = append(forms, *q.signature)
		}
		if slices.ContainsFunc(forms, func(s string) bool {
			try := q
			try.signature = &s
			_, ok := r.accepted("tell apart "+rival.Variant, try)
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
func (r *run) findMistake(m signature.Mistake, ex *wire.Exchange) {
	f := answer.NewFinding(m.ID, m.Variant, ex)
	f.Facts = m.Facts
	r.add(f)
}

// refusesHere tells a framework's page for a refused signature from a page
// that is in front of all: of a path that does not exist it has another
// status.
func (r *run) refusesHere(wrong *wire.Exchange) bool {
	elsewhere := r.nowhere()
	status := r.base.Response.Status
	return wrong.Response != nil && wrong.Response.Status == status &&
		elsewhere.Response != nil && elsewhere.Response.Status != status
}

// nowhere sends a right request to a path that does not exist.
func (r *run) nowhere() *wire.Exchange {
	u, q := r.target, r.signed(r.newNonce())
	path := u.EscapedPath()
	if path == "" {
		path = "/" // else the words below would become a part of the host's name
	}
	to := wire.JoinQuery(u.Scheme+"://"+u.Host+path+"-wxdev-nowhere?"+u.RawQuery, q.params()...)
	return r.send("another path", wire.NewRequest("GET", to, nil), q.echostr)
}
