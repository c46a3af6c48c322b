package emulator

import "slices"

// Limits of what is remembered of chats.
const (
	maxChat  = 500      // lines of one chat
	maxLine  = 64 << 10 // bytes of what a line is made of, and of what it says
	maxChats = 16 << 20 // bytes of all chats: then the oldest lines go, whosever they are
)

// size is about how many bytes a line takes.
func (item *ChatItem) size() int {
	const fields = 400
	return fields + len(item.Text) + len(item.Body)
}

// keepLine adds a line to a chat, for which older ones may go. The caller holds
// the lock.
func (e *Emulator) keepLine(u *User, item *ChatItem) {
	if len(u.Chat) >= maxChat {
		gone := len(u.Chat) - maxChat + 1
		for _, old := range u.Chat[:gone] {
			e.chatBytes -= old.size()
		}
		u.Chat = slices.Delete(u.Chat, 0, gone)
	}
	u.Chat = append(u.Chat, item)
	if e.chatBytes += item.size(); e.chatBytes > maxChats {
		e.trimChats()
	}
}

// trimChats counts what is remembered of all chats, and if that is too much
// leaves three quarters of what is allowed, so that not every line counts them
// all. The caller holds the lock.
func (e *Emulator) trimChats() {
	var all []*ChatItem
	e.chatBytes = 0
	for _, a := range e.state.Accounts {
		for _, u := range a.Users {
			for _, item := range u.Chat {
				e.chatBytes += item.size()
			}
			all = append(all, u.Chat...)
		}
	}
	if e.chatBytes <= maxChats {
		return
	}
	slices.SortFunc(all, func(a, b *ChatItem) int { return int(a.ID - b.ID) })
	var last int64 // of those that go
	for _, item := range all {
		if e.chatBytes <= maxChats/4*3 {
			break
		}
		e.chatBytes -= item.size()
		last = item.ID
	}
	for _, a := range e.state.Accounts {
		for _, u := range a.Users {
			u.Chat = slices.DeleteFunc(u.Chat, func(item *ChatItem) bool { return item.ID <= last })
		}
	}
}
