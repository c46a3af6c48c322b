package answer

import (
	"bytes"
	"strings"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/wire"
)

var bom = []byte("\xEF\xBB\xBF")

// Decorations names all that keeps an answer which holds the echostr from
// being the echostr alone. It is empty when it [wire.Exchange.Echoes].
func Decorations(ex *wire.Exchange, echostr string) []finding.Finding {
	var found []finding.Finding
	add := func(f finding.Finding) { found = append(found, f) }
	r := ex.Response
	body := r.Decoded

	if enc := r.Coding(); enc != "" {
		add(NewFinding("V41", "compressed", ex, "encoding", finding.Excerpt(enc)))
	}
	if r.Chunked && !bytes.Equal(r.Body, r.Decoded) {
		add(NewFinding("V20", "chunked", ex, "hex", text.Hex(r.Body, 0, 24)))
	}
	if _, ok := fromUTF16(body); ok {
		add(NewFinding("V12", "utf16", ex, "hex", text.Hex(body, 0, 12)))
	}
	body = Readable(r)
	at := bytes.Index(body, []byte(echostr))
	if at < 0 {
		return found
	}
	before, after := body[:at], body[at+len(echostr):]
	if n := bytes.Count(before, bom); n > 0 {
		add(NewFinding("V12", "bom", ex, "count", n, "hex", text.Hex(before, bytes.Index(before, bom), 3),
			"length", len(body)))
		before = bytes.ReplaceAll(before, bom, nil)
	}
	if f, ok := wrapping(ex, before, echostr, after); ok {
		add(f)
	}
	switch {
	case r.Status != 200 && r.Status < 300:
		add(NewFinding("V44", "other-2xx", ex, "status", r.StatusFact()))
	case ex.End == wire.EndTimeout && !promisesMore(r):
		add(NewFinding("V25", "open", ex, "seconds", ex.Times.Total))
	case ex.End == wire.EndTimeout, ex.End == wire.EndShort:
		add(NewFinding("V25", "length", ex, "declared", r.Get("Content-Length"), "got", len(r.Body)))
	case ex.End == wire.EndLimit:
		add(NewFinding("V40", "oversized", ex, "bytes", len(ex.Received)))
	}
	return found
}

func promisesMore(r *wire.Response) bool { return r.Get("Content-Length") != "" }

// wrapping names what is around the echostr.
func wrapping(ex *wire.Exchange, before []byte, echostr string, after []byte) (finding.Finding, bool) {
	body := append(append(append([]byte(nil), before...), echostr...), after...)
	head, tail := strings.Trim(string(before), Blanks), strings.Trim(string(after), Blanks)
	kind := ex.Response.Get("Content-Type")
	switch {
	case len(before) == 0 && len(after) == 0:
		return finding.Finding{}, false
	case len(before) == 0 && string(after) == "\n" && strings.Contains(strings.ToLower(kind), "json"):
		return NewFinding("V02", "json-number", ex, "body", finding.Excerpt(body), "type", finding.Excerpt(kind)), true
	case head == "" && tail == "":
		return blanksAround(ex, before, echostr, after, body), true
	case head == tail && (head == `"` || head == "'"):
		return NewFinding("V02", "json-quotes", ex, "body", finding.Excerpt(body), "type", finding.Excerpt(kind)), true
	case head == "b'" && tail == "'", head == `b"` && tail == `"`:
		return NewFinding("V02", "bytes-printed", ex, "body", finding.Excerpt(body)), true
	}
	if field, ok := jsonField(body, echostr); ok {
		return NewFinding("V27", "envelope", ex, "field", finding.Quoted(field), "body", finding.Excerpt(body)), true
	}
	if xmlWrapped(body, echostr) {
		return NewFinding("V02", "xml-wrapper", ex, "body", finding.Excerpt(body), "type", finding.Excerpt(kind)), true
	}
	offset := 0
	if len(before) == 0 {
		offset = len(echostr)
	}
	excerpt := finding.Excerpt(aroundExtra(before, after))
	if m := debugMark(body); m != "" {
		return NewFinding("V06", "marker", ex, "offset", offset, "excerpt", excerpt, "marker", finding.Excerpt(m)), true
	}
	if IsHTML(body) { // here the offset is the echostr's
		return NewFinding("V21", "layout", ex, "offset", len(before), "excerpt", excerpt), true
	}
	return NewFinding("V06", "extra-output", ex, "offset", offset, "excerpt", excerpt), true
}

// aroundExtra is what an excerpt of stray output should show.
func aroundExtra(before, after []byte) []byte {
	if len(bytes.TrimSpace(before)) > 0 {
		return before
	}
	return after
}

// blanksAround says on which side of the echostr the blanks are.
func blanksAround(ex *wire.Exchange, before []byte, echostr string, after, body []byte) finding.Finding {
	switch {
	case len(after) == 0:
		return NewFinding("V01", "blank-before", ex, "offset", "0", "hex", text.Hex(before, 0, 8), "body", finding.Excerpt(body))
	case len(before) == 0:
		return NewFinding("V01", "blank-after", ex,
			"offset", len(echostr), "hex", text.Hex(after, 0, 8), "body", finding.Excerpt(body))
	}
	return NewFinding("V01", "blank-both", ex,
		"hex", text.Hex(before, 0, 8)+" … "+text.Hex(after, 0, 8), "body", finding.Excerpt(body))
}
