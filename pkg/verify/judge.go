package verify

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/wire"
)

// echoed reports whether the server took the signature for right: the answer
// holds the echostr, decorated or not, and not just because it prints the
// request.
func echoed(ex *wire.Exchange, echostr string) bool {
	r := ex.Response
	if r == nil || r.Status >= 300 {
		return false
	}
	body := readable(r)
	return bytes.Count(body, []byte(echostr)) > reflections(body, ex, echostr)
}

// reflectsURL reports whether the body prints the request: its echostr is
// then no answer.
func reflectsURL(body []byte, ex *wire.Exchange, echostr string) bool {
	return reflections(body, ex, echostr) > 0
}

// reflections counts the echostrs of a body that are there because it prints
// the request it was made for: each stands with the other parameters.
func reflections(body []byte, ex *wire.Exchange, echostr string) int {
	if n := bytes.Count(body, []byte("echostr="+echostr)); n > 0 {
		return n
	}
	for name, value := range requestValues(ex) {
		if name != "echostr" && len(value) >= 8 && bytes.Contains(body, []byte(value)) {
			return 1
		}
	}
	return 0
}

// requestValues are the parameters that the checks gave the request.
func requestValues(ex *wire.Exchange) map[string]string {
	values := map[string]string{}
	u, err := url.Parse(ex.Request.URL)
	if err != nil {
		return values
	}
	q := u.Query()
	for _, name := range []string{"signature", "echostr", "nonce", "msg_signature"} {
		if v := q.Get(name); v != "" {
			values[name] = v
		}
	}
	return values
}

// readable undoes what was done to the bytes of a body on the way: chunks,
// compression and UTF-16.
func readable(r *wire.Response) []byte {
	b := r.Decoded
	if plain, ok := decompress(r); ok {
		b = plain
	}
	if text, ok := fromUTF16(b); ok {
		b = text
	}
	return unescaped(b)
}

var jsonEscape = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\\u[0-9A-Fa-f]{4}`) })

// unescaped writes the Chinese that JSON has in \u escapes, as many frameworks
// do, as it is read.
func unescaped(b []byte) []byte {
	if !bytes.Contains(b, []byte(`\u`)) {
		return b
	}
	if trimmed := bytes.TrimLeft(b, blanks); len(trimmed) == 0 || trimmed[0] != '{' && trimmed[0] != '[' {
		return b
	}
	return jsonEscape().ReplaceAllFunc(b, func(escape []byte) []byte {
		n, err := strconv.ParseUint(string(escape[2:]), 16, 16)
		if r := rune(n); err == nil && unicode.Is(unicode.Han, r) {
			return []byte(string(r))
		}
		return escape
	})
}

func decompress(r *wire.Response) ([]byte, bool) {
	var in io.Reader
	var err error
	switch strings.ToLower(r.Get("Content-Encoding")) {
	case "gzip", "x-gzip":
		in, err = gzip.NewReader(bytes.NewReader(r.Decoded))
	case "deflate":
		in, err = zlib.NewReader(bytes.NewReader(r.Decoded))
	default:
		return nil, false
	}
	if err != nil {
		return nil, false
	}
	plain, err := io.ReadAll(io.LimitReader(in, wire.MaxBytes))
	return plain, err == nil
}

func fromUTF16(b []byte) ([]byte, bool) {
	if len(b) < 4 || len(b)%2 != 0 {
		return nil, false
	}
	high, low := 0, 1
	switch {
	case b[0] == 0xFE && b[1] == 0xFF:
	case b[0] == 0xFF && b[1] == 0xFE:
		high, low = 1, 0
	default:
		return nil, false
	}
	var units []uint16
	for i := 2; i < len(b); i += 2 {
		units = append(units, uint16(b[i+high])<<8|uint16(b[i+low]))
	}
	return []byte(string(utf16.Decode(units))), true
}

// verdict is a finding that the shape of one answer shows.
type verdict struct {
	id, variant string
	facts       []any
}

var bom = []byte("\xEF\xBB\xBF")

// decorations names all that keeps an answer which holds the echostr from
// being the echostr alone. It is empty when it [wire.Exchange.Echoes].
func decorations(ex *wire.Exchange, echostr string, timeout time.Duration) []verdict {
	var found []verdict
	add := func(id, variant string, facts ...any) { found = append(found, verdict{id, variant, facts}) }
	r := ex.Response
	body := r.Decoded

	if enc := r.Coding(); enc != "" {
		add("V41", "compressed", "encoding", text.Excerpt([]byte(enc)))
	}
	if r.Chunked && !bytes.Equal(r.Body, r.Decoded) {
		add("V20", "chunked", "hex", text.Hex(r.Body, 0, 24))
	}
	if _, ok := fromUTF16(body); ok {
		add("V12", "utf16", "hex", text.Hex(body, 0, 12))
	}
	body = readable(r)
	at := bytes.Index(body, []byte(echostr))
	before, after := body[:at], body[at+len(echostr):]
	if n := bytes.Count(before, bom); n > 0 {
		add("V12", "bom", "count", fmt.Sprint(n), "hex", text.Hex(before, bytes.Index(before, bom), 3),
			"length", fmt.Sprint(len(body)))
		before = bytes.ReplaceAll(before, bom, nil)
	}
	if v, ok := wrapping(before, echostr, after, r); ok {
		found = append(found, v)
	}
	switch {
	case r.Status != 200 && r.Status < 300:
		add("V44", "other-2xx", "status", text.Line(r.StatusText()))
	case ex.End == wire.EndTimeout && !promisesMore(r):
		add("V25", "open", "seconds", timeout)
	case ex.End == wire.EndTimeout, ex.End == wire.EndShort:
		add("V25", "length", "declared", text.Line(r.Get("Content-Length")), "got", fmt.Sprint(len(r.Body)))
	case ex.End == wire.EndLimit:
		add("V40", "oversized", "bytes", fmt.Sprint(len(ex.Received)))
	}
	return found
}

func promisesMore(r *wire.Response) bool { return r.Get("Content-Length") != "" }

// wrapping names what stands around the echostr.
func wrapping(before []byte, echostr string, after []byte, r *wire.Response) (verdict, bool) {
	body := append(append(append([]byte(nil), before...), echostr...), after...)
	head, tail := strings.Trim(string(before), blanks), strings.Trim(string(after), blanks)
	kind := text.Excerpt([]byte(r.Get("Content-Type")))
	switch {
	case len(before) == 0 && len(after) == 0:
		return verdict{}, false
	case len(before) == 0 && string(after) == "\n" && strings.Contains(strings.ToLower(r.Get("Content-Type")), "json"):
		return verdict{"V02", "json-number", []any{"body", finding.Excerpt(body), "type", kind}}, true
	case head == "" && tail == "":
		return blankVerdict(before, after, echostr, body), true
	case head == tail && (head == `"` || head == "'"):
		return verdict{"V02", "json-quotes", []any{"body", finding.Excerpt(body), "type", kind}}, true
	case head == "b'" && tail == "'", head == `b"` && tail == `"`:
		return verdict{"V02", "bytes-printed", []any{"body", finding.Excerpt(body)}}, true
	}
	if field, ok := jsonField(body, echostr); ok {
		return verdict{"V27", "envelope", []any{"field", finding.Quoted(field), "body", finding.Excerpt(body)}}, true
	}
	if xmlWrapped(body, echostr) {
		return verdict{"V02", "xml-wrapper", []any{"body", finding.Excerpt(body), "type", kind}}, true
	}
	offset := 0
	if len(before) == 0 {
		offset = len(echostr)
	}
	facts := []any{"offset", offset, "excerpt", finding.Excerpt(aroundExtra(before, after))}
	if m := debugMarker(body); m != "" {
		return verdict{"V06", "marker", append(facts, "marker", finding.Excerpt(m))}, true
	}
	if isHTML(body) {
		facts[1] = len(before) // here the offset is the echostr's
		return verdict{"V21", "layout", facts}, true
	}
	return verdict{"V06", "extra-output", facts}, true
}

// aroundExtra is what an excerpt of stray output should show.
func aroundExtra(before, after []byte) []byte {
	if len(bytes.TrimSpace(before)) > 0 {
		return before
	}
	return after
}

// blanks are the bytes that people do not see in a browser.
const blanks = " \t\r\n\v\f\x00\u00a0\u3000\u200b\ufeff"

func blankVerdict(before, after []byte, echostr string, body []byte) verdict {
	switch {
	case len(after) == 0:
		return verdict{"V01", "blank-before", []any{"offset", "0", "hex", text.Hex(before, 0, 8), "body", finding.Excerpt(body)}}
	case len(before) == 0:
		return verdict{"V01", "blank-after", []any{
			"offset", len(echostr), "hex", text.Hex(after, 0, 8), "body", finding.Excerpt(body),
		}}
	}
	return verdict{"V01", "blank-both", []any{
		"hex", text.Hex(before, 0, 8) + " … " + text.Hex(after, 0, 8), "body", text.Excerpt(body),
	}}
}

// jsonField finds the field of a JSON document whose value is the echostr.
func jsonField(body []byte, echostr string) (string, bool) {
	body = bytes.TrimSpace(body)
	if len(body) == 0 || body[0] != '{' && body[0] != '[' {
		return "", false
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return "", false
	}
	return fieldOf(v, echostr, "")
}

func fieldOf(v any, echostr, path string) (string, bool) {
	switch v := v.(type) {
	case string:
		return path, v == echostr
	case json.Number:
		return path, v.String() == echostr
	case []any:
		for i, e := range v {
			if p, ok := fieldOf(e, echostr, fmt.Sprintf("%s[%d]", path, i)); ok {
				return p, true
			}
		}
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			if p, ok := fieldOf(v[k], echostr, strings.TrimPrefix(path+"."+k, ".")); ok {
				return p, true
			}
		}
	}
	return "", false
}

// xmlWrapped reports whether the body is one XML element with the echostr as
// its text, as serialisers write a string.
func xmlWrapped(body []byte, echostr string) bool {
	var v struct {
		XMLName xml.Name
		Text    string `xml:",chardata"`
	}
	if err := xml.Unmarshal(body, &v); err != nil {
		return false
	}
	name := strings.ToLower(v.XMLName.Local)
	return strings.TrimSpace(v.Text) == echostr && name != "html" && name != "div" && name != "p"
}

var htmlStart = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)<(!doctype html|html|head|body|div|title|p|script|h1|pre|span|table)[\s>]`)
})

func isHTML(body []byte) bool { return htmlStart().Match(body[:min(len(body), 4096)]) }
