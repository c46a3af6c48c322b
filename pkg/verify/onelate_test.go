package verify_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/reply"
)

// remembering answers a text with what was said of those that key calls its
// like: the ones before, and this one.
func remembering(key func(in *message.Message) string, words func(before, now string) string) func(*message.Message) string {
	var mu sync.Mutex
	last, answers := map[string]string{}, map[string]string{} // answers to deliver again
	return func(in *message.Message) string {
		if in.Label().In(finding.English) != "text" {
			return "success"
		}
		mu.Lock()
		defer mu.Unlock()
		id := in.Get("FromUserName") + in.Get("MsgId")
		if answers[id] != "" {
			return answers[id]
		}
		before, now := last[key(in)], in.Get("Content")
		last[key(in)] = now
		if before == "" {
			before = "nothing yet"
		}
		answers[id] = xmlReply(reply.Text(in, time.Now(), words(before, now)))
		return answers[id]
	}
}

// TestOneLate: a reply that is meant for the text before is called so, and what
// is read in it is not taken for this text, garbled.
func TestOneLate(t *testing.T) {
	all := func(*message.Message) string { return "" }
	user := func(in *message.Message) string { return in.Get("FromUserName") }
	late := func(before, _ string) string { return before }
	for name, c := range map[string]struct {
		answer func(*message.Message) string
		want   []string
	}{
		"one variable":              {remembering(all, late), []string{"M14 one-late"}},
		"one for each user":         {remembering(user, late), []string{"M14 one-late"}},
		"the one before is counted": {remembering(user, func(before, now string) string { return fmt.Sprintf("%s (after %d bytes)", now, len(before)) }), nil},
		"neither is quoted":         {remembering(user, func(_, _ string) string { return "thanks" }), nil},
		"only this is there":        {remembering(user, func(_, now string) string { return now }), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, messageOptions(t, handler(&bot{answer: c.answer})(t), "plain"))
			if got := serious(r); !slices.Equal(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
			describable(t, r)
			inChinese(t, r)
		})
	}
}
