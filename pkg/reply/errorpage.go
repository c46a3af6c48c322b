package reply

import (
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/answer"
)

var markup = lazy.Regexp(`<[^<>]*>`)

// printedError returns what an error page says, on one line, fit to print, or
// "" if the body is not an error page.
func printedError(body []byte) string {
	at := answer.ErrorAt(body)
	if at < 0 {
		return ""
	}
	const most = 4096 // of a page: the error is at its start
	s := markup.Get().ReplaceAllString(string(body[at:min(len(body), at+most)]), "")
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
