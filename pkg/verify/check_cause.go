package verify

import (
	"cmp"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/wire"
)

// checkCause finds out why a base request that was answered did not bring the
// echostr back. The steps go from what the answer itself proves to what needs
// further requests; the first that finds something ends it.
func checkCause(h *handle) finding.Facts {
	steps := []func(*handle) bool{
		byRepeat, byPrinted, byFront, byCoding, byNumber, byRoute, byAgent,
		byEchoName, byDemand, byHandler, byLostQuery, bySignature, byClock, byNonce, byAddressFilter, byPath, byRest,
	}
	if h.Product == product.WeCom {
		steps = []func(*handle) bool{
			byRepeat, byPrinted, byFront, byCoding, byCiphertext, byRoute, byAgent, byDemand, byHandler,
			byPlus, byReceiver, byAccountCode, byOtherToken, byPath, byStage, byRest,
		}
	}
	for _, step := range steps {
		if h.ctx.Err() != nil || step(h) {
			break
		}
	}
	return nil
}

// byRepeat sends the base request again: what passes now and then has another
// cause than what never passes. That an answer took all the time it had is
// cause enough; what fails without a word of the handler's is asked more often.
func byRepeat(h *handle) bool {
	n := 3
	if failedAnswer(h.base) && h.base.Times.Total < h.slow {
		n = 10
	}
	return h.base.End != wire.EndTimeout && unsteady(h, n)
}

// byFront knows what is in front of the handler, or in its place. What a
// filter lets pass, [byAgent] finds out.
func byFront(h *handle) bool {
	v, ok := answer.Judge(h.base)
	if !ok || v.By != answer.Front || v.ID == "V10" {
		return false
	}
	h.add(v.Finding)
	return true
}

// byHandler reads what the handler says went wrong. A parameter that it misses,
// a time or a signature that it refuses are looked into by other steps.
func byHandler(h *handle) bool {
	v, ok := answer.Judge(h.base)
	if ok && v.By == answer.Handler && !slices.Contains([]string{"V03", "V16", "V51", "V52"}, v.ID) {
		h.add(v.Finding)
		return true
	}
	return h.base.Response.Status >= 500 && h.query.sealed == "" && echoAsStatus(h)
}

// byPath tries the paths that are meant when this one is wrong.
func byPath(h *handle) bool {
	res := h.base.Response
	if res.Status == 200 && !answer.IsHTML(answer.Readable(res)) {
		return false
	}
	slashed, direct := pathVariant(h, ""), pathVariant(h, "index.php")
	if slashed != "" && worksAt(h, slashed, "V05", "slash", "path", text.Line(h.target.EscapedPath()), "works", text.Line(slashed)) {
		return true
	}
	if res.Status != 200 && worksAt(h, direct, "V05", "index-php", "works", text.Line(direct)) {
		return true
	}
	if res.Status == 404 && elsewhere(h) {
		return true
	}
	if res.Status == 404 {
		h.find("V05", "not-found", h.base, "status", res.StatusFact())
		return true
	}
	return false
}

// pathVariant is the URL with a slash added or taken away, or with a file
// below it.
func pathVariant(h *handle, file string) string {
	u := *h.target
	path := u.EscapedPath()
	switch {
	case file != "":
		path = strings.TrimSuffix(path, "/") + "/" + file
	case strings.HasSuffix(path, "/"):
		path = strings.TrimSuffix(path, "/")
	default:
		path += "/"
	}
	if path == "" || path == "/" && h.target.EscapedPath() == "" {
		return "" // no path and "/" are the same request
	}
	return strings.TrimSuffix(u.Scheme+"://"+u.Host+path+"?"+u.RawQuery, "?")
}

// elsewhere tries the paths at which tutorials and SDKs have the callback, and
// this path without what is before its last part.
func elsewhere(h *handle) bool {
	given := strings.TrimSuffix(h.target.EscapedPath(), "/")
	last := given[strings.LastIndex(given, "/")+1:]
	tried := []string{given}
	for _, path := range []string{"/" + last, "/", "/wechat", "/wx", "/weixin", "/callback", "/api/wechat", "/wechat/callback"} {
		if path == "/" && given == "" || slices.Contains(tried, path) {
			continue
		}
		tried = append(tried, path)
		url := h.target.Scheme + "://" + h.target.Host + path
		if worksAt(h, url, "V05", "elsewhere", "status", h.base.Response.StatusFact(), "path", text.Line(cmp.Or(given, "/")), "works", text.Line(url)) {
			return true
		}
	}
	return false
}

// worksAt sends right requests to another URL, and records a finding if that
// one takes them.
func worksAt(h *handle, rawURL, id, variant string, facts ...any) bool {
	var ex *wire.Exchange
	accepted := func() bool {
		q := h.signed(h.newNonce())
		ex = h.send("path", wire.NewRequest("GET", wire.JoinQuery(rawURL, q.params()...), nil), q.echostr)
		return answer.Echoed(ex, q.echostr)
	}
	return accepted() && settled(h, accepted, func() { h.find(id, variant, ex, facts...) })
}

// byRest says what can be said when nothing explains the answer.
func byRest(h *handle) bool {
	if unsteady(h, 10) {
		return true
	}
	ex, res := h.base, h.base.Response
	body := answer.Readable(res)
	status := text.Line(res.StatusText())
	wrong := h.ahead().wrong.answer()
	if checksOnly(h, wrong) {
		h.find("V46", "checked", ex, "answer", answer.Summary(ex), "refusal", answer.Summary(wrong))
		return true
	}
	said, _ := answer.Judge(ex)
	refusal := answer.Same(ex, wrong) && !answer.IsHTML(body) && len(body) <= 512 || res.Status == 401 || res.Status == 403
	switch {
	case said.ID == "V52" && refusal, said.ID == "V16", said.ID == "V51" && ofMessages(res), said.By == answer.Crash:
		h.add(said.Finding)
	case res.Status >= 400 && res.Status != 401 && res.Status != 403 && !(res.Status == 400 && refusal):
		h.find("V43", "error-status", ex, "status", status, "excerpt", answer.Around(body, ""))
	case wrong.Response == nil && h.halted() != "": // there was not the time to compare
		return false
	case refusal && (!answer.IsHTML(body) || refusesHere(h, wrong)), answer.Same(ex, wrong) && answer.NamesSignature(body):
		refusedAll(h)
	case res.Status >= 400:
		h.find("V43", "error-status", ex, "status", status, "excerpt", answer.Around(body, ""))
	case answer.IsHTML(body) && answer.Same(ex, wrong):
		h.find("V05", "other-page", ex, "body", finding.Excerpt(body))
	default:
		h.find("V46", "other-answer", ex, "status", status, "type", finding.Excerpt(res.Get("Content-Type")), "body", finding.Excerpt(body))
	}
	return true
}

// refusedAll tells of a server that refused all signatures that were tried. One that
// never sees them looks alike, and is much rarer.
func refusedAll(h *handle) {
	if h.query.sealed != "" {
		refusedAlike(h)
		return
	}
	variant, rest := "token-unknown", finding.Fact(finding.Name(""))
	if h.blind {
		variant = "token-or-query"
	}
	if h.untried > 0 {
		rest = finding.Because(reason.NotTried, "n", h.untried)
	}
	h.find("V03", variant, h.base, "answer", answer.Summary(h.base), "tried", h.tries, "rest", rest)
}

// ofMessages reports whether a page names a parameter that messages have and a
// verification does not. That adding it changed nothing may be the next line of
// the same code.
func ofMessages(res *wire.Response) bool {
	return slices.Contains([]string{"openid", "encrypt_type", "msg_signature"}, answer.Demanded(res))
}

// refusesHere tells a framework's page for a refused signature from a page
// that is in front of all: of a path that does not exist it has another
// status.
func refusesHere(h *handle, wrong *wire.Exchange) bool {
	elsewhere := nowhere(h)
	status := h.base.Response.Status
	return wrong.Response != nil && wrong.Response.Status == status &&
		elsewhere.Response != nil && elsewhere.Response.Status != status
}

// nowhere sends a right request to a path that does not exist.
func nowhere(h *handle) *wire.Exchange {
	u, q := h.target, h.signed(h.newNonce())
	path := u.EscapedPath()
	if path == "" {
		path = "/" // else the words below would become a part of the host's name
	}
	to := wire.JoinQuery(u.Scheme+"://"+u.Host+path+"-wxdev-nowhere?"+u.RawQuery, q.params()...)
	return h.send("another path", wire.NewRequest("GET", to, nil), q.echostr)
}
