package verify

import (
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/wire"
)

// byDemand knows a server that demands a parameter or a header which WeChat does
// not send: it says so, and answers otherwise when it gets one.
func byDemand(h *handle) bool {
	res := h.base.Response
	if answer.GuardMark(res) != "" {
		return false
	}
	if name := answer.DemandedHeader(res); name != "" {
		q := h.signed(h.newNonce())
		ex := h.send("with the header "+text.Line(name), h.request(q).With(name, "1"), q.echostr)
		return demanded(h, "demanded-header", name, ex, answer.DemandedHeader)
	}
	name := answer.Demanded(res)
	if name == "" || slices.Contains([]string{"signature", "echostr", "timestamp", "nonce"}, strings.ToLower(name)) {
		return false
	}
	q := h.signed(h.newNonce())
	q.extra = [][2]string{{name, "1"}}
	return demanded(h, "demanded", name, h.get("with "+text.Line(name), q), answer.Demanded)
}

func demanded(h *handle, variant, name string, ex *wire.Exchange, reads func(*wire.Response) string) bool {
	if ex.Response == nil || answer.Same(h.base, ex) || reads(ex.Response) == name {
		return false
	}
	h.find("V51", variant, h.base, "name", finding.Quoted(name), "answer", answer.Summary(h.base))
	return true
}

// demandsOnPost knows a server that refuses a message for want of a parameter or
// a header that WeChat sends with no message: with it the same message is taken,
// and without it refused once more.
func demandsOnPost(h *handle, d *push.Delivery) bool {
	res := d.Last().Response
	if name := answer.DemandedHeader(res); name != "" && sentHeader(d, name) {
		return false
	} else if name != "" {
		c := h.pusher()
		c.Header = []wire.Field{{Name: name, Value: "1"}}
		return cures(h, d, "post-header", name, c)
	}
	names := []string{"echostr"} // one check for both requests
	if name := answer.Demanded(res); name != "" && !slices.Contains(names, name) {
		names = append(names, name)
	}
	for _, name := range names {
		c := h.pusher()
		c.URL = wire.JoinQuery(h.pusher().URL, [2]string{name, h.newEchostr()})
		if cures(h, d, "post-demanded", name, c) {
			return true
		}
	}
	return false
}

func sentHeader(d *push.Delivery, name string) bool { return d.Last().Request.Get(name) != "" }

// cures reports, and records, that a message is taken from a pusher that adds
// what was missing.
func cures(h *handle, d *push.Delivery, variant, name string, c *push.Pusher) bool {
	with := func() bool {
		return accepted(h.deliver("with "+text.Line(name), c, h.build(h.text(firstText))))
	}
	if !with() || accepted(h.push("without "+text.Line(name), h.text(firstText))) || !with() {
		return false
	}
	h.find("V51", variant, d.Last(), "name", finding.Quoted(name), "answer", answer.Summary(d.Last()))
	return true
}
