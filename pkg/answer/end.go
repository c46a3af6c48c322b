package answer

import (
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/wire"
)

// byEnd judges an answer to a GET that did not end as it should, and one whose
// compression cannot be undone. The ends of pushes are judged with their
// deliveries.
func (l *look) byEnd() (Verdict, bool) {
	if !l.get {
		return Verdict{}, false
	}
	ex, res := l.ex, l.res
	echostr := requestValues(ex)["echostr"]
	begun := len(res.Body) > 0 && strings.HasPrefix(echostr, string(res.Body))
	switch {
	case ex.End == wire.EndLimit:
		return l.say(outcome{"V40", "oversized"}, "", "bytes", len(ex.Received))
	case ex.End == wire.EndShort, ex.End == wire.EndTimeout && promisesMore(res) && begun:
		return l.say(outcome{"V25", "length"}, "", "declared", finding.Name(res.Get("Content-Length")), "got", len(res.Body))
	case ex.End == wire.EndTimeout:
		return l.say(outcome{"V37", "drip"}, "", "bytes", len(ex.Received), "seconds", ex.Times.Total)
	}
	if enc := res.Coding(); enc != "" && res.Status == 200 {
		if _, ok := decompress(res); !ok {
			return l.say(outcome{"V41", "compressed"}, "", "encoding", finding.Excerpt(enc))
		}
	}
	return Verdict{}, false
}
