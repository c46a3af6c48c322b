package jssdk

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
)

// spelling is how a framework writes a query that it takes apart and puts
// together again.
type spelling struct {
	name   string // of who does it
	escape func(string) string
}

// raw leaves a part as it is written.
func raw(s string) string { return s }

var querySpellings = lazy.Value[[]spelling]{Make: func() []spelling {
	return []spelling{
		{"raw", raw},
		{"%20", func(s string) string { return strings.ReplaceAll(s, "+", "%20") }},
		{"+", func(s string) string { return strings.ReplaceAll(s, "%20", "+") }},
		{"RFC 3986", again(func(s string) string { return escapeExcept(s, "") })},
		{"encodeURIComponent", again(func(s string) string { return escapeExcept(s, "!'()*") })},
		{"urlencode", again(url.QueryEscape)},
		{"URLSearchParams", again(func(s string) string {
			return strings.NewReplacer("%2A", "*", "~", "%7E").Replace(url.QueryEscape(s))
		})},
	}
}}

// again decodes a part, and encodes it anew.
func again(encode func(string) string) func(string) string {
	return func(s string) string {
		plain, err := url.QueryUnescape(s)
		if err != nil {
			return s
		}
		return encode(plain)
	}
}

// queries are what becomes of the page's parameters when a framework sorts them
// by name, as Symfony's getQueryString and with it Laravel's fullUrl do, or
// writes them anew.
func (l *urlList) queries() {
	head, query, ok := strings.Cut(l.in.url, "?")
	if !ok || query == "" {
		return
	}
	const most = 50
	pairs := strings.Split(query, "&")
	if len(pairs) > most {
		return
	}
	sorted := slices.Clone(pairs)
	slices.SortStableFunc(sorted, func(a, b string) int { return strings.Compare(parameter(a), parameter(b)) })
	for _, s := range querySpellings.Get() {
		for _, equals := range []bool{false, true} {
			l.add("J17", "query-sorted", head+"?"+written(sorted, s.escape, equals))
			if l.in.url != l.page {
				continue // a pair with it would prove little
			}
			l.add("J17", "query-rewritten", head+"?"+written(pairs, s.escape, equals), "how", s.name)
		}
	}
}

// parameter is the name of a pair.
func parameter(pair string) string {
	name, _, _ := strings.Cut(pair, "=")
	if plain, err := url.QueryUnescape(name); err == nil {
		return plain
	}
	return name
}

// written joins pairs; with equals, a name without a value gets its =.
func written(pairs []string, escape func(string) string, equals bool) string {
	all := make([]string, 0, len(pairs))
	for _, pair := range pairs {
		name, value, ok := strings.Cut(pair, "=")
		switch {
		case pair == "" && equals: // as in a=1&&b=2
			continue
		case ok || equals:
			all = append(all, escape(name)+"="+escape(value))
		default:
			all = append(all, escape(name))
		}
	}
	return strings.Join(all, "&")
}

// unset are what is signed where the page's URL never arrived, or arrived as
// the text of something else.
func (l *urlList) unset() {
	for _, v := range append(nothing, "location.href", "window.location.href", "url") {
		l.add("J03", "unset", v, "literal", shown(v))
	}
	for _, u := range []string{l.in.url, l.full} {
		quoted, err := json.Marshal(u)
		if err != nil {
			continue // text always marshals
		}
		escaped := strings.ReplaceAll(string(quoted), "/", `\/`)
		for _, text := range []string{string(quoted), escaped} {
			text = strings.ReplaceAll(text, `\u0026`, "&")
			for _, sample := range []string{text, `{"url":` + text + `}`, `{"url": ` + text + `}`, "[" + text + "]"} {
				l.add("J03", "json", sample, "sample", shown(sample))
			}
		}
		l.add("J03", "json", "url="+u, "sample", shown("url="+u))
	}
}

// prefixes are the paths that a server sees behind a proxy which strips the
// first part: /shop/page of the page is /page to it.
func (l *urlList) prefixes(site, path string) {
	path, query, asked := strings.Cut(path, "?")
	if asked {
		query = "?" + query
	}
	prefix := ""
	for range 3 {
		part, rest, ok := strings.Cut(strings.TrimPrefix(path, "/"), "/")
		if !ok || part == "" {
			return
		}
		prefix += "/" + part
		path = "/" + rest
		l.add("J04", "prefix", site+path+query, "prefix", shown(prefix))
	}
}
