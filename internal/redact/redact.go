// Package redact keeps secrets out of what is printed, logged or kept. The
// list of what is secret is in list.go.
//
// A [Rule] hides by name, in the text of a request or an answer: [Rule.URL],
// [Rule.Query], [Rule.Header], [Rule.Body], and [Rule.Text] for what may have
// any form. A [Redactor] hides values that are known, wherever they are and
// whatever they are called. Use both where a secret can be in either.
//
// Hide first and cut afterwards: of a value that was cut in two, a Redactor
// recognizes neither half. A Rule also hides the beginning of a value that
// was cut.
package redact

import (
	"net/url"
	"strings"
)

// Mask is written in the place of a secret.
const Mask = "***"

// Query hides values in a query or a form. Whatever else is in it stays as it
// is, and so does a parameter without a value.
func (r Rule) Query(query string) string {
	if !r.anyIn(query) {
		return query
	}
	var out strings.Builder
	out.Grow(len(query))
	first := true
	for pair := range strings.SplitSeq(query, "&") {
		if !first {
			out.WriteByte('&')
		}
		first = false
		name, value, ok := strings.Cut(pair, "=")
		if ok && value != "" && r.escaped(name) {
			pair = name + "=" + Mask
		}
		out.WriteString(pair)
	}
	return out.String()
}

// Values are what [Rule.URL] hides, as it is written and decoded, for a
// [Redactor]: a server may show its URL.
func (r Rule) Values(rawURL string) []string {
	_, query, _ := splitURL(rawURL)
	var values []string
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if value == "" || !r.escaped(name) {
			continue
		}
		values = append(values, value)
		if plain, err := url.QueryUnescape(value); err == nil && plain != value {
			values = append(values, plain)
		}
	}
	return values
}

// URL hides values in the query of a URL, or of a request line.
func (r Rule) URL(rawURL string) string {
	head, query, proto := splitURL(rawURL)
	return head + r.Query(query) + proto
}

// splitURL cuts out the query. In a request line the protocol comes after it.
func splitURL(s string) (head, query, proto string) {
	i := strings.IndexByte(s, '?') + 1
	if i == 0 {
		return s, "", ""
	}
	head, query = s[:i], s[i:]
	if i := strings.LastIndex(query, " HTTP/"); i >= 0 {
		query, proto = query[:i], query[i:]
	}
	return head, query, proto
}

func (r Rule) anyIn(query string) bool {
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if value != "" && r.escaped(name) {
			return true
		}
	}
	return false
}

// Header is the value of a header, or the mask when it is secret.
func (r Rule) Header(name, value string) string {
	if r.header != nil && r.header(strings.TrimSpace(name)) {
		return Mask
	}
	return value
}

// Body hides values in a body: JSON, XML or a form.
func (r Rule) Body(body string) string {
	if r.name == nil {
		return body
	}
	if start := strings.TrimLeft(body, " \t\r\n"); start != "" && strings.IndexByte("{[<", start[0]) < 0 {
		body = r.Query(body) // a value in a form may have any byte but &
	}
	return r.Text(body)
}
