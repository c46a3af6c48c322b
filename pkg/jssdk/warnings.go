package jssdk

import (
	"net/netip"
	"strings"
	"unicode"
)

// Warning is something about a URL that makes it one which no page in WeChat
// has, or which cannot use the SDK. ID, Variant and Facts are those of package
// catalog; the facts are fit to print.
type Warning struct {
	ID, Variant string
	Facts       map[string]string
}

// Warnings looks at a URL that is about to be signed. It returns nil for one
// that a browser could report.
func Warnings(url string) []Warning {
	var list []Warning
	add := func(id, variant string, facts ...string) {
		w := Warning{ID: id, Variant: variant, Facts: map[string]string{}}
		for i := 0; i < len(facts); i += 2 {
			w.Facts[facts[i]] = facts[i+1]
		}
		list = append(list, w)
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
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	host, path := rest[:end], rest[end:]
	if scheme != lower || host != strings.ToLower(host) {
		add("J17", "url-case", "url", shown(url), "want", shown(lower+"://"+strings.ToLower(host)+path))
	}
	name, port := splitPort(host)
	switch {
	case port == "80" && lower == "http" || port == "443" && lower == "https":
		add("J17", "url-port", "port", port, "want", shown(scheme+"://"+name+path))
	case port != "":
		add("J11", "url-port", "port", shown(port))
	}
	if isAddress(name) {
		add("J11", "url-address", "host", shown(name))
	}
	if !strings.HasPrefix(path, "/") {
		add("J10", "url-slash", "want", shown(scheme+"://"+host+"/"+path))
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

// splitPort cuts the port off; an IPv6 address has colons of its own.
func splitPort(host string) (name, port string) {
	i := strings.LastIndexByte(host, ':')
	if i < 0 || strings.HasSuffix(host, "]") {
		return host, ""
	}
	return host[:i], host[i+1:]
}

// isAddress reports whether a host is no domain that can be registered.
func isAddress(host string) bool {
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil || !strings.Contains(host, ".")
}
