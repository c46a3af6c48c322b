package finding

import (
	"strconv"
	"strings"
)

// Accepted is the language that a browser asks for in its Accept-Language, or
// otherwise where it asks for neither.
func Accepted(acceptLanguage string, otherwise Lang) Lang {
	best, lang := 0.0, otherwise
	for part := range strings.SplitSeq(acceptLanguage, ",") {
		tag, params, _ := strings.Cut(part, ";")
		q := 1.0
		if text, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			q, _ = strconv.ParseFloat(text, 64) // what is not a number counts as 0
		}
		primary, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		if (primary == "en" || primary == "zh") && q > best {
			best, lang = q, Lang(primary)
		}
	}
	return lang
}
