package verify

import (
	"strconv"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
)

// checkRepeats delivers one message twice, as WeChat does when the first answer is
// late, and two events in one second.
func checkRepeats(h *handle) finding.Facts {
	if oneLate(h) {
		return nil
	}
	p := h.build(h.text("wxdev verify"))
	first := h.deliver("text", h.pusher(), p)
	if diedOf(h, first, "text") || !accepted(first) && h.halted() != "" {
		return nil
	}
	second := h.deliver("text again", h.pusher(), p)
	if diedOf(h, second, "text, again") {
		return nil
	}
	if replied(first) && replied(second) && spoken(first) != spoken(second) {
		h.find("M08", "answered-twice", second.Last(), "first", spoken(first), "second", spoken(second))
		return nil
	}
	click, _ := message.LookupType("click") // embedded
	if h.Format == string(msgcrypt.JSON) {
		return nil // mini programs have no menu
	}
	one, two := h.newMessage(click), h.newMessage(click)
	// A user of their own: who goes by sender and second alone would else take
	// them for the texts above.
	taps := message.OpenID(h.User + " taps")
	for m, key := range map[*message.Message]string{one: "wxdev_verify_1", two: "wxdev_verify_2"} {
		_ = m.Set("FromUserName", taps)
		_ = m.Set("EventKey", key)
	}
	_ = two.Set("CreateTime", one.Get("CreateTime"))
	a, b := h.push("click", one), h.push("another click", two)
	if diedOf(h, a, "click") || diedOf(h, b, "click, again") || !replied(a) || replied(b) || !accepted(b) {
		return nil
	}
	later := two.Clone()
	_ = later.Set("CreateTime", strconv.FormatInt(h.Now().Add(time.Second).Unix(), 10))
	facts := []any{"first", spoken(a), "second", answer.Summary(b.Last())}
	switch c := h.push("another click, later", later); {
	case replied(c):
		h.find("M08", "swallowed", b.Last(), facts...)
	case accepted(c) && swallowsOthers(h, one):
		h.find("M08", "events", b.Last(), facts...)
	}
	return nil
}

// oneLate asks whether each reply is meant for the text before, as from a queue
// or a variable that is read before it is written.
func oneLate(h *handle) bool {
	var got []*push.Delivery
	says := func(reply, text int) bool {
		return strings.Contains(got[reply].Reply.Text(), got[text].Push.Message.Get("Content"))
	}
	for i, word := range []string{"first", "second", "third"} {
		d := h.push("the "+word+" text", h.text("wxdev verify, the "+word))
		if got = append(got, d); !replied(d) || says(i, i) || i > 0 && !says(i, i-1) {
			return false
		}
	}
	h.oneLate = true
	h.find("M14", "one-late", got[2].Last(), "sent", finding.Excerpt(got[2].Push.Message.Get("Content")), "got", spoken(got[2]))
	return true
}

// swallowsOthers asks whether another user's click gets no reply either, while
// that user's text does: no matter of taps that come too fast.
func swallowsOthers(h *handle, click *message.Message) bool {
	tap, text := click.Clone(), h.text("wxdev verify")
	for _, m := range []*message.Message{tap, text} {
		_ = m.Set("FromUserName", message.OpenID(h.User+" other taps"))
	}
	d := h.push("another user's click", tap)
	return accepted(d) && !replied(d) && replied(h.push("another user's text", text))
}

// spoken is what a reply says, without the time it was made.
func spoken(d *push.Delivery) finding.Fact {
	return finding.Excerpt(strings.Join(strings.Fields(d.Reply.String()), " "))
}
