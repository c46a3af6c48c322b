package answer

import (
	"strings"

	"github.com/wxdev/wxdev/pkg/wire"
)

// guardMarks are words of CSRF protections that refuse a POST without their
// token.
var guardMarks = []string{
	"csrf", "xsrf", "authenticity", "invalidauthenticitytoken", "page expired", "_token mismatch",
	"requestverificationtoken", "antiforgery",
}

// GuardMark returns the word by which an answer is recognised as that of a
// CSRF protection, or "".
func GuardMark(res *wire.Response) string {
	v := visible(res)
	return guardMark(string(v.Decoded) + "\n" + header(v.Header))
}

func guardMark(visible string) string {
	for _, m := range guardMarks {
		if strings.Contains(visible, m) {
			return m
		}
	}
	return ""
}
