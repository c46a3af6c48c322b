package emulator

import (
	"slices"
	"strings"
)

// maxChat is how many lines of a chat are remembered.
const maxChat = 500

// addLine adds a line to the user's chat. What is no UTF-8 could be in no
// snapshot.
func (u *User) addLine(item *ChatItem) {
	item.Text, item.Body = strings.ToValidUTF8(item.Text, "\uFFFD"), strings.ToValidUTF8(item.Body, "\uFFFD")
	if len(u.Chat) >= maxChat {
		u.Chat = slices.Delete(u.Chat, 0, len(u.Chat)-maxChat+1)
	}
	u.Chat = append(u.Chat, item)
}

// The sides of a chat: who a line is from.
const (
	FromUser   = "user"
	FromServer = "server"
	FromWeChat = "wechat" // what the server never said
)

// Chat returns a user's chat with an account, the oldest line first; the
// first account if appid is empty. user is a name or an OpenID.
func (e *Emulator) Chat(appid, user string) ([]ChatItem, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a := e.account(appid)
	if a == nil {
		return nil, errNoAccount(appid)
	}
	items := []ChatItem{}
	if u := a.find(user); u != nil {
		for _, item := range u.Chat {
			items = append(items, *item)
		}
	}
	return items, nil
}

// find finds a user by OpenID or by name.
func (a *Account) find(user string) *User {
	if u := a.user(user); u != nil {
		return u
	}
	for _, u := range a.Users {
		if u.Name == user && user != "" {
			return u
		}
	}
	return a.user(userID(user))
}
