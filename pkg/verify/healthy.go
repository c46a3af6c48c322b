package verify

import (
	"crypto/tls"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/wire"
)

// all runs every check that applies.
func (r *run) all() {
	q := r.signed(r.newNonce())
	r.echo, r.baseQuery = q.echostr, q
	r.check(Reach, func() finding.Facts { return r.reach(q) })
	if !r.connected() {
		return
	}
	defer r.rateLimit()
	before := len(r.report.Findings) // that the first try was slow explains no wrong answer
	r.check(Echo, r.judgeBase)
	if !r.report.Accepted {
		if len(r.report.Findings) == before {
			r.check(Cause, r.diagnose)
		}
		r.checkIf(Submit, r.submit, "V04", "V26", "V47")
		return
	}
	r.checkIf(Twice, r.twice, "V04", "V34", "V28", "V37", "V14", "V50")
	if r.found("V34") {
		return // every further answer would be the cache's
	}
	checked := true
	r.check(Signature, func() finding.Facts { checked = r.negative(); return nil })
	if checked {
		// A server that takes any signature cannot be asked how it sorts.
		r.checkIf(Order, r.sortOrders, "V18", "V36", "M23", "V50")
	}
	r.checkIf(Echostr, r.echostrShapes, "V23")
	r.checkIf(Encrypted, r.encryptParameters, "V29")
	r.checkIf(Transport, r.transport, "V10", "V13")
	r.checkIf(Post, r.post, "V04", "V07", "V17", "M18", "M28", "M29")
	if !r.local {
		r.checkIf(AddressCheck, r.addresses, "V19", "V04")
	}
	if r.Messages && !r.stopped {
		r.messages()
	}
	r.checkIf(Submit, r.submit, "V04", "V26", "V47")
}

// checkIf runs a check unless none of the ids it can find is wanted.
func (r *run) checkIf(name string, f func() finding.Facts, ids ...string) {
	if r.wanted(ids...) {
		r.check(name, f)
		return
	}
	r.leaveOut(name, LeftOut)
}

// leaveOut reports a check that was not made: without a line, what was not
// looked for would pass for what is right.
func (r *run) leaveOut(name, why string) {
	c := Check{Name: name, Passed: true, Skipped: why}
	r.report.Checks = append(r.report.Checks, c)
	r.progress(Event{Check: c.Name, Requests: len(r.report.Probes), Done: &c})
}

// reach sends the base request; whatever kept it from an HTTP answer is
// found here.
func (r *run) reach(q query) finding.Facts {
	r.base = r.get("base", q)
	if r.base.Err != nil {
		r.noResponse()
		if r.base.Err != nil { // not mended by a second try
			return nil
		}
	}
	facts := finding.NewFacts("address", r.base.Address, "time", r.base.Times.Connect, "tls", r.base.TLS)
	if r.base.Times.DNS > 0 {
		facts["dns"] = finding.Duration(r.base.Times.DNS)
	}
	return facts
}

func (r *run) connected() bool { return r.ctx.Err() == nil && r.base.Response != nil }

// judgeBase decides whether WeChat would take the answer.
func (r *run) judgeBase() finding.Facts {
	ex := r.base
	facts := finding.NewFacts("time", ex.Times.Total, "status", ex.Response.StatusFact(), "body", "other")
	switch body := ex.Response.Decoded; {
	case len(body) == 0:
		facts["body"] = finding.Name("empty")
	case strings.Contains(string(body), r.echo):
		facts["body"] = finding.Name("echostr")
	}
	switch {
	case ex.Echoes(r.echo):
		r.report.Accepted = true
	case r.rightBodyWrongStatus():
	case answer.Echoed(ex, r.echo):
		found := answer.Decorations(ex, r.echo)
		r.addAll(found)
		// Of a 2xx that is not 200 it is not known that WeChat refuses it.
		r.report.Accepted = len(found) == 1 && found[0].ID == "V44"
	}
	return facts
}

func (r *run) rightBodyWrongStatus() bool {
	res := r.base.Response
	if string(res.Body) != r.echo || res.Status < 400 {
		return false
	}
	r.find("V44", "wrong-status", r.base, "status", res.StatusFact())
	return true
}

// twice asks again: for a cached answer, and for one that was slow only at
// first.
func (r *run) twice() finding.Facts {
	q := r.signed(r.newNonce())
	ex := r.get("again", q)
	if !judged(ex) {
		return nil
	}
	first, second := answerTime(r.base), answerTime(ex)
	facts := finding.NewFacts("first", first, "second", second)
	if ex.Response != nil && !answer.Echoed(ex, q.echostr) && string(ex.Response.Body) == string(r.base.Response.Body) {
		r.find("V34", "cached", ex, "header", cacheHeader(ex.Response), "body", finding.Excerpt(ex.Response.Body))
		return facts
	}
	if !answer.Echoed(ex, q.echostr) {
		if r.stillTakes(ex) {
			r.stopAtRandom(trial{q, ex, false}, trial{ok: true})
		}
		return facts
	}
	r.speed(first, second, ex)
	return facts
}

// answerTime is what the server itself took, without name, connection and
// TLS.
func answerTime(ex *wire.Exchange) time.Duration {
	t := ex.Times
	return t.Total - t.DNS - t.Connect - t.TLS
}

// From slow on a time is worth a word, from tight on a warning: a server that
// is busier, or further away from WeChat, has half of the limit left.
const (
	standardSlow = time.Second
	tightBySlow  = 2.5
)

func (r *run) tight() time.Duration { return time.Duration(tightBySlow * float64(r.slow)) }

func (r *run) speed(first, second time.Duration, ex *wire.Exchange) {
	way := ex.Times.DNS + ex.Times.Connect + ex.Times.TLS
	switch {
	case second >= r.tight():
		r.find("V37", "close", ex, "seconds", second)
	case second >= r.slow:
		r.find("V37", "noticeable", ex, "seconds", second)
	case first >= r.slow && first >= 4*second:
		r.find("V28", "first-slow", r.base, "first", first, "second", second)
	case way >= r.slow && !skipped(ex):
		r.find("V14", "far", ex, "connect", way, "total", ex.Times.Total)
	}
}

// skipped reports whether an address was tried before the one that answered:
// then connecting took the time of a dead one, which is a finding of its own.
func skipped(ex *wire.Exchange) bool {
	used, err := netip.ParseAddrPort(ex.Address)
	return err == nil && len(ex.Addresses) > 0 && used.Addr() != ex.Addresses[0]
}

// cacheHeader shows what tells of a cache in between.
func cacheHeader(res *wire.Response) finding.Fact {
	for _, name := range []string{"CF-Cache-Status", "X-Cache", "X-Cache-Lookup", "Age", "Via", "CF-Ray"} {
		if v := res.Get(name); v != "" {
			return finding.Name(name + ": " + v)
		}
	}
	return finding.Because(reason.NoCacheHeader)
}

// negative sends what must be refused. It returns whether signatures are
// checked at all.
func (r *run) negative() bool {
	q := r.signed(r.newNonce())
	q.signature = r.wrongSignature()
	if ex, ok := r.accepted("wrong signature", q); ok {
		r.find("V09", "wrong-signature", ex, "body", finding.Excerpt(ex.Response.Body))
		return false
	}
	q = r.signed(r.newNonce())
	q.signature = nil
	if ex, ok := r.accepted("no signature", q); ok {
		r.find("V09", "missing-signature", ex, "body", finding.Excerpt(ex.Response.Body))
		return true
	}
	const hours = 2
	q = r.signedAt(fmt.Sprint(r.Now().Add(-hours*time.Hour).Unix()), r.newNonce())
	if ex, ok := r.accepted("old timestamp", q); ok {
		r.find("V09", "stale", ex, "hours", hours)
	}
	return true
}

// shortNonce has eight digits, as WeChat's often has: smaller than the
// timestamp as a number, larger as text.
func (r *run) shortNonce() string { return r.number(90_000_000, 99_999_999) }

// smallNonce has ten digits and is smaller than the timestamp, as a number
// and as text.
func (r *run) smallNonce() string { return r.number(1_000_000_000, 1_600_000_000) }

// sortOrders sends right signatures on which wrong sort orders disagree. The
// first two nonces have forms that WeChat's own have.
func (r *run) sortOrders() finding.Facts {
	for _, form := range []func() string{r.shortNonce, r.smallNonce} {
		q := r.signedWithZero(form)
		if ex, ok := r.accepted("nonce "+q.nonce, q); !ok && r.telling(ex) {
			if !r.explained(q) {
				r.refusesNonce(q.nonce, ex, form)
			}
			return nil
		}
	}
	now := r.timestamp()
	if q := r.signedAt(now, now); r.wanted("M23") {
		if ex, ok := r.accepted("equal values", q); !ok && r.telling(ex) {
			r.explained(q)
			return nil
		}
	}
	if nonce, ok := caseNonce(r.Token); ok && r.wanted("M23") {
		q := r.signed(nonce)
		if ex, ok := r.accepted("letter case", q); !ok && r.telling(ex) {
			r.explained(q)
		}
	}
	return nil
}

// signedWithZero is a query with a nonce of that form whose signature begins
// with a zero: one that is computed without such zeros differs.
func (r *run) signedWithZero(form func() string) query {
	q := r.signed(form())
	for tries := 0; (*q.signature)[0] != '0' && tries < 200; tries++ {
		q = r.signed(form())
	}
	return q
}

// explained looks for the mistake behind a right signature that was refused.
// A nonce that WeChat never sends may be refused for its form: without a
// mistake that explains it, that is no finding.
func (r *run) explained(q query) bool {
	m, hit, ok := r.search(q)
	if !ok {
		return false
	}
	if _, has := m.Facts["nonce"]; has {
		m.Facts["nonce"] = finding.Name(q.nonce)
	}
	r.findMistake(m, hit)
	return true
}

// refusesNonce tells of a nonce that WeChat may send and that was refused for
// no known mistake.
func (r *run) refusesNonce(nonce string, ex *wire.Exchange, form func() string) {
	again := func() (*wire.Exchange, bool) {
		q := r.signed(form())
		return r.accepted("nonce "+q.nonce, q)
	}
	if r.insists(ex, again) {
		r.find("V50", "nonce", ex, "nonce", nonce, "answer", answer.Summary(ex))
	}
}

// caseNonce is a nonce that stands on one side of the token in the order of
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

// echostrShapes sends other forms of echostr: it must be taken for text.
func (r *run) echostrShapes() finding.Facts {
	// 20 digits above int64 were seen once in the wild.
	big := "18" + r.number(300_000_000_000_000_000, 400_000_000_000_000_000)[:15] + r.number(101, 999)
	if ex, ok := r.shape("20 digits", big); !ok && r.insistsOn("20 digits", big, ex) {
		if got, number := answer.Number(ex); number {
			r.find("V23", "clamped", ex, "sent", big, "got", got)
		} else {
			r.find("V23", "int64", ex, "sent", big, "answer", answer.Summary(ex))
		}
		return nil
	}
	zero := "0" + r.number(100_000_000_000_000_000, 900_000_000_000_000_000)
	if ex, ok := r.shape("leading zero", zero); !ok {
		if got, number := answer.Number(ex); number && r.insistsOn("leading zero", zero, ex) {
			r.find("V23", "leading-zero", ex, "sent", zero, "got", got)
			return nil
		}
	}
	const letters = "wxdevEchostr"
	if ex, ok := r.shape("letters", letters); !ok && !answer.Echoed(ex, letters) && r.insistsOn("letters", letters, ex) {
		r.find("V23", "typed", ex, "sent", finding.Quoted(letters), "answer", answer.Summary(ex))
		return nil
	}
	for _, odd := range []string{"a b+c/=%", "<i>x</i>"} {
		ex, ok := r.shape("odd characters", odd)
		// A refusal may be a firewall's, and real ones are digits: only a
		// changed echostr is worth a word.
		if !ok && ex.Response != nil && ex.Response.Status == 200 && len(ex.Response.Body) > 0 && r.insistsOn("odd characters", odd, ex) {
			r.find("V23", "altered", ex, "sent", finding.Quoted(odd), "got", finding.Excerpt(ex.Response.Body))
			return nil
		}
	}
	return nil
}

// shape sends an echostr and reports whether it came back.
func (r *run) shape(name, echostr string) (*wire.Exchange, bool) {
	q := r.signed(r.newNonce())
	q.echostr = echostr
	ex := r.get(name, q)
	return ex, ex.Response != nil && ex.Response.Status < 300 && string(ex.Response.Body) == echostr
}

// insistsOn is insists for a shape of the echostr.
func (r *run) insistsOn(name, echostr string, ex *wire.Exchange) bool {
	return r.insists(ex, func() (*wire.Exchange, bool) { return r.shape(name, echostr) })
}

// encryptParameters adds to the GET what only POSTs carry. WeChat does not,
// but a server that then wants to decrypt was written for WeCom.
func (r *run) encryptParameters() finding.Facts {
	send := func() (*wire.Exchange, bool) {
		q := r.signed(r.newNonce())
		q.extra = [][2]string{
			{"encrypt_type", "aes"},
			{"msg_signature", r.msgSignature(q)},
		}
		return r.accepted("encrypt parameters", q)
	}
	if ex, ok := send(); !ok && r.insists(ex, send) {
		r.find("V29", "encrypt-parameters", ex, "answer", answer.Summary(ex))
	}
	return nil
}

const (
	browserAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
	curlAgent    = "curl/8.5.0"
	appAgent     = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50"
)

// transport asks in HTTP/1.1, as a browser would, and over TLS with other
// hellos.
func (r *run) transport() finding.Facts {
	send := func() (*wire.Exchange, bool) {
		q := r.signed(r.newNonce())
		ex := r.send("as a browser", r.request(q).HTTP11().With("User-Agent", browserAgent), q.echostr)
		return ex, answer.Echoed(ex, q.echostr)
	}
	if ex, ok := send(); !ok && r.insists(ex, send) {
		r.find("V10", "modern", ex, "answer", answer.Summary(ex))
	}
	if r.target.Scheme == "https" {
		r.tlsVariants()
	}
	return nil
}

func (r *run) tlsVariants() {
	if r.base.TLS == "TLS 1.3" {
		older := r.Sender
		older.MaxTLS = tls.VersionTLS12
		q := r.signed(r.newNonce())
		if ex := r.sendBy(older, "tls 1.2", r.request(q), q.echostr); ex.Failure() == wire.TLSFault {
			r.find("V13", "only-new", ex, "version", r.base.TLS)
			return
		}
	}
	if _, err := netip.ParseAddr(r.target.Hostname()); err == nil {
		return // an address is never sent as a name
	}
	bare := r.Sender
	bare.NoSNI = true
	q := r.signed(r.newNonce())
	ex := r.sendBy(bare, "no server name", r.request(q), q.echostr)
	if ex.Failure() == wire.TLSFault {
		names := "none"
		if len(ex.Certs) > 0 {
			names = text.Line(wire.CertNames(ex.Certs[0]))
		}
		r.find("V13", "sni", ex, "names", names)
	}
}

// addresses asks each address of the name by itself.
func (r *run) addresses() finding.Facts {
	all := r.base.Addresses
	if all[0].Is6() {
		r.find("V19", "no-ipv4", r.base, "addresses", joinAddresses(all))
	}
	for _, a := range all {
		if used, err := netip.ParseAddrPort(r.base.Address); err == nil && used.Addr() == a {
			continue // the checks so far were of this one
		}
		only := r.Sender
		only.Only = a
		q := r.signed(r.newNonce())
		ex := r.sendBy(only, "address "+a.String(), r.request(q), q.echostr)
		switch {
		case answer.Echoed(ex, q.echostr) || !judged(ex):
		case a.Is6() && ex.Failure() == wire.NoRoute:
			// This machine has no IPv6, as most have none: the address may be well.
		case a.Is6() && ex.Err != nil:
			r.find("V19", "ipv6-dead", ex, "address", a.String(), "error", ex.Err)
		case a.Is6():
			r.find("V19", "ipv6-differs", ex, "address", a.String(), "answer", answer.Summary(ex))
		default:
			r.find("V04", "one-address", ex, "address", a.String(), "error", answer.Summary(ex), "others", joinAddresses(all))
		}
	}
	return finding.NewFacts("addresses", joinAddresses(all))
}

func joinAddresses(all []netip.Addr) finding.List {
	var list finding.List
	for _, a := range all {
		list = append(list, finding.Name(a.String()))
	}
	return list
}
