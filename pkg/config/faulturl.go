package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/wxdev/wxdev/pkg/safetext"
)

// urlFault says what is wrong with an address. It shows no more of it than
// the part at fault, since the rest may hold a password or a query.
func urlFault(k Key, text string) (words, hint string) {
	scheme, rest, found := strings.Cut(text, "://")
	if !found || !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return "starts with neither http:// nor https://", "write the whole address, as in http://127.0.0.1:8080/wechat"
	}
	if at := badPosition(text, func(r rune) bool { return r != ' ' && unicode.IsPrint(r) }); at > 0 {
		return fmt.Sprintf("has a blank or a control character at position %d", at), "in a URL a blank is written %20"
	}
	if strings.Contains(text, "#") {
		return "has a fragment", "take away # and what is behind it: no server ever sees it"
	}
	if k == APIBase && strings.Contains(text, "?") {
		return "has a query", "take away ? and what is behind it: each call adds its own"
	}
	authority := rest
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		authority = rest[:i]
	}
	if strings.Contains(authority, "@") {
		return "has a user name or a password before the host", "take it away: WeChat sends none"
	}
	u, err := url.Parse(text)
	if err != nil {
		var inner *url.Error // whose own text would quote the whole address
		if errors.As(err, &inner) {
			err = inner.Err
		}
		return "is no URL: " + safetext.Line(err.Error()), ""
	}
	return hostFault(u)
}

func hostFault(u *url.URL) (words, hint string) {
	host := u.Hostname()
	shown := safetext.Quote([]byte(host), maxShown)
	if strings.HasSuffix(u.Host, ":") {
		return "has a colon without a port", "give the port, or take the colon away"
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return "has a port that is not between 1 and 65535", ""
		}
	}
	if host == "" {
		return "has no host", "as in http://127.0.0.1:8080/wechat"
	}
	if address, _, _ := strings.Cut(host, "%"); strings.Contains(host, ":") {
		if net.ParseIP(address) == nil {
			return "has the host " + shown + ", which is no IPv6 address", ""
		}
		return "", ""
	}
	if badPosition(host, func(r rune) bool { return r <= unicode.MaxASCII }) > 0 {
		return "has the host " + shown + ", which is not ASCII", "write it in Punycode (xn--…), as a browser sends it"
	}
	if strings.Contains(host, "_") {
		return "has the host " + shown + ", and no host name has an underscore", "many servers refuse it; use a name with - instead"
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(host, "."), ".") {
		if label == "" || badPosition(label, func(r rune) bool { return isAlphanumeric(r) || r == '-' }) > 0 {
			return "has the host " + shown + ", which is no host name", ""
		}
	}
	return "", ""
}
