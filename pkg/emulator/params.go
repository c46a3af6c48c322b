package emulator

import (
	"net/url"
	"strings"
)

// params is a query as it came. Most calls look at two or three parameters of
// it, once: a map of them would cost more than the rest of the call.
type params string

// Get returns the first parameter called name, unescaped; one that cannot be
// unescaped is not there.
func (p params) Get(name string) string {
	for rest := string(p); rest != ""; {
		var pair string
		pair, rest, _ = strings.Cut(rest, "&")
		key, value, _ := strings.Cut(pair, "=")
		if key != name {
			if !escaped(key) {
				continue
			}
			if plain, err := url.QueryUnescape(key); err != nil || plain != name {
				continue
			}
		}
		if !escaped(value) {
			return value
		}
		plain, err := url.QueryUnescape(value)
		if err != nil {
			continue
		}
		return plain
	}
	return ""
}

func escaped(s string) bool { return strings.IndexByte(s, '%') >= 0 || strings.IndexByte(s, '+') >= 0 }
