package answer

import (
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/wire"
)

// FromProxy reports whether a status is one that proxies give for a server
// behind them. Cloudflare's are 520 and above.
func FromProxy(status int) bool {
	return status == 502 || status == 504 || status >= 520 && status <= 530
}

// Limited reports whether an answer is a rate limit's. That of nginx has
// status 503, which a server that took a request before hardly says for
// another reason.
func Limited(ex *wire.Exchange) bool {
	return ex.Response != nil && (ex.Response.Status == 429 || ex.Response.Status == 503)
}

// Unrouted names why a POST did not reach the server's handler: it was
// redirected, has no route, or a CSRF protection or a proxy stopped it. It
// reports false for any other answer.
func Unrouted(ex *wire.Exchange) (finding.Finding, bool) {
	res := ex.Response
	status := res.StatusFact()
	guard := GuardMark(res)
	switch {
	case res.Status >= 300 && res.Status < 400:
		return NewFinding("M18", "post-redirected", ex, "status", status, "location", finding.Excerpt(res.Get("Location"))), true
	case res.Status == 404, res.Status == 405, res.Status == 501:
		return NewFinding("V17", "post-unrouted", ex, "status", status, "allow", AllowHeader(res)), true
	case res.Status == 419, res.Status >= 400 && res.Status < 500 && guard != "":
		return NewFinding("V07", "post-guarded", ex, "status", status, "marker", finding.Excerpt(guard)), true
	case res.Status == 502, res.Status == 503, res.Status == 504:
		return NewFinding("V04", "gateway", ex, "status", status, "excerpt", finding.Excerpt(res.Decoded)), true
	}
	return finding.Finding{}, false
}

// AllowHeader is the Allow header for a finding, or "".
func AllowHeader(res *wire.Response) finding.Fact {
	if v := res.Get("Allow"); v != "" {
		return finding.Because(reason.AllowHeader, "value", v)
	}
	return finding.Name("")
}
