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
	text := string(v.Decoded)
	for _, f := range v.Header {
		text += "\n" + strings.ToLower(f.Name+": "+f.Value)
	}
	for _, m := range guardMarks {
		if strings.Contains(text, m) {
			return m
		}
	}
	return ""
}
