package config

import (
	"errors"
	"strings"

	"github.com/wxdev/wxdev/pkg/callback"
)

// urlFault says what is wrong with an address, by the rules of
// [callback.CheckURL] and those of the setting.
func urlFault(k Key, text string) (words, hint string) {
	var bad *callback.URLError
	if _, err := callback.CheckURL(text); errors.As(err, &bad) {
		return bad.Fault, bad.Hint
	}
	if k == APIBase && strings.Contains(text, "?") {
		return "has a query", "take away ? and what is behind it: each call adds its own"
	}
	return "", ""
}
