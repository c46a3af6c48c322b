package answer

import (
	"strings"

	"github.com/wxdev/wxdev/pkg/wire"
)

// Same compares two answers without what they repeat of the request, and
// long ones without their digits, which may be times and request numbers.
func Same(a, b *wire.Exchange) bool {
	if a.Response == nil || b.Response == nil || a.Response.Status != b.Response.Status {
		return false
	}
	one, two := ownWords(a), ownWords(b)
	const short = 32 // such as the 1 of a check that is printed
	return one == two || len(one) > short && len(two) > short && withoutDigits(one) == withoutDigits(two)
}

// ownWords is a body without the values of the request that it was made for.
func ownWords(ex *wire.Exchange) string {
	text := string(Readable(ex.Response))
	for _, v := range requestValues(ex) {
		if len(v) >= 8 {
			text = strings.ReplaceAll(text, v, "")
		}
	}
	return text
}

func withoutDigits(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return -1
		}
		return c
	}, s)
}
