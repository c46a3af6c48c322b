package menu

import (
	"net/url"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
)

// The marks that documents, templates and sample code leave where a value
// belongs. They are looked for in what is otherwise text of any kind, so each
// is one that no real value has.
var (
	templateMark = lazy.Regexp(`\$\{[^{}]*\}|\{\{[^{}]*\}\}|\{[A-Za-z_][\w.-]*\}|#\{[^{}]*\}|<%[^<>]*%>|<[A-Za-z_][\w -]*>|__[A-Z][A-Z_]*__|\[object Object\]`)
	sampleWord   = lazy.Regexp(`(?i)^(?:your[-_. ]?(?:own[-_. ]?)?(?:app|web|we?chat|wx|mp|account|server|site|page|media|article|redirect|callback|material)?[-_. ]?(?:id|appid|app_id|secret|domain|host|hostname|url|uri|website|site|server|media_?id|article_?id|name|key|here)|x{3,}|\*{3,}|wx_?(?:x{3,}|app_?id)|undefined|null|placeholder|changeme|你的.*|您的.*|请填写.*)$`)
	sampleID     = lazy.Regexp(`(?i)^(?:media_?id|article_?id|thumb_?media_?id)[-_]?\d{0,3}$`)
	sampleHost   = lazy.Regexp(`(?i)(?:^|\.)(?:your[-_]?(?:own[-_]?)?(?:domain|site|host|server|website|company|app)|mydomain|x{3,}|yourname|undefined|null|[你您]的[^.]*)(?:\.|$)`)
)

// verb is one of printf and its kin, which percent-encoding never makes.
var verb = lazy.Regexp(`(%(?:[sv@]|d))(?:[^0-9A-Za-z%]|$)`)

// isSample reports whether a whole value stands for another.
func isSample(value string) bool {
	return templateMark.Get().MatchString(value) || sampleWord.Get().MatchString(value)
}

// isSampleID is isSample for the id of a material.
func isSampleID(id string) bool { return isSample(id) || sampleID.Get().MatchString(id) }

// placeholder returns what in a URL was left to be filled in, empty if nothing
// was. state=STATE is left alone: it is as good a value as any.
func placeholder(raw string) string {
	if mark := templateMark.Get().FindString(raw); mark != "" {
		return mark
	}
	if m := verb.Get().FindStringSubmatch(raw); m != nil {
		return m[1]
	}
	rest, _ := cutScheme(raw)
	rest, _, _ = strings.Cut(rest, "#")
	address, query, _ := strings.Cut(rest, "?")
	host, path, _ := strings.Cut(address, "/")
	if sampleHost.Get().MatchString(host) {
		return host
	}
	for _, part := range strings.Split(path, "/") {
		if part == "undefined" || templateMark.Get().MatchString(part) {
			return part
		}
	}
	for _, pair := range strings.Split(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(value)
		if err != nil {
			plain = value
		}
		if isSample(plain) || isName(name, plain) {
			return name + "=" + value
		}
		if name == "redirect_uri" {
			if left := placeholder(plain); plain != raw && left != "" {
				return left
			}
		}
	}
	return ""
}

// isName reports whether a value is its own name in capitals, as documents
// write it: appid=APPID.
func isName(name, value string) bool {
	plain := func(s string) string { return strings.ReplaceAll(strings.ToUpper(s), "_", "") }
	return value == strings.ToUpper(value) && len(value) > 2 && plain(name) == plain(value) && !slices.Contains([]string{"state", "code"}, name)
}
