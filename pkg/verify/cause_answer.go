package verify

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/wire"
)

// byPrinted knows an echostr that was printed after other values of the
// request, as a print left from a test does. A refusal may quote the request
// too: then one of a wrong signature looks alike.
func byPrinted(h *handle) bool {
	if !answer.StandsAlone(h.base, h.query.echostr) {
		return false
	}
	wrong, q := askWrongly(h)
	if wrong.Response == nil || answer.StandsAlone(wrong, q.echostr) {
		return false
	}
	found := answer.Decorations(h.base, h.query.echostr)
	h.addAll(found)
	return len(found) > 0
}

// byCoding knows an echostr that came back in base64.
func byCoding(h *handle) bool {
	body := strings.Trim(string(h.base.Response.Decoded), answer.Blanks+`"`)
	if h.base.Response.Status >= 300 || body != base64.StdEncoding.EncodeToString([]byte(h.query.echostr)) {
		return false
	}
	h.find("V02", "base64", h.base, "body", finding.Excerpt(h.base.Response.Body))
	return true
}

// checksOnly reports whether the server tells right signatures from wrong
// ones, and answers a right one with something of its own.
func checksOnly(h *handle, wrong *wire.Exchange) bool {
	if h.base.Response.Status >= 300 || wrong.Response == nil || varies(h) {
		return false
	}
	again, _ := askWrongly(h)
	if again.Response == nil || !answer.Same(wrong, again) {
		return false
	}
	return !answer.Same(h.base, wrong) || answer.HoldsSignature(h.base) && !answer.HoldsSignature(wrong)
}

// varies reports whether two answers to the plain request differ, so that a
// difference of others says nothing.
func varies(h *handle) bool {
	return len(h.again) == 0 || !answer.Same(h.base, h.again[0].ex)
}

// byNumber knows an echostr that went through a number, and a cached one.
func byNumber(h *handle) bool {
	got, ok := answer.Number(h.base)
	if !ok {
		return false
	}
	if n, err := strconv.ParseFloat(got, 64); err == nil {
		want, _ := strconv.ParseFloat(h.query.echostr, 64)
		if bits := answer.IntegerBits(h.query.echostr, got); bits > 0 {
			h.find("V23", "narrowed", h.base, "sent", h.query.echostr, "got", got, "bits", bits)
			return true
		}
		if n == want {
			h.find("V23", "rounded", h.base, "sent", h.query.echostr, "got", got)
			return true
		}
	}
	q := h.signed(h.newNonce())
	ex := h.get("again", q)
	if ex.Response != nil && string(ex.Response.Body) == string(h.base.Response.Body) && len(got) > 10 {
		h.find("V34", "cached", ex, "header", cacheHeader(ex.Response), "body", finding.Excerpt(ex.Response.Body))
		return true
	}
	return false
}

// byRoute knows a route that answers POSTs only.
func byRoute(h *handle) bool {
	res := h.base.Response
	if res.Status != 404 || answer.NamesView(h.base, h.query.echostr) {
		return false
	}
	ex := h.send("post", h.wrongPush(), "")
	if ex.Response != nil && ex.Response.Status != 404 && ex.Response.Status != 405 && ex.Response.Status < 500 {
		h.find("V17", "get-unrouted", h.base, "status", res.StatusFact(), "allow", answer.AllowHeader(res))
		return true
	}
	return false
}

// echoAsStatus asks with an echostr that is an HTTP status: a server that
// answers with that status passed the number on as one. (Letters would ask the
// same, but Express 4 dies of them.)
func echoAsStatus(h *handle) bool {
	const teapot = 418
	q := h.signed(h.newNonce())
	q.echostr = strconv.Itoa(teapot)
	ex := h.get("echostr 418", q)
	if ex.Response == nil || ex.Response.Status != teapot {
		return false
	}
	h.find("V23", "status-code", h.base, "excerpt", answer.Summary(h.base))
	return true
}

// byLostQuery asks without any parameter, and with a wrong signature: a server that
// never saw the parameters answers all alike. It may say that one is missing, or
// take them from elsewhere.
func byLostQuery(h *handle) bool {
	res := h.base.Response
	names := answer.MissesParameter(res)
	first := h.ahead()
	if !answer.Same(h.base, first.bare.answer()) || !answer.Same(h.base, first.wrong.answer()) {
		return false
	}
	h.blind = true
	if readsForm(h) {
		return true
	}
	if names {
		h.find("V16", "same-answer", h.base, "body", answer.Around(answer.Readable(res), ""))
		return true
	}
	if res.Status == 404 || res.Status == 403 {
		return false // the path is wrong, then
	}
	direct := pathVariant(h, "index.php")
	return worksAt(h, direct, "V16", "direct-works", "works", text.Line(direct))
}

// readsForm knows a server that takes the parameters from a form: they are
// accepted when they are in the body.
func readsForm(h *handle) bool {
	for i, method := range []string{"GET", "POST"} {
		first := h.ahead().forms[i]
		ask := func(q query) *wire.Exchange { return h.send("a form, "+method, h.form(method, q), q.echostr) }
		again := func() bool {
			q := h.signed(h.newNonce())
			return answer.Echoed(ask(q), q.echostr)
		}
		if !first.echoed() {
			// A POST may be taken, as a message, and has no echostr to give back.
			again = func() bool {
				wrong := h.signed(h.newNonce())
				wrong.signature = h.wrongSignature()
				right := ask(h.signed(h.newNonce()))
				return right.Response != nil && !answer.Same(h.base, right) && answer.Same(h.base, ask(wrong))
			}
			if ex := first.answer(); ex.Response == nil || ex.Response.Status >= 300 || answer.Same(h.base, ex) || !again() {
				continue
			}
		}
		return settled(h, again, func() { h.find("V16", "form", first.answer(), "answer", answer.Summary(h.base)) })
	}
	return false
}
