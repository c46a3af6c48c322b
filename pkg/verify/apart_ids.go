package verify

import (
	"strconv"

	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/push"
)

// likeID is an id that is one with another where digits are lost.
type likeID struct {
	name   string
	differ int64 // from the other
	unlike int64 // what the ids of a pair differ by from those of another
}

// The first two are one in a double, and where the last digits are cut off;
// the others in 32 bits, and where the last digits alone are kept.
var likeOnes = []likeID{
	{"the last digit differs", 2, 12_345_678_000},
	{"the first digits differ", 1_000_000 << 32, 12_345_678_917},
}

// likeIDs sends texts with such ids, of one user and of two. It comes before
// what sends texts with ids in a row, which may be one as well.
func likeIDs(h *handle) {
	for i, like := range likeOnes {
		for j, users := range [][2]string{{"F", "F"}, {"J", "K"}} {
			if takenForOne(h, like, h.farID(2*i+j), users) {
				return
			}
		}
	}
}

// farID is an id that has its first digits for itself, and its last ones, too;
// a double makes one of it and of the one 2 above it.
func (h *handle) farID(n int) int64 {
	const apart, digits = 1_000_000_000, 1000
	return (h.ids.Next()/digits+int64(n+1)*apart)*digits + int64(8*n+3)
}

// takenForOne sends one text, another with an id like its own, and others with
// ids unlike it, which tell what becomes of texts that are taken for new.
func takenForOne(h *handle, like likeID, id int64, users [2]string) bool {
	send := func(name, user string, id int64) *push.Delivery {
		return h.push("a text with "+name, withID(h.said(user, "wxdev verify id "+strconv.FormatInt(id, 10)+"."), id))
	}
	one := send("an id of its own", users[0], id)
	two := send("an id like it: "+like.name, users[1], id+like.differ)
	if !replied(one) || !passedOver(two) && !answersFor(two, one) {
		return false
	}
	for n := range int64(2) { // a bot that draws lots, or knows its users, does so again
		other := send("an id unlike it", users[1], id+(n+1)*like.unlike)
		again := send("an id like that", users[0], id+(n+1)*like.unlike+like.differ)
		if !replied(other) || answersFor(other, one) || !passedOver(again) && !answersFor(again, other) {
			return false
		}
	}
	h.find("M26", "taken-for-one", two.Last(), "first", one.Push.Message.Get("MsgId"), "second", two.Push.Message.Get("MsgId"))
	return true
}

func withID(m *message.Message, id int64) *message.Message {
	_ = m.Set("MsgId", strconv.FormatInt(id, 10))
	return m
}

// answersFor reports whether a message got what another was answered: it says
// what that one did, or goes to its user.
func answersFor(d, other *push.Delivery) bool {
	if !replied(d) {
		return false
	}
	own, others := d.Push.Message, other.Push.Message
	to := d.Reply.Doc.Get("ToUserName")
	return repeats(d, other, own.Get("Content"), others.Get("Content")) || to != own.Get("FromUserName") && to == others.Get("FromUserName")
}
