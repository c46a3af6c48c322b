package wire

import (
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// URLError says what is wrong with a URL. It shows no more of it than the
// part at fault, since the rest may hold a password or a query.
type URLError struct {
	Fault *finding.Reason // in words that follow a name, such as "has no host"
	Hint  *finding.Reason // what to do about it; may be nil
}

func (e *URLError) Error() string { return e.In(finding.English) }

// In implements [finding.Fact].
func (e *URLError) In(lang finding.Lang) string {
	return finding.Because(reason.TheURL, "fault", e.Fault).In(lang)
}

// CheckURL parses a URL that requests can be sent to. The error is a
// [*URLError]. Whether WeChat can reach the host is another matter.
func CheckURL(rawURL string) (*url.URL, error) {
	u, fault, hint := checkURL(rawURL)
	if fault != nil {
		return nil, &URLError{fault, hint}
	}
	return u, nil
}

const exampleURL = "http://127.0.0.1:8080/wechat"

func checkURL(s string) (u *url.URL, fault, hint *finding.Reason) {
	scheme, rest, found := strings.Cut(s, "://")
	if !found || !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return nil, finding.Because(reason.URLStartsWithNoScheme), finding.Because(reason.HintWholeURL, "example", exampleURL)
	}
	position := 0
	for _, r := range s {
		if position++; r == ' ' || !unicode.IsPrint(r) {
			return nil, finding.Because(reason.URLHasBlank, "position", position), finding.Because(reason.HintURLBlank)
		}
	}
	if strings.Contains(s, "#") {
		return nil, finding.Because(reason.URLHasFragment), finding.Because(reason.HintURLFragment)
	}
	authority := rest
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		authority = rest[:i]
	}
	if strings.Contains(authority, "@") {
		return nil, finding.Because(reason.URLHasUserinfo), finding.Because(reason.HintURLUserinfo)
	}
	u, err := url.Parse(s)
	if err != nil {
		var inner *url.Error // whose own text would quote the whole address
		if errors.As(err, &inner) {
			err = inner.Err
		}
		return nil, finding.Because(reason.URLMalformed, "error", finding.Verbatim(err.Error())), nil
	}
	fault, hint = hostFault(u)
	return u, fault, hint
}

// hostFault checks the host and port. An underscore may be in a name: no
// public one has it, but those of containers do.
func hostFault(u *url.URL) (fault, hint *finding.Reason) {
	host := u.Hostname()
	shown := finding.Quote{Text: host, Limit: 40}
	if strings.HasSuffix(u.Host, ":") {
		return finding.Because(reason.URLHasColonWithoutPort), finding.Because(reason.HintURLPort)
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return finding.Because(reason.URLHasBadPort), nil
		}
	}
	if host == "" {
		return finding.Because(reason.URLHasNoHost), finding.Because(reason.HintAsIn, "example", exampleURL)
	}
	if address, _, _ := strings.Cut(host, "%"); strings.Contains(host, ":") {
		if net.ParseIP(address) == nil {
			return finding.Because(reason.URLHostNotIPV6, "host", shown), nil
		}
		return nil, nil
	}
	if strings.ContainsFunc(host, func(r rune) bool { return r > unicode.MaxASCII }) {
		return finding.Because(reason.URLHostNotASCII, "host", shown), finding.Because(reason.HintPunycode)
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(host, "."), ".") {
		if label == "" || strings.ContainsFunc(label, func(r rune) bool { return !isLabelRune(r) }) {
			return finding.Because(reason.URLHostMalformed, "host", shown), nil
		}
	}
	return nil, nil
}

func isLabelRune(r rune) bool {
	return r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}
