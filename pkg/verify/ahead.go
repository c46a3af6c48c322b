package verify

import (
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/wire"
)

// ahead are requests that nearly every search for a cause comes to. Where requests
// overlap they are sent at once, so that of a slow server there is time left for
// the search itself; elsewhere each is sent when its answer is asked for.
type ahead struct {
	browser, curl, app *pending // other clients
	echoNames          *pending // the echostr under other names
	bare, wrong        *pending // no parameters, and a wrong signature
	forms              [2]*pending
}

// ahead returns them; the first call sends them.
func (h *handle) ahead() *ahead {
	if h.server.ahead != nil {
		return h.server.ahead
	}
	send := func(name string, q query, req *wire.Request) *pending {
		return &pending{q, h.later(func() *wire.Exchange { return h.send(name, req, q.echostr) })}
	}
	as := func(name, agent string) *pending {
		q := h.signed(h.newNonce())
		return send(name, q, h.request(q).HTTP11().With("User-Agent", agent))
	}
	form := func(method string) *pending {
		q := h.signed(h.newNonce())
		return send("a form, "+method, q, h.form(method, q))
	}
	named, wrong := h.withEchoNames(), h.signed(h.newNonce())
	wrong.signature = h.wrongSignature()
	h.server.ahead = &ahead{
		browser: as("as a browser", browserAgent), curl: as("as curl", curlAgent), app: as("as WeChat's app", appAgent),
		echoNames: send("other names of echostr", named, h.request(named)),
		bare:      send("no parameters", h.query, wire.NewRequest("GET", wire.JoinQuery(h.URL), nil)),
		wrong:     send("wrong signature", wrong, h.request(wrong)),
		forms:     [2]*pending{form("GET"), form("POST")},
	}
	return h.server.ahead
}

// form is the query as a form in the body.
func (h *handle) form(method string, q query) *wire.Request {
	_, body, _ := strings.Cut(wire.JoinQuery("/", q.params()...), "?")
	return wire.NewRequest(method, h.URL, []byte(body)).
		With("Content-Length", strconv.Itoa(len(body))).With("Content-Type", "application/x-www-form-urlencoded")
}

// echoed reports whether the answer holds the echostr.
func (p *pending) echoed() bool { return answer.Echoed(p.answer(), p.query.echostr) }
