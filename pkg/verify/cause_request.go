package verify

import (
	"bytes"
	"fmt"
	"strconv"
	"time"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/wire"
)

// echoNames are names under which handlers look for the echostr.
var echoNames = []string{"echoStr", "echo_str", "echo", "echoString", "echostring", "EchoStr"}

// withEchoNames is a query with the echostr under other names too, each time
// another value.
func (h *handle) withEchoNames() query {
	q := h.signed(h.newNonce())
	for _, name := range echoNames {
		q.extra = append(q.extra, [2]string{name, h.newEchostr()})
	}
	return q
}

// byEchoName asks for the echostr under other names: the one whose value comes
// back is the parameter that the handler reads.
func byEchoName(h *handle) bool {
	asked := h.ahead().echoNames
	ex := asked.answer()
	if ex.Response == nil || ex.Response.Status >= 300 {
		return false
	}
	var back []string
	for _, extra := range asked.query.extra {
		if bytes.Contains(answer.Readable(ex.Response), []byte(extra[1])) {
			back = append(back, extra[0])
		}
	}
	if len(back) != 1 { // all of them: it prints the request
		return false
	}
	h.find("V46", "other-name", ex, "name", back[0], "answer", answer.Summary(h.base))
	return true
}

// byClock knows a server that refuses the timestamp: with another one it takes
// the same request.
func byClock(h *handle) bool {
	for _, shift := range []time.Duration{10 * time.Minute, -10 * time.Minute, 8 * time.Hour, -8 * time.Hour} {
		shown := fmt.Sprintf("%+.0f min", shift.Minutes())
		if shift.Abs() >= time.Hour {
			shown = fmt.Sprintf("%+.0f h", shift.Hours())
		}
		at := func() string { return strconv.FormatInt(h.Now().Add(shift).Unix(), 10) }
		if passesWith(h, "timestamp "+shown, at, h.newNonce, "V52", "clock", "shift", shown, "answer", answer.Summary(h.base)) {
			return true
		}
	}
	milliseconds := func() string { return h.timestamp() + "000" }
	return passesWith(h, "timestamp in ms", milliseconds, h.newNonce, "V52", "milliseconds", "answer", answer.Summary(h.base))
}

// byNonce knows a server that takes the nonce for a small number.
func byNonce(h *handle) bool {
	facts := []any{"nonce", h.query.nonce, "answer", answer.Summary(h.base)}
	return passesWith(h, "small nonce", h.timestamp, h.smallNonce, "V53", "int32", facts...) ||
		passesWith(h, "short nonce", h.timestamp, h.shortNonce, "V53", "short", facts...)
}

// passesWith sends right signatures over other values, and records a finding
// if the server takes them.
func passesWith(h *handle, name string, timestamp, nonce func() string, id, variant string, facts ...any) bool {
	passes := func() bool {
		_, ok := h.ask(name, h.signedAt(timestamp(), nonce()))
		return ok
	}
	return passes() && settled(h, passes, func() { h.find(id, variant, h.base, facts...) })
}

// byAgent asks in other transports: a filter lets a browser pass.
func byAgent(h *handle) bool {
	try := func(name, agent string, http11 bool) (*wire.Exchange, bool) {
		q := h.signed(h.newNonce())
		req := h.request(q).With("User-Agent", agent)
		if http11 {
			req = req.HTTP11()
		}
		ex := h.send(name, req, q.echostr)
		return ex, answer.Echoed(ex, q.echostr)
	}
	const weChat = "Mozilla/4.0"
	first := h.ahead()
	browser, curl := first.browser.echoed(), first.curl.echoed()
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
		return settled(h, again, func() {
			switch {
			case agentAlone && !versionAlone:
				h.find("V10", "by-agent", h.base, "refused", answered(h.base, "Mozilla/4.0"), "accepted", client(name))
			case versionAlone && !agentAlone:
				h.find("V10", "by-version", h.base, "refused", answered(h.base, "HTTP/1.0"), "accepted", "HTTP/1.1")
			default:
				h.find("V10", "by-both", h.base, "refused", answered(h.base, refused...), "accepted", finding.List{finding.Name("HTTP/1.1"), client(name)})
			}
		})
	}
	res := h.base.Response
	if res == nil {
		return false
	}
	if first.app.echoed() {
		again := func() bool {
			_, ok := try("as WeChat's app", appAgent, true)
			return ok
		}
		return settled(h, again, func() {
			h.find("V10", "in-app", h.base, "refused", answered(h.base, "Mozilla/4.0"), "accepted", "MicroMessenger")
		})
	}
	if v, ok := answer.Judge(h.base); ok && v.ID == "V10" { // nobody passes
		h.add(v.Finding)
		return true
	}
	return false
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

// byAddressFilter asks as if a proxy had passed the request on for WeChat.
func byAddressFilter(h *handle) bool {
	if s := h.base.Response.Status; s != 403 && s != 401 {
		return false
	}
	const weChatAddress = "101.226.103.10" // of a range that getcallbackip gave
	for _, name := range []string{"X-Forwarded-For", "X-Real-IP"} {
		var ex *wire.Exchange
		forged := func() bool {
			q := h.signed(h.newNonce())
			ex = h.send(name, h.request(q).With(name, weChatAddress), q.echostr)
			return answer.Echoed(ex, q.echostr)
		}
		if forged() {
			return settled(h, forged, func() {
				h.find("V30", "ip-filter", ex, "header", name, "status", h.base.Response.StatusFact())
			})
		}
	}
	return false
}

const (
	browserAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
	curlAgent    = "curl/8.5.0"
	appAgent     = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50"
)
