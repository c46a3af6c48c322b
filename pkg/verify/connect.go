package verify

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/pkg/callback"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/safetext"
	"github.com/wxdev/wxdev/pkg/signature"
)

// noResponse finds out why the base request got no HTTP answer. When a second
// try is answered, it becomes the base.
func (r *run) noResponse(q query) {
	ex := r.base
	text := safetext.Line(ex.Err.Error())
	switch ex.Err.Kind {
	case callback.DNS:
		r.find("V04", "dns", ex, "host", r.target.Hostname(), "error", text)
	case callback.Refused:
		r.find("V04", "refused", ex, "address", ex.Address)
	case callback.NoRoute:
		r.find("V04", "no-route", ex, "address", ex.Address)
	case callback.Dial:
		r.find("V04", "timeout", ex, "address", ex.Address, "seconds", ms(ex.Times.Total))
	case callback.TLSFault:
		r.tlsFaults(ex)
	case callback.Timeout:
		r.timedOut()
	case callback.Closed, callback.Reset:
		if !r.byAgent() {
			variant := map[callback.Kind]string{callback.Closed: "closed", callback.Reset: "reset"}[ex.Err.Kind]
			r.find("V39", variant, ex, "ms", ms(ex.Times.Total))
		}
	case callback.NotHTTP:
		r.notHTTP(ex)
	case callback.BadHead:
		r.find("V38", "header", ex, "excerpt", quote(ex.Received))
	}
	if ex.Err.Kind != callback.DNS && len(ex.Addresses) > 0 && !anyIs4(ex.Addresses) && !r.local {
		r.find("V19", "no-ipv4", ex, "addresses", joinAddresses(ex.Addresses))
	}
}

func anyIs4(all []netip.Addr) bool {
	for _, a := range all {
		if a.Is4() {
			return true
		}
	}
	return false
}

// tlsFaults makes a finding of each thing that is wrong with TLS.
func (r *run) tlsFaults(ex *callback.Exchange) {
	for _, p := range ex.Err.TLS {
		facts := map[string]string{}
		for k, v := range p.Facts {
			facts[k] = safetext.Line(v)
		}
		// Each fault of a certificate is a finding of its own, though all are V13.
		variant := string(p.Kind)
		r.report.Findings = append(r.report.Findings, Finding{
			ID: "V13", Variant: variant, Severity: severity("V13", variant), Facts: facts, Exchange: ex,
		})
	}
}

// timedOut tries again, as WeChat would from the console, and at the same
// time as a browser: a slow start, a filter that swallows, or always slow.
func (r *run) timedOut() {
	first := r.base
	q := r.signed(r.newNonce())
	other := r.signed(r.newNonce())
	var again, browser *callback.Exchange
	each(2, func(i int) {
		if i == 0 {
			again = r.get("again", q)
		} else {
			browser = r.send("as a browser", r.request(other).HTTP11().With("User-Agent", browserAgent), other.echostr)
		}
	})
	took := ms(first.Times.Total)
	switch {
	case again.Response != nil:
		r.find("V28", "first-timeout", first, "first", "> "+took, "second", ms(answerTime(again)))
		r.base, r.echo = again, q.echostr
	case echoed(browser, other.echostr):
		r.find("V10", "by-both", first, "refused", "HTTP/1.0, Mozilla/4.0 ("+safetext.Line(first.Err.Error())+")", "accepted", "HTTP/1.1, browser")
	case len(first.Received) > 0:
		r.find("V37", "drip", first, "bytes", strconv.Itoa(len(first.Received)), "seconds", took)
	default:
		r.find("V37", "always", first, "seconds", took)
	}
}

// notHTTP looks at what came instead.
func (r *run) notHTTP(ex *callback.Exchange) {
	b := ex.Received
	hex := safetext.Hex(b, 0, 16)
	switch {
	case len(b) >= 3 && b[0] >= 0x14 && b[0] <= 0x17 && b[1] == 0x03:
		r.find("V38", "tls-port", ex, "excerpt", hex)
	case len(b) >= 9 && b[3] == 0x04 && b[5] == 0 && b[6] == 0 && b[7] == 0 && b[8] == 0:
		r.find("V38", "http2", ex, "hex", hex) // a SETTINGS frame on stream 0
	default:
		r.find("V38", "garbage", ex, "hex", hex, "excerpt", quote(b))
	}
}

// submit names what stands in the way of submitting this URL, which is no
// fault while it is the developer's own machine. A public name with a private
// address may resolve otherwise from outside, so that it is a warning only.
func (r *run) submit() map[string]string {
	host := r.target.Hostname()
	for _, a := range r.base.Addresses {
		if isPrivate(a) {
			r.onSubmit(catalog.Warning, "V04", "private-address", "host", host, "address", a.String())
			break
		}
	}
	switch port := r.target.Port(); {
	case port == "":
	case port == "80" && r.target.Scheme == "http", port == "443" && r.target.Scheme == "https":
		r.onSubmit(catalog.Warning, "V26", "default-port", "port", port)
	default:
		r.onSubmit(catalog.Error, "V26", "other-port", "port", port)
	}
	if r.target.Scheme == "http" {
		r.onSubmit(catalog.Info, "V47", "plain-http", "host", host)
	}
	return nil
}

// onSubmit records a finding that matters for a public host only.
func (r *run) onSubmit(public catalog.Severity, id, variant string, facts ...string) {
	if r.local {
		public = catalog.Info
	}
	m := map[string]string{}
	for i := 0; i+1 < len(facts); i += 2 {
		m[facts[i]] = facts[i+1]
	}
	r.add(Finding{ID: id, Variant: variant, Severity: public, Facts: m})
}

func msgSignature(token string, q query) string {
	return signature.Message(token, q.timestamp, q.nonce, q.echostr)
}

// pushFrom is the OpenID of the messages that checks send: nobody's.
const pushFrom = "oWXDEV_verify_nobody_000000A"

// pushRequest is a message as WeChat pushes it, signed with sig.
func (r *run) pushRequest(sig *string) *callback.Request {
	now, nonce := r.timestamp(), r.newNonce()
	if sig == nil {
		s := signature.Access(r.Token, now, nonce)
		sig = &s
	}
	id := r.number(20_000_000_000_000_000, 30_000_000_000_000_000)
	body, kind := xmlPush(now, id), "text/xml"
	if r.Format == "json" {
		body, kind = jsonPush(now, id), "application/json"
	}
	to := callback.JoinQuery(r.URL, [2]string{"signature", *sig}, [2]string{"timestamp", now},
		[2]string{"nonce", nonce}, [2]string{"openid", pushFrom})
	return callback.NewRequest("POST", to, []byte(body)).With("Content-Type", kind)
}

func xmlPush(now, id string) string {
	return "<xml><ToUserName><![CDATA[gh_wxdevverify0]]></ToUserName>\n" +
		"<FromUserName><![CDATA[" + pushFrom + "]]></FromUserName>\n" +
		"<CreateTime>" + now + "</CreateTime>\n" +
		"<MsgType><![CDATA[text]]></MsgType>\n" +
		"<Content><![CDATA[wxdev verify]]></Content>\n" +
		"<MsgId>" + id + "</MsgId>\n</xml>"
}

func jsonPush(now, id string) string {
	return `{"ToUserName":"gh_wxdevverify0","FromUserName":"` + pushFrom + `","CreateTime":` + now +
		`,"MsgType":"text","Content":"wxdev verify","MsgId":` + id + `}`
}

// post asks whether messages reach the same route. The signature is wrong on
// purpose: a server that is right refuses the message before it acts on it.
func (r *run) post() map[string]string {
	refusal := r.signed(r.newNonce())
	refusal.signature = r.wrongSignature()
	get := r.get("wrong signature", refusal)
	ex := r.send("post, wrong signature", r.pushRequest(r.wrongSignature()), "")
	if ex.Response == nil || !judged(ex) {
		return nil
	}
	res := ex.Response
	status := safetext.Line(res.StatusText())
	sameAsGet := sameAnswer(get, ex) // then it is the signature that is refused
	guard := mark(res, guardMarks)
	switch {
	case res.Status >= 300 && res.Status < 400 && !sameAsGet:
		r.find("M18", "post-redirected", ex, "status", status, "location", quote([]byte(res.Get("Location"))))
	case res.Status == 405 || res.Status == 501 || res.Status == 404 && !sameAsGet:
		r.find("V17", "post-unrouted", ex, "status", status, "allow", allowHeader(res))
	case res.Status == 419, res.Status >= 400 && res.Status < 500 && guard != "" && !sameAsGet:
		r.find("V07", "post-guarded", ex, "status", status, "marker", quote([]byte(guard)))
	case res.Status == 403 && !sameAsGet:
		r.silentGuard()
	case res.Status == 200 && strings.Contains(string(res.Decoded), pushFrom):
		r.find("V09", "post", ex, "status", status, "body", quote(res.Decoded))
	}
	return nil
}

// silentGuard tells a form guard that gives no reason from a refused
// signature: the guard refuses a right one too. In the encrypted modes a
// plain message is refused by right, so there nothing can be told.
func (r *run) silentGuard() {
	if r.Mode != "plain" {
		return
	}
	ex := r.send("post, right signature", r.pushRequest(nil), "")
	if ex.Response != nil && ex.Response.Status == 403 {
		r.find("V07", "post-guarded", ex, "status", safetext.Line(ex.Response.StatusText()), "marker", "-")
	}
}
