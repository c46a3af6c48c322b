package verify

import (
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/wire"
)

// diagnose finds out why a base request that was answered did not bring the
// echostr back. The steps go from what the answer itself proves to what needs
// further requests; the first that finds something ends it.
func (r *run) diagnose() finding.Facts {
	steps := []func() bool{
		r.byEnd, r.byRedirect, r.byPrinted, r.byRepeat, r.byPage, r.byCoding, r.byNumber, r.byVerb, r.byAgent,
		r.byEchoName, r.byDemand, r.byErrorText, r.bySignature, r.byClock, r.byNonce, r.byAddressFilter, r.byPath, r.byRest,
	}
	for _, step := range steps {
		if r.ctx.Err() != nil || step() {
			break
		}
	}
	return nil
}

// byEnd judges an answer that did not end as it should.
func (r *run) byEnd() bool {
	ex, res := r.base, r.base.Response
	switch {
	case ex.End == wire.EndLimit:
		r.find("V40", "oversized", ex, "bytes", len(ex.Received))
	case ex.End == wire.EndShort, ex.End == wire.EndTimeout && res.Get("Content-Length") != "" && len(res.Body) > 0 && strings.HasPrefix(r.echo, string(res.Body)):
		r.find("V25", "length", ex, "declared", res.Get("Content-Length"), "got", len(res.Body))
	case ex.End == wire.EndTimeout:
		r.find("V37", "drip", ex, "bytes", len(ex.Received), "seconds", ex.Times.Total)
	default:
		return false
	}
	return true
}

func (r *run) byRedirect() bool {
	res := r.base.Response
	location := res.Get("Location")
	if to := answer.PageTarget(answer.Readable(res)); to != "" && res.Status < 300 && answer.Mark(res, answer.Challenge) == "" && answer.Mark(res, answer.Block) == "" {
		r.find("V08", "in-page", r.base, "location", finding.Excerpt(to), "body", finding.Excerpt(answer.Readable(res)))
		return true
	}
	if res.Status < 300 || res.Status > 399 || location == "" {
		return false
	}
	if m := answer.Mark(res, answer.Block); m != "" {
		r.find("V15", "block-page", r.base, "marker", finding.Excerpt(m))
		return true
	}
	r.find("V08", answer.RedirectKind(r.base.Request.URL, location), r.base,
		"status", text.Line(res.StatusText()), "location", text.Excerpt([]byte(location)))
	return true
}

// byPage knows the pages that stand in front of a server or in its place.
func (r *run) byPage() bool {
	ex, res := r.base, r.base.Response
	status := text.Line(res.StatusText())
	body := answer.Readable(res)
	if enc := res.Coding(); enc != "" && res.Status == 200 {
		if _, ok := answer.Decompress(res); !ok {
			r.find("V41", "compressed", ex, "encoding", finding.Excerpt(enc))
			return true
		}
	}
	if m := answer.Mark(res, answer.HostCheck); m != "" && res.Status >= 400 {
		r.find("V31", "host-check", ex, "marker", finding.Excerpt(m), "status", status)
		return true
	}
	if m := answer.Mark(res, answer.Tunnel); m != "" && answer.IsHTML(body) {
		r.find("V32", "tunnel", ex, "marker", finding.Excerpt(m))
		return true
	}
	if m := answer.Mark(res, answer.Block); m != "" && answer.IsHTML(body) {
		r.find("V15", "block-page", ex, "marker", finding.Excerpt(m))
		return true
	}
	if m := answer.Mark(res, answer.DefaultPage); m != "" {
		r.find("V31", "default-page", ex, "marker", finding.Excerpt(m))
		return true
	}
	if v := res.Get("WWW-Authenticate"); v != "" && res.Status == 401 {
		r.find("V42", "basic", ex, "header", finding.Excerpt(v))
		return true
	}
	if m := answer.VisibleMark(res, answer.Login); m != "" && !answer.IsHTML(body) {
		r.find("V42", "filter", ex, "marker", finding.Excerpt(m), "answer", answer.Summary(ex))
		return true
	}
	if res.Status < 400 && answer.LoginForm(body) {
		r.find("V42", "form", ex, "marker", `type="password"`)
		return true
	}
	switch {
	case res.Status == 503, answer.FromProxy(res.Status):
		r.find("V04", "gateway", ex, "status", status, "excerpt", finding.Excerpt(body))
		return true
	case res.Status == 400 && strings.Contains(string(body), "plain HTTP request was sent to HTTPS port"),
		res.Status == 400 && strings.Contains(string(body), "Client sent an HTTP request to an HTTPS server"):
		r.find("V38", "tls-port", ex, "excerpt", finding.Excerpt(body))
		return true
	}
	return false
}

// byNumber knows an echostr that went through a number, and a cached one.
func (r *run) byNumber() bool {
	got, ok := answer.Number(r.base)
	if !ok {
		return false
	}
	if n, err := strconv.ParseFloat(got, 64); err == nil {
		want, _ := strconv.ParseFloat(r.echo, 64)
		if bits := answer.IntegerBits(r.echo, got); bits > 0 {
			r.find("V23", "narrowed", r.base, "sent", r.echo, "got", got, "bits", bits)
			return true
		}
		if n == want {
			r.find("V23", "rounded", r.base, "sent", r.echo, "got", got)
			return true
		}
	}
	q := r.signed(r.newNonce())
	ex := r.get("again", q)
	if ex.Response != nil && string(ex.Response.Body) == string(r.base.Response.Body) && len(got) > 10 {
		r.find("V34", "cached", ex, "header", cacheHeader(ex.Response), "body", finding.Excerpt(ex.Response.Body))
		return true
	}
	return false
}

// byVerb knows a route that answers the other verb only.
func (r *run) byVerb() bool {
	res := r.base.Response
	if res.Status == 405 || res.Status == 501 || answer.VerbRefused(res) {
		r.find("V17", "get-unrouted", r.base, "status", res.StatusFact(), "allow", answer.AllowHeader(res))
		return true
	}
	if body := strings.Trim(string(res.Body), answer.Blanks); res.Status == 200 && (body == "success" || strings.HasPrefix(body, "<xml>")) {
		r.find("V17", "get-as-post", r.base, "body", finding.Excerpt(res.Body))
		return true
	}
	if res.Status != 404 || templateError(r.base, r.echo) {
		return false
	}
	ex := r.send("post", r.wrongPush(), "")
	if ex.Response != nil && ex.Response.Status != 404 && ex.Response.Status != 405 && ex.Response.Status < 500 {
		r.find("V17", "get-unrouted", r.base, "status", res.StatusFact(), "allow", answer.AllowHeader(res))
		return true
	}
	return false
}

// byAgent asks in other transports: a filter lets a browser pass.
func (r *run) byAgent() bool {
	try := func(name, agent string, http11 bool) (*wire.Exchange, bool) {
		q := r.signed(r.newNonce())
		req := r.request(q).With("User-Agent", agent)
		if http11 {
			req = req.HTTP11()
		}
		ex := r.send(name, req, q.echostr)
		return ex, answer.Echoed(ex, q.echostr)
	}
	const weChat = "Mozilla/4.0"
	_, browser := try("as a browser", browserAgent, true)
	_, curl := try("as curl", curlAgent, true)
	refused := []string{"HTTP/1.0", "Mozilla/4.0"}
	switch {
	case browser || curl:
		modern, name := browserAgent, "browser"
		if !browser {
			modern, name = curlAgent, "curl"
		}
		_, agentAlone := try("1.0 as a "+name, modern, false)
		_, versionAlone := try("1.1 as WeChat", weChat, true)
		again := func() bool {
			_, ok := try("as a "+name, modern, true)
			return ok
		}
		return r.settled(again, func() {
			switch {
			case agentAlone && !versionAlone:
				r.find("V10", "by-agent", r.base, "refused", answered(r.base, "Mozilla/4.0"), "accepted", client(name))
			case versionAlone && !agentAlone:
				r.find("V10", "by-version", r.base, "refused", answered(r.base, "HTTP/1.0"), "accepted", "HTTP/1.1")
			default:
				r.find("V10", "by-both", r.base, "refused", answered(r.base, refused...), "accepted", finding.List{finding.Name("HTTP/1.1"), client(name)})
			}
		})
	}
	res := r.base.Response
	if res == nil {
		return false
	}
	if inApp := func() bool { _, ok := try("as WeChat's app", appAgent, true); return ok }; inApp() {
		return r.settled(inApp, func() {
			r.find("V10", "in-app", r.base, "refused", answered(r.base, "Mozilla/4.0"), "accepted", "MicroMessenger")
		})
	}
	if m := answer.Mark(res, answer.Challenge); m != "" || res.Status == 426 || res.Status == 505 {
		if m == "" {
			m = res.StatusText()
		}
		r.find("V10", "challenge", r.base, "marker", finding.Excerpt(m), "status", res.StatusFact())
		return true
	}
	return false
}

// byErrorText reads what the server itself says went wrong.
func (r *run) byErrorText() bool {
	ex, res := r.base, r.base.Response
	body := string(answer.Readable(res))
	status := text.Line(res.StatusText())
	switch {
	case strings.Contains(body, "Invalid status code"):
		r.find("V23", "status-code", ex, "excerpt", finding.Excerpt(answer.LineWith(body, "Invalid status code")))
	case templateError(ex, r.echo):
		r.find("V21", "template-name", ex, "status", status, "excerpt", finding.Excerpt(answer.LineWith(body, r.echo)))
	case res.Status >= 400 && res.Status < 500 && answer.GuardMark(res) != "" || res.Status == 419:
		r.find("V07", "get-guarded", ex, "status", status, "marker", finding.Excerpt(answer.GuardMark(res)))
	case res.Status >= 500 && r.echoAsStatus():
	case res.Status >= 500 && answer.VisibleMark(res, answer.Decrypt) != "":
		r.find("V29", "decrypts", ex, "answer", answer.Summary(ex), "marker", finding.Excerpt(answer.VisibleMark(res, answer.Decrypt)))
	default:
		return r.byLostQuery()
	}
	return true
}

// templateError reports whether the echostr was taken for the name of a view.
func templateError(ex *wire.Exchange, echostr string) bool {
	res := ex.Response
	body := answer.Readable(res)
	return res.Status >= 400 && strings.Contains(string(body), echostr) && !answer.Reflects(ex, echostr) &&
		answer.Mark(res, answer.Template) != ""
}

// echoAsStatus asks with an echostr that is an HTTP status: a server that
// answers with that status passed the number on as one. (Letters would ask the
// same, but Express 4 dies of them.)
func (r *run) echoAsStatus() bool {
	const teapot = 418
	q := r.signed(r.newNonce())
	q.echostr = strconv.Itoa(teapot)
	ex := r.get("echostr 418", q)
	if ex.Response == nil || ex.Response.Status != teapot {
		return false
	}
	r.find("V23", "status-code", r.base, "excerpt", answer.Summary(r.base))
	return true
}

// byLostQuery asks without any parameter: a server that never saw them
// answers the same, and says that one is missing.
func (r *run) byLostQuery() bool {
	res := r.base.Response
	names := answer.MissesParameter(res)
	bare := r.send("no parameters", wire.NewRequest("GET", wire.JoinQuery(r.URL), nil), r.echo)
	if bare.Response == nil || !answer.Same(r.base, bare) {
		return false
	}
	if names {
		r.find("V16", "same-answer", r.base, "body", finding.Excerpt(answer.Readable(res)))
		return true
	}
	if res.Status == 404 || res.Status == 403 {
		return false // the path is wrong, then
	}
	direct := r.pathVariant("index.php")
	return r.worksAt(direct, "V16", "direct-works", "works", text.Line(direct))
}

// answered is what was sent, and what came back.
func answered(ex *wire.Exchange, sent ...string) finding.Fact {
	return finding.Because(reason.Answered, "what", finding.Names(sent...), "answer", answer.Summary(ex))
}

// client is the program that another User-Agent is of.
func client(name string) finding.Fact {
	if name == "browser" {
		return finding.Because(reason.ABrowser)
	}
	return finding.Name(name)
}

// bySignature searches for the mistake in the server's signature.
func (r *run) bySignature() bool {
	// Of a mistake that some requests do not show, the refused one shows it.
	m, ex, ok := r.search(r.baseQuery)
	if ok && m.Variant == "missing-input" && m.Facts.Text(finding.English, "name") == "nonce" && r.byNonce() {
		return true // one that is too large a number is as good as none
	}
	if ok {
		r.findMistake(m, ex)
		return true
	}
	return r.readsMsgSignature()
}

// readsMsgSignature knows a server made for WeCom: the GET with a right
// msg_signature gets further than one without. Each is sent twice, as an
// answer may differ for no reason.
func (r *run) readsMsgSignature() bool {
	if r.varies() {
		return false
	}
	ask := func(name string, right bool) *wire.Exchange {
		q := r.signed(r.newNonce())
		sum := r.msgSignature(q)
		if !right {
			sum = *r.wrongSignature()
		}
		q.extra = [][2]string{{"msg_signature", sum}}
		return r.get(name, q)
	}
	right, wrong := ask("msg_signature", true), ask("wrong msg_signature", false)
	if right.Response == nil || wrong.Response == nil || answer.Same(right, wrong) {
		return false
	}
	if !answer.Same(right, ask("msg_signature", true)) || !answer.Same(wrong, ask("wrong msg_signature", false)) {
		return false
	}
	r.find("V29", "msg-signature", right, "answer", answer.Summary(right))
	return true
}

// byAddressFilter asks as if a proxy had passed the request on for WeChat.
func (r *run) byAddressFilter() bool {
	if s := r.base.Response.Status; s != 403 && s != 401 {
		return false
	}
	const weChatAddress = "101.226.103.10" // of a range that getcallbackip gave
	for _, name := range []string{"X-Forwarded-For", "X-Real-IP"} {
		var ex *wire.Exchange
		forged := func() bool {
			q := r.signed(r.newNonce())
			ex = r.send(name, r.request(q).With(name, weChatAddress), q.echostr)
			return answer.Echoed(ex, q.echostr)
		}
		if forged() {
			return r.settled(forged, func() {
				r.find("V30", "ip-filter", ex, "header", name, "status", r.base.Response.StatusFact())
			})
		}
	}
	return false
}

// byPath tries the paths that are meant when this one is wrong.
func (r *run) byPath() bool {
	res := r.base.Response
	if res.Status == 200 && !answer.IsHTML(answer.Readable(res)) {
		return false
	}
	slashed, direct := r.pathVariant(""), r.pathVariant("index.php")
	if slashed != "" && r.worksAt(slashed, "V05", "slash", "path", text.Line(r.target.EscapedPath()), "works", text.Line(slashed)) {
		return true
	}
	if res.Status != 200 && r.worksAt(direct, "V05", "index-php", "works", text.Line(direct)) {
		return true
	}
	if res.Status == 404 {
		r.find("V05", "not-found", r.base, "status", res.StatusFact())
		return true
	}
	return false
}

// pathVariant is the URL with a slash added or taken away, or with a file
// below it.
func (r *run) pathVariant(file string) string {
	u := *r.target
	path := u.EscapedPath()
	switch {
	case file != "":
		path = strings.TrimSuffix(path, "/") + "/" + file
	case strings.HasSuffix(path, "/"):
		path = strings.TrimSuffix(path, "/")
	default:
		path += "/"
	}
	if path == "" || path == "/" && r.target.EscapedPath() == "" {
		return "" // no path and "/" are the same request
	}
	return strings.TrimSuffix(u.Scheme+"://"+u.Host+path+"?"+u.RawQuery, "?")
}

// worksAt sends right requests to another URL, and records a finding if that
// one takes them.
func (r *run) worksAt(rawURL, id, variant string, facts ...any) bool {
	var ex *wire.Exchange
	accepted := func() bool {
		q := r.signed(r.newNonce())
		ex = r.send("path", wire.NewRequest("GET", wire.JoinQuery(rawURL, q.params()...), nil), q.echostr)
		return answer.Echoed(ex, q.echostr)
	}
	return accepted() && r.settled(accepted, func() { r.find(id, variant, ex, facts...) })
}

// byRest says what can be said when nothing explains the answer.
func (r *run) byRest() bool {
	ex, res := r.base, r.base.Response
	body := answer.Readable(res)
	status := text.Line(res.StatusText())
	wrong, _ := r.refusal()
	if r.checksOnly(wrong) {
		r.find("V46", "checked", ex, "answer", answer.Summary(ex), "refusal", answer.Summary(wrong))
		return true
	}
	refusal := answer.Same(ex, wrong) && !answer.IsHTML(body) && len(body) <= 512 || res.Status == 401 || res.Status == 403
	switch {
	case res.Status >= 400 && res.Status != 401 && res.Status != 403 && !(res.Status == 400 && refusal):
		r.find("V43", "error-status", ex, "status", status, "excerpt", finding.Excerpt(body))
	case refusal && r.byExpiry():
	case refusal && (!answer.IsHTML(body) || r.refusesHere(wrong)), answer.Same(ex, wrong) && answer.NamesSignature(body):
		r.find("V03", "token-unknown", ex, "answer", answer.Summary(ex), "tried", r.tries)
	case res.Status >= 400:
		r.find("V43", "error-status", ex, "status", status, "excerpt", finding.Excerpt(body))
	case answer.IsHTML(body) && answer.Same(ex, wrong):
		r.find("V05", "other-page", ex, "body", finding.Excerpt(body))
	default:
		r.find("V46", "other-answer", ex, "status", status, "type", finding.Excerpt(res.Get("Content-Type")), "body", finding.Excerpt(body))
	}
	return true
}
