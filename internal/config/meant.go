package config

import (
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
)

// modeNames are what people call the modes besides their own names: as the
// console does, and by their number in its list.
var modeNames = lazy.Value[map[string]string]{Make: func() map[string]string {
	return map[string]string{
		"1": "plain", "明文模式": "plain", "明文": "plain",
		"2": "compat", "兼容模式": "compat", "兼容": "compat",
		"3": "safe", "安全模式": "safe", "安全": "safe",
	}
}}

// wideDigits are how an input method for Chinese writes them.
var wideDigits = lazy.Value[*strings.Replacer]{Make: func() *strings.Replacer {
	return strings.NewReplacer("１", "1", "２", "2", "３", "3")
}}

// Meant is the value that a person means by what they typed: one of those that
// k takes in any case, and a mode by what the console calls it or by its number.
// Any other text is returned as it is.
func Meant(k Key, text string) string {
	typed := strings.TrimSpace(text)
	for _, v := range k.Values() {
		if strings.EqualFold(v, typed) {
			return v
		}
	}
	if v, ok := modeNames.Get()[wideDigits.Get().Replace(typed)]; ok && k == Mode {
		return v
	}
	return text
}
