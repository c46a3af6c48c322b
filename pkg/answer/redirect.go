package answer

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
)

// byRedirect knows where an answer sends the client.
func (l *look) byRedirect() (Verdict, bool) {
	location := l.res.Get("Location")
	switch {
	case l.res.Status < 300 || l.res.Status > 399, l.get && location == "":
		return Verdict{}, false
	}
	if m := l.mark(Block); m != "" {
		return l.say(outcome{"V15", "block-page"}, m)
	}
	if !l.get {
		return l.say(outcome{"M18", "post-redirected"}, "")
	}
	return l.say(outcome{"V08", redirectKind(l.ex.Request.URL, location)}, "")
}

// redirectKind compares where a redirect leads with what was asked for.
func redirectKind(asked, location string) string {
	from, err := url.Parse(asked)
	if err != nil {
		return "elsewhere"
	}
	to, err := from.Parse(location)
	if err != nil {
		return "elsewhere"
	}
	samePath := to.EscapedPath() == from.EscapedPath()
	slashOnly := strings.TrimSuffix(to.EscapedPath(), "/") == strings.TrimSuffix(from.EscapedPath(), "/")
	switch {
	case to.Host == from.Host && to.Scheme == from.Scheme && samePath && to.RawQuery == from.RawQuery:
		return "loop"
	case slashOnly && from.Scheme == "http" && to.Scheme == "https" && to.Hostname() == from.Hostname():
		return "to-https"
	case slashOnly && to.Host != from.Host:
		return "host"
	case slashOnly && !samePath:
		return "slash"
	case loginPath.has(to.Path) && !loginPath.has(from.Path):
		return "login"
	}
	return "elsewhere"
}

// words are parts of a path by which a page is known.
type words []string

var loginPath = words{"login", "signin", "sign-in", "sso", "cas", "oauth", "auth"}

// has reports whether a path has one of the words: a part of its own, or one
// with an ending, such as login.php.
func (w words) has(path string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(strings.ToLower(path), func(r rune) bool { return r == '/' || r == '.' || r == '_' }),
		func(part string) bool { return slices.Contains(w, part) })
}

// pageTarget is where a page without any text sends a browser, or "".
func pageTarget(body []byte) string {
	const small = 2048
	if len(body) > small || len(bytes.TrimSpace(plainText(body))) > 60 || bytes.Contains(body, []byte("<div")) {
		return ""
	}
	match := leads.Get().FindSubmatch(body)
	if match == nil {
		return ""
	}
	return string(bytes.Join(match[1:], nil))
}

var leads = lazy.Regexp(`(?i)http-equiv=["']?refresh["']?[^>]{0,80}url=["']?([^"'>\s]+)` +
	`|\blocation(?:\.href)?\s*=\s*["']([^"']+)["']|\blocation\.(?:replace|assign)\(\s*["']([^"']+)["']`)
