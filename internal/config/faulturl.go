package config

import (
	"errors"
	"net/url"
	"strings"
	"unicode"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/wire"
)

// urlFault says what is wrong with an address, by the rules of
// [wire.CheckURL] and those of the setting.
func urlFault(k Key, text string) (why, hint *finding.Reason) {
	var bad *wire.URLError
	if _, err := wire.CheckURL(text); errors.As(err, &bad) {
		return bad.Fault, bad.Hint
	}
	if k == APIBase && strings.Contains(text, "?") {
		return finding.Because(reason.HasQuery), finding.Because(reason.HintBaseQuery)
	}
	return nil, nil
}

var databasePath = lazy.Regexp(`^/?$|^/\d{1,4}$`)

// storeFault says what is wrong with the address of a Redis. Its words show
// none of it, since a password may be anywhere in a mistyped one.
func storeFault(text string) (why, hint *finding.Reason) {
	hint = finding.Because(reason.HintStore)
	if at := badPosition(text, func(r rune) bool { return r != ' ' && unicode.IsPrint(r) }); at > 0 {
		return finding.Because(reason.BlankAt, "position", at), hint
	}
	scheme, _, ok := strings.Cut(text, "://")
	if !ok || scheme != "redis" && scheme != "rediss" {
		return finding.Because(reason.NotRedis), hint
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return finding.Because(reason.NotURL), finding.Because(reason.HintPasswordEscapes)
	case u.Hostname() == "":
		return finding.Because(reason.URLHasNoHost), hint
	case u.RawQuery != "" || u.Fragment != "":
		return finding.Because(reason.HasQueryOrFragment), finding.Because(reason.HintStoreQuery)
	case !databasePath.Get().MatchString(u.Path):
		return finding.Because(reason.NotDatabase), hint
	}
	return nil, nil
}
