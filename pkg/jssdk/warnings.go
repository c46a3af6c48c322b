package jssdk

import (
	"net/netip"
	"strings"
	"unicode"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/finding"
)

// Warnings looks at a URL that is about to be signed, and finds what makes it
// one that no page in WeChat has, or that cannot use the SDK. It returns nil
// for one that a browser could report.
func Warnings(url string) []finding.Finding {
	var list []finding.Finding
	add := func(id, variant string, facts ...any) {
		list = append(list, newFinding(id, variant, facts...))
	}
	if clean := CleanURL(url); clean != url {
		add("J14", "url-fragment", "fragment", shown(url[len(clean):]))
		url = clean
	}
	scheme, rest, ok := strings.Cut(url, "://")
	lower := strings.ToLower(scheme)
	switch {
	case !ok && strings.Contains(strings.ToLower(url), "%3a%2f%2f"):
		add("J03", "url-encoded", "url", shown(url))
		return list
	case !ok || lower != "http" && lower != "https":
		add("J05", "url-scheme", "url", shown(url))
		return list
	}
	host, path := splitHost(rest)
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		add("J17", "url-user", "want", shown(scheme+"://"+host[i+1:]+path))
		return list
	}
	want := shown(reported(lower, host, path)) // whatever it is that differs
	if scheme != lower || host != strings.ToLower(host) {
		add("J17", "url-case", "url", shown(url), "want", want)
	}
	name, port := splitPort(host)
	switch {
	case port == standardPort.Get()[lower]:
		add("J17", "url-port", "port", port, "want", want)
	case port != "":
		add("J11", "url-port", "port", shown(port))
	}
	if isAddress(name) {
		add("J11", "url-address", "host", shown(name))
	}
	if !strings.HasPrefix(path, "/") {
		add("J10", "url-slash", "want", want)
	}
	if p, _, _ := strings.Cut(path, "?"); p != withoutDots(p) {
		add("J17", "url-dots", "want", want)
	}
	if strings.ContainsFunc(host, func(r rune) bool { return r > unicode.MaxASCII }) {
		add("J17", "url-host", "host", shown(host))
	}
	if strings.Contains(path, "&amp;") {
		add("J06", "url-entities", "url", shown(url))
	}
	if i := strings.IndexFunc(path, func(r rune) bool { return r > unicode.MaxASCII || r <= ' ' || strings.ContainsRune(`"<>`, r) }); i >= 0 {
		r := []rune(path[i:])[0]
		add("J17", "url-raw", "char", shown(string(r)), "want", escapeExcept(string(r), ""))
	}
	return list
}

var standardPort = lazy.Value[map[string]string]{Make: func() map[string]string {
	return map[string]string{"http": "80", "https": "443"}
}}

// splitHost splits what comes after the scheme.
func splitHost(rest string) (host, path string) {
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	return rest[:end], rest[end:]
}

// reported is the URL as a browser reports it, as far as its host and the
// slashes and dots of its path go. See https://url.spec.whatwg.org/ .
func reported(scheme, host, path string) string {
	host = strings.ToLower(host)
	if name, port := splitPort(host); port == standardPort.Get()[scheme] {
		host = name
	}
	path, query, asked := strings.Cut(path, "?")
	if asked {
		query = "?" + query
	}
	return scheme + "://" + host + withoutDots("/"+strings.TrimPrefix(path, "/")) + query
}

// withoutDots resolves . and .. in a path, and leaves all else as it is.
func withoutDots(path string) string {
	var kept []string
	parts := strings.Split(path, "/")
	for i, part := range parts {
		last := i == len(parts)-1
		switch part {
		case ".", "..":
			if part == ".." && len(kept) > 1 {
				kept = kept[:len(kept)-1]
			}
			if last {
				kept = append(kept, "")
			}
		default:
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, "/")
}

// splitPort cuts the port off; an IPv6 address has colons of its own.
func splitPort(host string) (name, port string) {
	i := strings.LastIndexByte(host, ':')
	if i < 0 || strings.HasSuffix(host, "]") {
		return host, ""
	}
	return host[:i], host[i+1:]
}

// isAddress reports whether a host is an address, not a domain that can be registered.
func isAddress(host string) bool {
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil || !strings.Contains(host, ".")
}
