package verify

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/hostname"
	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/signature"
	"github.com/wxdev/wxdev/pkg/wire"
)

// noResponse finds out why the base request got no HTTP answer. When a second
// try is answered, it becomes the base.
func (r *run) noResponse() {
	ex := r.base
	if !r.speaksPlain() {
		for _, f := range answer.Unreachable(ex) {
			r.add(f)
		}
	}
	switch ex.Failure() {
	case wire.Timeout:
		r.timedOut()
	case wire.Closed, wire.Reset:
		if !r.byAgent() {
			variant := map[wire.Kind]string{wire.Closed: "closed", wire.Reset: "reset"}[ex.Failure()]
			r.find("V39", variant, ex, "ms", ex.Times.Total)
		}
	}
	if ex.Failure() != wire.DNS && len(ex.Addresses) > 0 && !slices.ContainsFunc(ex.Addresses, netip.Addr.Is4) && !r.local {
		r.find("V19", "no-ipv4", ex, "addresses", joinAddresses(ex.Addresses))
	}
}

// speaksPlain knows a port without TLS that hangs up on a TLS hello: it
// answers a plain request.
func (r *run) speaksPlain() bool {
	ex := r.base
	problems := ex.TLSProblems()
	if len(problems) != 1 || problems[0].Kind != wire.TLSHandshake || len(ex.Certs) > 0 {
		return false
	}
	host := r.target.Host
	if r.target.Port() == "" {
		host += ":443"
	}
	q := r.signed(r.newNonce())
	q.signature = r.wrongSignature() // a right one has no business in the clear
	to := wire.JoinQuery("http://"+host+r.target.EscapedPath(), q.params()...)
	plain := r.send("plain http", wire.NewRequest("GET", to, nil), q.echostr)
	if plain.Response == nil || plain.Response.Status == 400 { // 400 is a TLS server's word for it
		return false
	}
	r.find("V13", "plain-http", plain, "status", plain.Response.StatusFact(), "error", problems[0].Facts["error"])
	return true
}

// timedOut tries again, as WeChat would from the console, and at the same
// time as a browser: a slow start, a filter that swallows, or always slow.
func (r *run) timedOut() {
	first := r.base
	q := r.signed(r.newNonce())
	other := r.signed(r.newNonce())
	var again, browser *wire.Exchange
	each(2, func(i int) {
		if i == 0 {
			again = r.get("again", q)
		} else {
			browser = r.send("as a browser", r.request(other).HTTP11().With("User-Agent", browserAgent), other.echostr)
		}
	})
	took := finding.Duration(first.Times.Total)
	switch {
	case again.Response != nil:
		r.find("V28", "first-timeout", first, "first", "> "+took.In(finding.English), "second", answerTime(again))
		r.base, r.echo, r.baseQuery = again, q.echostr, q
	case answer.Echoed(browser, other.echostr):
		r.find("V10", "by-both", first, "refused", answered(first, "HTTP/1.0", "Mozilla/4.0"), "accepted", finding.List{finding.Name("HTTP/1.1"), client("browser")})
	case len(first.Received) > 0:
		r.find("V37", "drip", first, "bytes", len(first.Received), "seconds", took)
	default:
		r.find("V37", "always", first, "seconds", took)
	}
}

// submit names what stands in the way of submitting this URL, which is no
// fault while it is the developer's own machine. A public name with a private
// address may resolve otherwise from outside, so that it is a warning only.
func (r *run) submit() finding.Facts {
	host := r.target.Hostname()
	for _, a := range r.base.Addresses {
		if hostname.Private(a) {
			variant := "private-address"
			if _, err := netip.ParseAddr(host); err == nil {
				variant = "private-ip" // the host is the address: no need to tell both
			}
			r.onSubmit(finding.Warning, "V04", variant, "host", host, "address", a.String())
			break
		}
	}
	switch port := r.target.Port(); {
	case port == "":
	case port == "80" && r.target.Scheme == "http", port == "443" && r.target.Scheme == "https":
		r.onSubmit(finding.Warning, "V26", "default-port", "port", port)
	default:
		r.onSubmit(finding.Error, "V26", "other-port", "port", port)
	}
	if r.target.Scheme == "http" {
		r.onSubmit(finding.Info, "V47", "plain-http", "host", host)
	}
	return nil
}

// onSubmit records a finding that matters for a public host only.
func (r *run) onSubmit(public finding.Severity, id, variant string, facts ...any) {
	f := answer.NewFinding(id, variant, nil, facts...)
	if f.Severity = public; r.local {
		f.Severity = finding.Info
	}
	r.add(f)
}

// msgSignature is what WeCom signs a verification with.
func (r *run) msgSignature(q query) string {
	return signature.Message(r.Token, q.timestamp, q.nonce, q.echostr)
}

// wrongPush is a plain message with a signature that a server which is right
// refuses before it acts on the message.
func (r *run) wrongPush() *wire.Request {
	p := r.build(r.text("wxdev verify"), push.WithMode(msgcrypt.Plain), push.WithNonce(r.newNonce()))
	p.Signature = *r.wrongSignature()
	return p.Request(r.URL)
}

// post asks whether messages reach the same route.
func (r *run) post() finding.Facts {
	refusal := r.signed(r.newNonce())
	refusal.signature = r.wrongSignature()
	get := r.get("wrong signature", refusal)
	ex := r.send("post, wrong signature", r.wrongPush(), "")
	if answer.Limited(ex) {
		if !r.stillTakes(ex) {
			return nil
		}
		ex = r.send("post again", r.wrongPush(), "") // refused twice, and a GET between is not: no matter of rate
	}
	r.denied(ex)
	if ex.Response == nil && ex.Failure() != wire.Canceled {
		return finding.NewFacts("unclear", ex.Err)
	}
	if get.Response == nil || ex.Response == nil || !judged(get) {
		return nil
	}
	f, unrouted := answer.Unrouted(ex)
	guarded := answer.GuardMark(ex.Response) != ""
	switch res := ex.Response; {
	case res.Status != 405 && res.Status != 419 && sameRefusal(get, ex): // it is the signature that is refused
	case res.Status >= 300 && !r.stillTakes(ex):
	case r.saysWhy(ex):
	case res.Status == 405, res.Status == 419:
		r.add(f)
	case res.Status/100 == 4 && !guarded && (r.mode() == msgcrypt.Plain || res.Status != 404 || get.Response.Status == 404):
		return r.rightPush()
	case unrouted && (f.ID != "V07" || guarded):
		r.add(f)
	case res.Status == 200 && strings.Contains(string(res.Decoded), TestUser):
		r.find("M28", "no-check", ex, "status", res.StatusFact(), "body", finding.Excerpt(res.Decoded))
	case res.Status >= 500:
		return finding.NewFacts("unclear", res.StatusFact())
	}
	return nil
}

// sameRefusal reports whether a POST was answered as a GET was: alike, or sent
// to the same place.
func sameRefusal(get, post *wire.Exchange) bool {
	a, b := get.Response, post.Response
	return answer.Same(get, post) ||
		a.Status/100 == 3 && b.Status/100 == 3 && a.Get("Location") == b.Get("Location")
}

// rightPush asks whether a message is refused for its wrong signature or in
// any case: by a form guard that gives no reason, say, or for want of a route.
// In the encrypted modes a plain message is refused by right, so there nothing
// can be told.
func (r *run) rightPush() finding.Facts {
	if r.mode() != msgcrypt.Plain {
		return nil
	}
	d := r.deliver("post, right signature", r.pusher(), r.build(r.text("wxdev verify")))
	ex := d.Last()
	if ex.Response == nil || ex.Response.Status/100 != 4 || !r.telling(ex) {
		return nil
	}
	f, unrouted := answer.Unrouted(ex)
	switch {
	case unrouted:
		r.add(f)
	case r.saysWhy(ex):
	case r.Messages: // the first of them shows why
		return finding.NewFacts("unclear", ex.Response.StatusFact())
	case r.searchPush(d):
	default:
		r.refusedPlain(d)
	}
	return nil
}
