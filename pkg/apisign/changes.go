package apisign

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/redact"
	"github.com/wxdev/wxdev/pkg/finding"
)

// shown is a text of the call's in a fact: without the secrets of its URL.
func (e *explainer) shown(s string) finding.Quote {
	for _, secret := range redact.Secrets.Values(e.r.URL) {
		s = strings.ReplaceAll(s, secret, redact.Mask)
	}
	return finding.Quote{Text: s, Limit: 200}
}

// official is where the API is, whatever relay a call goes through.
const official = "https://api.weixin.qq.com"

// signedURL is a URL in a form that is not the right one.
type signedURL struct{ variant, url string }

// urlChanges are the forms in which a URL is signed that is not the right one.
func (e *explainer) urlChanges() []change {
	var list []change
	seen := map[string]bool{e.base.url: true, "": true}
	for _, u := range append(e.queryURLs(), e.bareURLs()...) {
		if seen[u.url] {
			continue
		}
		seen[u.url] = true
		list = append(list, change{"S04", u.variant, []any{"signed", e.shown(u.url), "want", e.base.url}, dimURL, func(r *recipe) { r.url = u.url }})
	}
	return list
}

// queryURLs are those with the query, or a part of it.
func (e *explainer) queryURLs() []signedURL {
	right := e.base.url
	raw, _, _ := strings.Cut(e.r.URL, "#")
	_, query, ok := strings.Cut(raw, "?")
	if !ok {
		return nil
	}
	list := []signedURL{{"query", right + "?" + query}, {"path-query", pathOf(right) + "?" + query}, {"query", bare(right) + "?" + query}, {"query", right + "?"}}
	if values, err := url.ParseQuery(query); err == nil {
		list = append(list, signedURL{"query", right + "?access_token=" + values.Get("access_token")})
		values.Del("access_token")
		list = append(list, signedURL{"query", right + "?" + values.Encode()})
	}
	return list
}

// bare is a URL without its scheme.
func bare(address string) string { return strings.TrimPrefix(address, "https://") }

// bareURLs are those without a query.
func (e *explainer) bareURLs() []signedURL {
	right := e.base.url
	path := pathOf(right)
	list := []signedURL{
		{"path", path},
		{"path", strings.TrimPrefix(path, "/")},
		{"no-scheme", bare(right)},
		{"no-scheme", "//" + bare(right)},
		{"http", "http://" + bare(right)},
		{"slash", right + "/"},
		{"slash", path + "/"},
		{"host", official},
		{"host", bare(official)},
		{"relay", URLPath(e.r.URL)},
	}
	for _, host := range []string{"api", "api2", "sh.api", "sz.api", "hk.api"} {
		list = append(list, signedURL{"other-host", "https://" + host + ".weixin.qq.com" + path})
	}
	return append(list, signedURL{"port", official + ":443" + path}, signedURL{"double", strings.Replace(right, path, "/"+path, 1)},
		signedURL{"escaped", url.QueryEscape(right)}, signedURL{"case", strings.ToLower(right)})
}

func pathOf(address string) string {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		return address
	}
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[i:]
	}
	return ""
}

// numbers are those that somebody may put where none belongs.
func (e *explainer) numbers() []struct{ variant, number string } {
	list := []struct{ variant, number string }{
		{"asymmetric", e.k.AsymmetricSN},
		{"symmetric", e.k.SymmetricSN},
		{"header", header(e.r.Header, HeaderSerial)},
	}
	for _, c := range e.k.Certificates {
		list = append(list, struct{ variant, number string }{"platform", c.SN})
	}
	return list
}

// fieldName is what the page calls a field.
func fieldName(letter byte) string {
	switch letter {
	case fieldURL:
		return "urlpath"
	case fieldAppID:
		return "appid"
	case fieldTime:
		return "timestamp"
	case fieldMethod:
		return "method"
	}
	return "postdata"
}

// numberChanges put a serial into the string, as two sources have it.
func (e *explainer) numberChanges() []change {
	var list []change
	seen := map[string]bool{"": true}
	for _, n := range e.numbers() {
		if seen[n.number] {
			continue
		}
		seen[n.number] = true
		for _, after := range []byte{fieldTime, fieldAppID, fieldURL, fieldBody} {
			list = append(list, change{"S03", n.variant, []any{"number", n.number, "after", fieldName(after)}, dimNumber, func(r *recipe) {
				if strings.IndexByte(r.order, after) >= 0 {
					r.order, r.number = insert(r.order, fieldNumber, after), n.number
				}
			}})
		}
	}
	return list
}

// separators are what else stands between the lines, before and after them.
var separators = [...]struct{ variant, sep, head, tail string }{
	{"newline-end", "", "", "\n"},
	{"literal", `\n`, "", ""},
	{"blank", "\n ", "", ""},
	{"crlf", "\r\n", "", ""},
	{"other", "|", "", ""},
	{"none", "", "", ""},
	{"other", "&", "", ""},
	{"other", ",", "", ""},
	{"other", " ", "", ""},
	{"other", "\n\n", "", ""},
	{"other", " \n", "", ""},
	{"blank", `\n `, "", ""},
	{"other", ".", "", ""},
	{"other", "+", "", ""},
	{"other", "\t", "", ""},
	{"other", ":", "", ""},
	{"other", ";", "", ""},
	{"crlf-end", "", "", "\r\n"},
	{"newline-front", "", "\n", ""},
	{"quotes", "", `"`, `"`},
	{"literal-end", `\n`, "", `\n`},
	{"crlf-end", "\r\n", "", "\r\n"},
}

func separatorChanges() []change {
	list := make([]change, 0, len(separators))
	for _, s := range separators {
		list = append(list, change{"S05", s.variant, []any{"separator", finding.Quoted(s.sep)}, dimSeparator, func(r *recipe) {
			if s.sep != "" || s.variant == "none" {
				r.sep = s.sep
			}
			r.head, r.tail = s.head, s.tail
		}})
	}
	return list
}

// timeChanges are other times than the header's.
func (e *explainer) timeChanges() []change {
	n, err := strconv.ParseInt(e.base.timestamp, 10, 64)
	if err != nil {
		return nil
	}
	var list []change
	add := func(t int64, by time.Duration) {
		s := strconv.FormatInt(t, 10)
		list = append(list, change{"S15", "seconds", []any{"signed", s, "sent", e.base.timestamp, "by", by}, dimTime, func(r *recipe) { r.timestamp = s }})
	}
	for d := int64(1); d <= 60; d++ {
		add(n-d, -time.Duration(d)*time.Second)
		add(n+d, time.Duration(d)*time.Second)
	}
	if n > 1e12 { // milliseconds in the header, seconds in the string
		s := strconv.FormatInt(n/1000, 10)
		list = append(list, change{"S15", "milliseconds", []any{"signed", s, "sent", e.base.timestamp}, dimTime, func(r *recipe) { r.timestamp = s }})
		return list
	}
	for ms := range int64(1000) {
		s := strconv.FormatInt(n*1000+ms, 10)
		list = append(list, change{"S15", "milliseconds", []any{"signed", s, "sent", e.base.timestamp}, dimMillis, func(r *recipe) { r.timestamp = s }})
	}
	return list
}

// orders are other fields, or in another order.
func orders() []spelledOrder {
	const right = "uatb"
	var list []spelledOrder
	for _, o := range permutations(right) {
		list = append(list, spelledOrder{"order", o})
	}
	for i, after := range []byte{0, 'u', 'a', 't', 'b'} {
		list = append(list, spelledOrder{"method", insert(right, fieldMethod, after)})
		if i < len(right) {
			rest := right[:i] + right[i+1:]
			list = append(list, spelledOrder{"missing", rest}, spelledOrder{"method", insert(rest, fieldMethod, 0)}) // a method in the place of a field
		}
	}
	for _, few := range []string{"ub", "ab", "tb", "ua", "ut", "at", "b"} {
		list = append(list, spelledOrder{"missing", few}, spelledOrder{"method", "m" + few})
	}
	return list
}

type spelledOrder struct{ variant, order string }

func (e *explainer) orderChanges() []change {
	var list []change
	for _, o := range orders() {
		fields := make([]string, len(o.order))
		for i := range len(o.order) {
			fields[i] = fieldName(o.order[i])
		}
		list = append(list, change{"S06", o.variant, []any{"order", strings.Join(fields, `\n`)}, dimOrder, func(r *recipe) { r.order = o.order }})
	}
	return list
}

// appIDChanges are other parties' AppIDs.
func (e *explainer) appIDChanges() []change {
	var list []change
	seen := map[string]bool{e.base.appID: true, "": true}
	ids := append([]string{e.k.AppID}, e.k.OtherAppIDs...)
	var plain map[string]json.RawMessage
	if json.Unmarshal(e.plaintext, &plain) == nil {
		for _, name := range []string{"_appid", "appid"} {
			var id string
			if json.Unmarshal(plain[name], &id) == nil {
				ids = append(ids, id)
			}
		}
	}
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			list = append(list, change{"S16", "string", []any{"signed", id, "sent", e.base.appID}, dimAppID, func(r *recipe) { r.appID = id }})
		}
	}
	return append(list, change{"S06", "missing", []any{"order", `urlpath\n\ntimestamp\npostdata`}, dimAppID, func(r *recipe) { r.appID = "" }})
}

// digestChanges sign a digest of the text and not the text.
func digestChanges() []change {
	twice := func(variant string, f form) change {
		return change{"S10", variant, nil, dimDigest, func(r *recipe) { r.form = f }}
	}
	return []change{twice("hex-digest", hexDigest), twice("raw-digest", rawDigest), twice("base64-digest", base64Digest)}
}
