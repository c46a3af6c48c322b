package wire

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/wxdev/wxdev/internal/text"
)

// URLError says what is wrong with a URL. It shows no more of it than the
// part at fault, since the rest may hold a password or a query.
type URLError struct {
	Fault string // in words that go behind a name, such as "has no host"
	Hint  string // what to do about it; may be empty
}

func (e *URLError) Error() string { return "the URL " + e.Fault }

// CheckURL parses a URL that requests can be sent to. The error is a
// [*URLError]. Whether WeChat can reach the host is another matter.
func CheckURL(rawURL string) (*url.URL, error) {
	u, fault, hint := checkURL(rawURL)
	if fault != "" {
		return nil, &URLError{fault, hint}
	}
	return u, nil
}

const exampleURL = "http://127.0.0.1:8080/wechat"

func checkURL(s string) (u *url.URL, fault, hint string) {
	scheme, rest, found := strings.Cut(s, "://")
	if !found || !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return nil, "starts with neither http:// nor https://", "write the whole address, as in " + exampleURL
	}
	position := 0
	for _, r := range s {
		if position++; r == ' ' || !unicode.IsPrint(r) {
			return nil, fmt.Sprintf("has a blank or a control character at position %d", position), "in a URL a blank is written %20"
		}
	}
	if strings.Contains(s, "#") {
		return nil, "has a fragment", "take away # and what is behind it: no server ever sees it"
	}
	authority := rest
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		authority = rest[:i]
	}
	if strings.Contains(authority, "@") {
		return nil, "has a user name or a password before the host", "take it away: WeChat sends none"
	}
	u, err := url.Parse(s)
	if err != nil {
		var inner *url.Error // whose own text would quote the whole address
		if errors.As(err, &inner) {
			err = inner.Err
		}
		return nil, "is no URL: " + text.Line(err.Error()), ""
	}
	fault, hint = hostFault(u)
	return u, fault, hint
}

// hostFault checks the host and port. An underscore may stand in a name: no
// public one has it, but those of containers do.
func hostFault(u *url.URL) (fault, hint string) {
	host := u.Hostname()
	shown := text.Quote([]byte(host), 40)
	if strings.HasSuffix(u.Host, ":") {
		return "has a colon without a port", "give the port, or take the colon away"
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return "has a port that is not between 1 and 65535", ""
		}
	}
	if host == "" {
		return "has no host", "as in " + exampleURL
	}
	if address, _, _ := strings.Cut(host, "%"); strings.Contains(host, ":") {
		if net.ParseIP(address) == nil {
			return "has the host " + shown + ", which is no IPv6 address", ""
		}
		return "", ""
	}
	if strings.ContainsFunc(host, func(r rune) bool { return r > unicode.MaxASCII }) {
		return "has the host " + shown + ", which is not ASCII", "write it in Punycode (xn--…), as a browser sends it"
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(host, "."), ".") {
		if label == "" || strings.ContainsFunc(label, func(r rune) bool { return !isLabelRune(r) }) {
			return "has the host " + shown + ", which is no host name", ""
		}
	}
	return "", ""
}

func isLabelRune(r rune) bool {
	return r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}
