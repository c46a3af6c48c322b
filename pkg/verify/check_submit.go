package verify

import (
	"net/netip"

	"github.com/wxdev/wxdev/internal/hostname"
	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/product"
)

// checkSubmit names what is in the way of submitting this URL, which is no
// fault while it is the developer's own machine. A public name with a private
// address may resolve otherwise from outside, so that it is a warning only.
func checkSubmit(h *handle) finding.Facts {
	host := h.target.Hostname()
	for _, a := range h.base.Addresses {
		if hostname.Private(a) {
			variant := "private-address"
			if _, err := netip.ParseAddr(host); err == nil {
				variant = "private-ip" // the host is the address: no need to tell both
			}
			onSubmit(h, finding.Warning, "V04", variant, "host", host, "address", a.String())
			break
		}
	}
	switch port := h.target.Port(); {
	case port == "", h.Product == product.WeCom: // of WeCom no page says which ports it takes
	case port == "80" && h.target.Scheme == "http", port == "443" && h.target.Scheme == "https":
		onSubmit(h, finding.Warning, "V26", "default-port", "port", port)
	default:
		onSubmit(h, finding.Error, "V26", "other-port", "port", port)
	}
	if h.target.Scheme == "http" {
		onSubmit(h, finding.Info, "V47", "plain-http", "host", host)
	}
	return nil
}

// onSubmit records a finding that matters for a public host only.
func onSubmit(h *handle, public finding.Severity, id, variant string, facts ...any) {
	f := answer.NewFinding(id, variant, nil, facts...)
	if f.Severity = public; h.local {
		f.Severity = finding.Info
	}
	h.add(f)
}
