package answer

import (
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/wire"
)

// Unreachable names why an exchange has no HTTP response, whatever was sent:
// DNS, the connection, TLS, or something that is not HTTP. It returns nil for
// the rest (no answer in time, closed or reset without one), whose cause is
// not in the exchange alone.
func Unreachable(ex *wire.Exchange) []finding.Finding {
	if ex.Err == nil {
		return nil
	}
	one := func(id, variant string, facts ...any) []finding.Finding {
		return []finding.Finding{NewFinding(id, variant, ex, facts...)}
	}
	switch ex.Failure() {
	case wire.DNS:
		return one("V04", "dns", "host", host(ex), "error", ex.Err)
	case wire.Refused:
		return one("V04", "refused", "address", ex.Address)
	case wire.NoRoute:
		return one("V04", "no-route", "address", ex.Address)
	case wire.Dial:
		return one("V04", "timeout", "address", ex.Address, "seconds", ex.Times.Total)
	case wire.TLSFault:
		return tlsFaults(ex)
	case wire.NotHTTP:
		return notHTTP(ex)
	case wire.BadHead:
		return one("V38", "header", "excerpt", finding.Excerpt(ex.Received))
	}
	return nil
}

func host(ex *wire.Exchange) string {
	u, err := wire.CheckURL(ex.Request.URL)
	if err != nil {
		return "?"
	}
	return u.Hostname()
}

// tlsFaults makes a finding of each thing that is wrong with TLS: all are V13,
// but each has a fix of its own.
func tlsFaults(ex *wire.Exchange) []finding.Finding {
	var found []finding.Finding
	for _, p := range ex.TLSProblems() {
		f := NewFinding("V13", string(p.Kind), ex)
		f.Facts = p.Facts
		found = append(found, f)
	}
	return found
}

// notHTTP looks at what came instead.
func notHTTP(ex *wire.Exchange) []finding.Finding {
	b := ex.Received
	hex := text.Hex(b, 0, 16)
	switch {
	case len(b) >= 3 && b[0] >= 0x14 && b[0] <= 0x17 && b[1] == 0x03: // a TLS record
		return []finding.Finding{NewFinding("V38", "tls-port", ex, "excerpt", hex)}
	case len(b) >= 9 && b[3] == 0x04 && b[5] == 0 && b[6] == 0 && b[7] == 0 && b[8] == 0: // SETTINGS on stream 0
		return []finding.Finding{NewFinding("V38", "http2", ex, "hex", hex)}
	}
	return []finding.Finding{NewFinding("V38", "garbage", ex, "hex", hex, "excerpt", finding.Excerpt(b))}
}
