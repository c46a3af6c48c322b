package answer

import (
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/wire"
)

// outcome is what a status or a mark means: an id and a variant of the
// catalogue. The zero value means nothing.
type outcome struct{ id, variant string }

// meaning is an outcome for each of the two requests that WeChat sends.
type meaning struct{ get, post outcome }

func both(id, variant string) meaning {
	return meaning{outcome{id, variant}, outcome{id, variant}}
}

func (m meaning) of(get bool) outcome {
	if get {
		return m.get
	}
	return m.post
}

// statuses are those that say by themselves what answered, and why. Those above
// 510 are Cloudflare's: https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/ .
var statuses = lazy.Value[map[int]meaning]{Make: func() map[int]meaning {
	return map[int]meaning{
		404: {post: outcome{"V17", "post-unrouted"}},
		405: {outcome{"V17", "get-unrouted"}, outcome{"V17", "post-unrouted"}},
		501: {outcome{"V17", "get-unrouted"}, outcome{"V17", "post-unrouted"}},

		415: {post: outcome{"M29", "media-type"}},
		419: {outcome{"V07", "get-guarded"}, outcome{"V07", "post-guarded"}}, // Laravel's
		421: both("V31", "host-check"),
		426: both("V10", "challenge"), // Envoy's word for HTTP/1.0
		505: both("V10", "challenge"),
		429: both("V48", "refused"),

		// Nothing behind the proxy.
		502: both("V04", "gateway"),
		503: both("V04", "gateway"),
		521: both("V04", "gateway"),
		523: both("V04", "gateway"),
		527: both("V04", "gateway"),

		// Too slow behind it.
		504: both("V04", "gateway-slow"),
		522: both("V04", "gateway-slow"),
		524: both("V04", "gateway-slow"),

		// No TLS between the proxy and the server.
		525: both("V04", "gateway-tls"),
		526: both("V04", "gateway-tls"),

		520: both("V04", "gateway-broken"), // it answered nothing that the proxy understands
		530: both("V04", "gateway-lost"),   // the proxy does not know where it is
	}
}}

// FromProxy reports whether a status is one that proxies give for a server
// behind them. 503 may as well be a server's own, or a rate limit's: see
// [Limited].
func FromProxy(status int) bool {
	m, ok := statuses.Get()[status]
	return ok && m.get.id == "V04" && status != 503
}

// Limited reports whether an answer is a rate limit's. That of nginx has
// status 503, which a server that took a request before hardly says for
// another reason.
func Limited(ex *wire.Exchange) bool {
	return ex.Response != nil && (ex.Response.Status == 429 || ex.Response.Status == 503)
}

// byStatus looks the status up, and tells a 503 apart by its page.
func (l *look) byStatus() (Verdict, bool) {
	status := l.res.Status
	m := statuses.Get()[status]
	switch {
	case status == 503 && (l.res.Get("Retry-After") != "" || firstMark(RateLimit, l.text) != ""):
		m = both("V48", "refused")
	case status == 503 && strings.Contains(l.head, "server: nginx") && strings.Contains(string(l.text), "503 service temporarily unavailable"):
		m = both("V04", "nginx-503")
	}
	if status == 426 || status == 505 {
		return l.say(m.of(l.get), l.res.StatusText())
	}
	return l.say(m.of(l.get), "")
}

// bySize knows a limit of the body's size, whoever keeps to it.
func (l *look) bySize() (Verdict, bool) {
	if l.get || !l.failed() {
		return Verdict{}, false
	}
	m := l.mark(TooLarge)
	if m == "" && l.res.Status != 413 {
		return Verdict{}, false
	}
	return l.say(outcome{"M29", "too-large"}, m, "bytes", len(l.ex.Request.Body))
}

// AllowHeader is the Allow header for a finding, or "".
func AllowHeader(res *wire.Response) finding.Fact {
	if v := res.Get("Allow"); v != "" {
		return finding.Because(reason.AllowHeader, "value", v)
	}
	return finding.Name("")
}
