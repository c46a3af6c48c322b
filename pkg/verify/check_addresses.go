package verify

import (
	"net/netip"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/wire"
)

// addresses asks each address of the name by itself.
func checkAddresses(h *handle) finding.Facts {
	all := h.base.Addresses
	if all[0].Is6() {
		h.find("V19", "no-ipv4", h.base, "addresses", joinAddresses(all))
	}
	for _, a := range all {
		if used, err := netip.ParseAddrPort(h.base.Address); err == nil && used.Addr() == a {
			continue // the checks so far were of this one
		}
		only := h.Sender
		only.Only = a
		q := h.signed(h.newNonce())
		ex := h.do(only, "address "+a.String(), h.request(q), q.echostr)
		switch {
		case answer.Echoed(ex, q.echostr) || !conclusive(ex):
		case a.Is6() && ex.Failure() == wire.NoRoute:
			// This machine has no IPv6, as most have none: the address may be well.
		case a.Is6() && ex.Err != nil:
			h.find("V19", "ipv6-dead", ex, "address", a.String(), "error", ex.Err)
		case a.Is6():
			h.find("V19", "ipv6-differs", ex, "address", a.String(), "answer", answer.Summary(ex))
		default:
			h.find("V04", "one-address", ex, "address", a.String(), "error", answer.Summary(ex), "others", joinAddresses(all))
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
