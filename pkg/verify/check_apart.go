package verify

import (
	"fmt"
	"strings"
	"sync"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/push"
)

// checkApart asks whether the server keeps messages and users apart: what it
// remembers of one must not be the answer to another.
func checkApart(h *handle) finding.Facts {
	for _, part := range []func(h *handle){likeIDs, sameText, inTurnAgain, lastID, oncePerUser, atOnce} {
		if part(h); len(h.findings) > 0 || h.halted() != "" {
			break
		}
	}
	stillServed(h)
	return nil
}

// said is a message of a user of this check.
func (h *handle) said(user, content string) *message.Message {
	m := h.text(content)
	_ = m.Set("FromUserName", message.OpenID(h.User+" apart "+user))
	return m
}

// sameText sends one text twice with ids of their own, from one user and from
// another. A server that is in no hurry to answer the same user twice is asked
// something else in between, and later.
func sameText(h *handle) {
	const content = "wxdev verify apart" // which nobody has sent yet
	one := h.push("a text", h.said("A", content))
	if !replied(one) {
		return
	}
	switch other := h.push("the same text of another user", h.said("B", content)); {
	case replied(other) && other.Reply.Doc.Get("ToUserName") == one.Reply.Doc.Get("ToUserName"):
		h.find("M14", "by-text", other.Last(), "got", finding.Excerpt(one.Reply.Doc.Get("ToUserName")), "want", other.Push.OpenID)
		return
	case passedOver(other) && replied(h.push("another text of that user", h.said("B", content+" B"))) &&
		passedOver(h.push("the same text of a third user", h.said("C", content))):
		h.find("M08", "by-text", other.Last(), "first", spoken(one), "second", answer.Summary(other.Last()))
		return
	}
	again := h.push("the same text again", h.said("A", content))
	if passedOver(again) && replied(h.push("another text", h.said("A", content+" A"))) && passedOver(h.push("the same text once more", h.said("A", content))) {
		h.find("M08", "text-again", again.Last(), "first", spoken(one), "second", answer.Summary(again.Last()))
	}
}

// passedOver reports whether a message was taken, and got no reply.
func passedOver(d *push.Delivery) bool { return accepted(d) && !replied(d) }

// inTurnAgain delivers a message again after others: of one user, of another.
// A bot that counts, or draws lots, answers with what it said before, or says
// nothing.
func inTurnAgain(h *handle) {
	if h.found("M08") {
		return
	}
	p := h.build(h.said("D", "wxdev verify D"))
	first := h.deliver("a text", h.pusher(), p)
	second := h.push("the next text", h.said("D", "wxdev verify D2"))
	h.push("a text of another user", h.said("E", "wxdev verify E"))
	again := h.deliver("the first text again", h.pusher(), p)
	if !replied(first) || !replied(second) {
		return
	}
	switch {
	case repeats(second, first, "wxdev verify D2", "wxdev verify D"):
		h.find("M08", "by-user", second.Last(), "first", spoken(first), "second", spoken(second))
	case replied(again) && spoken(again) != spoken(first):
		h.find("M08", "last-only", again.Last(), "first", spoken(first), "second", spoken(again))
	}
}

// lastID asks whether who says nothing to a message that is delivered again at
// once does so after others, too.
func lastID(h *handle) {
	if h.found("M08") {
		return
	}
	var first, again *push.Delivery
	for _, user := range []string{"L", "M", "N"} { // a bot that draws lots does not do so each time
		p := h.build(h.said(user, "wxdev verify "+user))
		first = h.deliver("a text", h.pusher(), p)
		if !replied(first) || !passedOver(h.deliver("the text again at once", h.pusher(), p)) {
			return
		}
		h.push("the next text", h.said(user, "wxdev verify "+user+" 2"))
		h.push("a text of another user", h.said(user+" other", "wxdev verify "+user+" 3"))
		if again = h.deliver("the first text again", h.pusher(), p); !replied(again) {
			return
		}
	}
	h.find("M08", "last-id", again.Last(), "first", spoken(first), "second", spoken(again))
}

// oncePerUser asks whether a user's first message is the only one that gets a
// reply: who goes by the user takes all others for deliveries of the first.
func oncePerUser(h *handle) {
	if h.found("M08") {
		return
	}
	for n, user := range []string{"G", "H", "I"} { // a bot that draws lots does not do so each time
		content := "wxdev verify " + user
		first := h.push("a user's first text", h.said(user, content))
		second := h.push("the second text", h.said(user, content+" 2"))
		if !replied(first) || !passedOver(second) || !passedOver(h.push("the third text", h.said(user, content+" 3"))) {
			return
		}
		if n < 2 {
			continue
		}
		variant := "welcomes-once" // a bot that greets, and leaves the rest to people, looks the same
		if strings.Contains(first.Reply.Text(), content) {
			variant = "once-per-user"
		}
		h.find("M08", variant, second.Last(), "first", spoken(first), "second", answer.Summary(second.Last()))
	}
}

// repeats reports whether a bot that repeats texts answered one message with
// what another said.
func repeats(d, other *push.Delivery, own, others string) bool {
	a, b := d.Reply.Text(), other.Reply.Text()
	return strings.HasSuffix(b, others) && !strings.Contains(a, own) && strings.HasSuffix(a, others)
}

// atOnce sends texts of several users at the same time, where the server
// serves side by side: each must get its own answer. Whether it does was seen
// at the GETs, or is at the first two texts.
func atOnce(h *handle) {
	takes := answerTime(h.took)
	if h.found("V54") || h.width <= 1 && takes >= clear {
		return
	}
	for round := range 4 {
		users := most
		if round == 0 {
			users = few
		}
		got := h.textsAtOnce(round, users)
		switch {
		case mixed(h, got), h.halted() != "":
			return
		case round == 0 && h.width <= 1 && takes >= worthwhile && !sideBySide(got[0].Last(), got[1].Last(), takes):
			return // one waits for the other
		}
	}
}

// textsAtOnce delivers a text of each of some users at the same time, of as
// many as the server is known to serve.
func (h *handle) textsAtOnce(round, users int) []*push.Delivery {
	pushes, got := make([]*push.Push, users), make([]*push.Delivery, users)
	for i := range pushes {
		pushes[i] = h.build(h.said(fmt.Sprintf("at once %d %d", round, i), fmt.Sprintf("wxdev verify %d.%d.", round, i)))
	}
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() {
			h.crowd.enter()
			defer h.crowd.leave()
			got[i] = h.deliver("texts at the same time", h.pusher(), pushes[i])
		})
	}
	wg.Wait()
	return got
}

// mixed reports, and tells, that a user got what was meant for another.
func mixed(h *handle, got []*push.Delivery) bool {
	for i, d := range got {
		if !replied(d) {
			continue
		}
		to, own := d.Reply.Doc.Get("ToUserName"), d.Push.Message.Get("Content")
		for j, other := range got {
			switch {
			case i == j:
				continue
			case to == other.Push.OpenID:
				h.find("M14", "at-once", d.Last(), "got", finding.Excerpt(to), "want", d.Push.OpenID)
				return true
			case strings.Contains(d.Reply.Text(), other.Push.Message.Get("Content")) && !strings.Contains(d.Reply.Text(), own):
				h.find("M14", "answers-mixed", d.Last(), "sent", finding.Excerpt(own), "got", spoken(d))
				return true
			}
		}
	}
	return false
}
