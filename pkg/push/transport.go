package push

import (
	"bytes"
	"strings"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/wire"
)

// NewFinding makes a finding with the severity that the catalogue gives its
// variant, and the exchange that shows it, which may be nil. The facts are
// those of [finding.NewFacts].
func NewFinding(id, variant string, ex *wire.Exchange, facts ...any) finding.Finding {
	f := finding.New(id, variant, facts...)
	f.Severity = catalog.SeverityOf(id, variant)
	if ex != nil {
		f.Exchange = ex.Evidence()
	}
	return f
}

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
		return one("V04", "timeout", "address", ex.Address, "seconds", seconds(ex.Times.Total))
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

// guardMarks are words of CSRF protections that refuse a POST without their
// token.
var guardMarks = []string{
	"csrf", "xsrf", "authenticity", "invalidauthenticitytoken", "page expired", "_token mismatch",
	"requestverificationtoken", "antiforgery",
}

// GuardMark returns the word by which an answer is recognised as that of a
// CSRF protection, or "".
func GuardMark(res *wire.Response) string {
	text := string(WithoutMarkup(res.Decoded))
	for _, f := range res.Header {
		if !strings.EqualFold(f.Name, "Set-Cookie") { // guards set one on every answer
			text += "\n" + strings.ToLower(f.Name+": "+f.Value)
		}
	}
	for _, m := range guardMarks {
		if strings.Contains(text, m) {
			return m
		}
	}
	return ""
}

// WithoutMarkup is the text of a page, in lower case. It is one pass by hand: a
// hostile page could make a regular expression look for the end of each script
// again and again.
func WithoutMarkup(page []byte) []byte {
	rest := text.Lower(page)
	var text []byte
	for {
		before, _, found := bytes.Cut(rest, []byte("<"))
		text = append(append(text, before...), ' ')
		if !found {
			return text
		}
		rest = rest[len(before):]
		end := ">"
		for start, other := range map[string]string{"<script": "</script>", "<style": "</style>", "<!--": "-->"} {
			if bytes.HasPrefix(rest, []byte(start)) {
				end = other
			}
		}
		_, after, closed := bytes.Cut(rest, []byte(end))
		switch {
		case closed:
			rest = after
		case end == ">": // a sign, not a tag
			return append(text, rest...)
		default:
			return text
		}
	}
}

// Unrouted names why a POST did not reach the server's handler: it was
// redirected, has no route, or a CSRF protection or a proxy stopped it. It
// reports false for any other answer.
func Unrouted(ex *wire.Exchange) (finding.Finding, bool) {
	res := ex.Response
	status := res.StatusFact()
	guard := GuardMark(res)
	switch {
	case res.Status >= 300 && res.Status < 400:
		return NewFinding("M18", "post-redirected", ex, "status", status, "location", finding.Excerpt(res.Get("Location"))), true
	case res.Status == 404, res.Status == 405, res.Status == 501:
		return NewFinding("V17", "post-unrouted", ex, "status", status, "allow", AllowHeader(res)), true
	case res.Status == 419, res.Status >= 400 && res.Status < 500 && guard != "":
		return NewFinding("V07", "post-guarded", ex, "status", status, "marker", finding.Excerpt(guard)), true
	case res.Status == 502, res.Status == 503, res.Status == 504:
		return NewFinding("V04", "gateway", ex, "status", status, "excerpt", finding.Excerpt(res.Decoded)), true
	}
	return finding.Finding{}, false
}

// AllowHeader is the Allow header for a finding, or "".
func AllowHeader(res *wire.Response) finding.Fact {
	if v := res.Get("Allow"); v != "" {
		return finding.Because(reason.AllowHeader, "value", v)
	}
	return finding.Name("")
}
