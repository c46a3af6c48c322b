package reply

import (
	"github.com/wxdev/wxdev/pkg/message"
)

// What language models write, and what programs say to programmers, is often
// sent to users as it is.
var (
	markdown = &pattern{
		expr:    "```|" + `\*\*[^*\s][^*\n]*\*\*|(?m:^#{2,6} \S)|\[[^\]\n]+\]\(https?://[^)\s]+\)|(?m:^\|(?: ?:?-+:? ?\|)+\s*$)`,
		needles: []string{"```", "**", "##", "](http", "|"},
	}
	errorText = &pattern{
		expr: `^\s*(?:[\w.]*(?:Error|Exception): \S|(?i:error: \S)|Traceback \(most recent call last\)|Error code: \d|` +
			`Request failed with status code \d|Internal Server Error\b|panic: \S|\{"error":|(?:\[object Object\]|undefined|null|None|NaN)\s*$)`,
		needles: []string{":", "Traceback", "Request failed", "Internal Server", "[object", "undefined", "null", "None", "NaN"},
	}
	// stream is the beginning of a text/event-stream.
	// https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
	stream = &pattern{
		expr:    `^(?:(?:event|id|retry): ?[^\n]*\r?\n)*data: ?[^\n]*(?:\r?\n|$)`,
		needles: []string{"data:"},
	}
)

// unedited looks in s, with which f begins, for what a text message cannot show, and for what was not
// written for users. What the user wrote so is no mistake.
func (c *checker) unedited(f *message.Field, s string) {
	if mark := markdown.find(s); mark != "" && !c.wrote(mark) {
		c.add(ruleMarkdown, c.foundIn(f, mark), "content", shown(s), "mark", shown(mark))
	}
	if text := errorText.find(s); text != "" && !c.wrote(text) {
		c.add(ruleErrorText, c.valueAt(f), "content", shown(s))
	}
}
