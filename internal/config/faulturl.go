package config

import (
	"errors"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/wxdev/wxdev/pkg/wire"
)

// urlFault says what is wrong with an address, by the rules of
// [wire.CheckURL] and those of the setting.
func urlFault(k Key, text string) (words, hint string) {
	var bad *wire.URLError
	if _, err := wire.CheckURL(text); errors.As(err, &bad) {
		if bad.Hint != nil {
			hint = bad.Hint.Error()
		}
		return bad.Fault.Error(), hint
	}
	if k == APIBase && strings.Contains(text, "?") {
		return "has a query", "remove ? and everything after it: each call adds its own"
	}
	return "", ""
}

var databasePath = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^/?$|^/\d{1,4}$`)
})

// storeFault says what is wrong with the address of a Redis. Its words show
// none of it, since a password may be anywhere in a mistyped one.
func storeFault(text string) (words, hint string) {
	hint = "write redis://HOST:6379, redis://:PASSWORD@HOST:6379/1, or rediss:// for TLS"
	if at := badPosition(text, func(r rune) bool { return r != ' ' && unicode.IsPrint(r) }); at > 0 {
		return "has a space or a control character at position " + strconv.Itoa(at), hint
	}
	scheme, _, ok := strings.Cut(text, "://")
	if !ok || scheme != "redis" && scheme != "rediss" {
		return "starts with neither redis:// nor rediss://", hint
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return "is not a URL", "in a password write @ as %40, / as %2F, : as %3A and % as %25"
	case u.Hostname() == "":
		return "has no host", hint
	case u.RawQuery != "" || u.Fragment != "":
		return "has a query or a fragment", "remove everything after ? or #; in a password write them as %3F and %23"
	case !databasePath().MatchString(u.Path):
		return "has a path that is not a database number", hint
	}
	return "", ""
}
