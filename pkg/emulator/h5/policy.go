package h5

import (
	"html"
	"net/http"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
)

// policies lets our script run under a page's Content-Security-Policy, and the
// phone frame the page; whoever else wants to frame it may not.
func policies(h http.Header, here, phone, nonce string, document bool) {
	for _, name := range []string{"Content-Security-Policy", "Content-Security-Policy-Report-Only"} {
		var kept []string
		for _, policy := range h.Values(name) {
			for _, one := range strings.Split(policy, ",") {
				if one = loosened(one, here, nonce); one != "" {
					kept = append(kept, one)
				}
			}
		}
		h.Del(name)
		for _, p := range kept {
			h.Add(name, p)
		}
	}
	if document {
		h.Add("Content-Security-Policy", strings.TrimSpace("frame-ancestors 'self' "+phone))
	}
}

// directive is one of a policy: script-src and its sources.
type directive []string

func (d directive) has(prefixes ...string) bool {
	return slices.ContainsFunc(d[1:], func(source string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(strings.ToLower(source), p) })
	})
}

// loosened is a policy under which our script runs and may call us. All else that
// it forbids it still does.
func loosened(policy, here, nonce string) string {
	var list []directive
	for _, text := range strings.Split(policy, ";") {
		d := directive(strings.Fields(text))
		if len(d) == 0 {
			continue
		}
		switch d[0] = strings.ToLower(d[0]); d[0] {
		case "frame-ancestors", "upgrade-insecure-requests", "block-all-mixed-content", "report-uri", "report-to":
			continue
		}
		list = append(list, d)
	}
	list = permit(list, here, "connect-src", "default-src")
	list = permit(list, here, "script-src-elem", "script-src", "default-src")
	for i, d := range list {
		if nonce == "" {
			break
		}
		if d[0] == "script-src" || d[0] == "script-src-elem" {
			if !d.has("'unsafe-inline'") || d.has("'nonce-", "'sha", "'strict-dynamic'") { // else a nonce would forbid what is inline
				list[i] = append(d, "'nonce-"+nonce+"'")
			}
		}
	}
	var texts []string
	for _, d := range list {
		texts = append(texts, strings.Join(d, " "))
	}
	return strings.Join(texts, "; ")
}

// permit lets our own host into the first of the directives that is there; one that
// only falls back on default-src is made.
func permit(list []directive, here string, names ...string) []directive {
	for i, name := range names {
		at := slices.IndexFunc(list, func(d directive) bool { return d[0] == name })
		if at < 0 {
			continue
		}
		d := slices.DeleteFunc(slices.Clone(list[at]), func(source string) bool { return strings.EqualFold(source, "'none'") })
		d = append(d, here)
		if i > 0 && name == "default-src" {
			d[0] = names[i-1]
			return append(list, d)
		}
		list[at] = d
		return list
	}
	return list
}

var (
	metaTag     = lazy.Regexp(`(?i)<meta\b[^>]*http-equiv\s*=\s*["']?content-security-policy["']?[^>]*>`)
	metaContent = lazy.Regexp(`(?i)(\scontent\s*=\s*)("[^"]*"|'[^']*')`)
)

// metaPolicies loosens those that stand in a page.
func metaPolicies(body []byte, here, nonce string) []byte {
	return metaTag.Get().ReplaceAllFunc(body, func(tag []byte) []byte {
		return metaContent.Get().ReplaceAllFunc(tag, func(found []byte) []byte {
			parts := metaContent.Get().FindSubmatch(found)
			value := html.UnescapeString(string(parts[2][1 : len(parts[2])-1]))
			return append(slices.Clone(parts[1]), `"`+html.EscapeString(loosened(value, here, nonce))+`"`...)
		})
	})
}
