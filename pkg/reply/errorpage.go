package reply

import (
	"bytes"
	"regexp"
	"strings"
	"sync"

	"github.com/wxdev/wxdev/internal/text"
)

// ErrorMarks are texts, in lower case, by which the notices and error pages of
// languages and frameworks are known where they are printed into an answer.
func ErrorMarks() []string {
	return []string{
		"<b>notice</b>", "<b>warning</b>", "<b>deprecated</b>", "<b>fatal error</b>", "<b>parse error</b>",
		"php notice:", "php warning:", "php deprecated:", "notice: ", "warning: ", "deprecated: ",
		"fatal error: ", "parse error: ", "uncaught ", "traceback (most recent call last)", "whoops", "xdebug-error",
	}
}

var markup = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`<[^<>]*>`) })

// printedError returns what an error page says, on one line, fit to print, or
// "" if the body is no error page.
func printedError(body []byte) string {
	lower := text.Lower(body)
	at := -1
	for _, mark := range ErrorMarks() {
		if i := bytes.Index(lower, []byte(mark)); i >= 0 && (at < 0 || i < at) {
			at = i
		}
	}
	if at < 0 {
		return ""
	}
	const most = 4096 // of a page: the error is at its start
	s := markup().ReplaceAllString(string(body[at:min(len(body), at+most)]), "")
	lines := strings.Split(strings.TrimSpace(s), "\n")
	line := lines[0]
	if strings.HasPrefix(strings.ToLower(line), "traceback") { // Python says it last
		for _, l := range lines {
			if strings.TrimSpace(l) != "" && !strings.HasPrefix(l, " ") {
				line = l
			}
		}
	}
	return text.Quote([]byte(strings.TrimSpace(line)), 200)
}
