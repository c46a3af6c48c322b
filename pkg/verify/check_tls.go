package verify

import (
	"crypto/tls"
	"net/netip"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/wire"
)

// checkTLS asks with other hellos: without TLS 1.3, and without a server name.
func checkTLS(h *handle) judge {
	older, bare := h.Sender, h.Sender
	older.MaxTLS = tls.VersionTLS12
	bare.NoSNI = true
	ask := func(s wire.Sender, name string, q query) func() *wire.Exchange {
		return h.later(func() *wire.Exchange { return h.do(s, name, h.request(q), q.echostr) })
	}
	_, err := netip.ParseAddr(h.target.Hostname())
	old := ask(older, "tls 1.2", h.signed(h.newNonce()))
	nameless := ask(bare, "no server name", h.signed(h.newNonce()))
	return func() finding.Facts {
		if h.base.TLS == "TLS 1.3" {
			if ex := old(); ex.Failure() == wire.TLSFault {
				h.find("V13", "only-new", ex, "version", h.base.TLS)
				return nil
			}
		}
		if err == nil {
			return nil // an address is never sent as a name
		}
		if ex := nameless(); ex.Failure() == wire.TLSFault {
			names := "none"
			if len(ex.Certs) > 0 {
				names = text.Line(wire.CertNames(ex.Certs[0]))
			}
			h.find("V13", "sni", ex, "names", names)
		}
		return nil
	}
}
