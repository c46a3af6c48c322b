package emulator

import (
	"slices"
	"strings"
	"time"
)

// windowRules are the windows that a user's actions open: how long the server
// may send customer-service messages, and how many.
var windowRules = map[string]struct {
	life  time.Duration
	count int
}{
	"message": {48 * time.Hour, 5},
	"menu":    {time.Minute, 3},
	"follow":  {time.Minute, 3},
	"scan":    {time.Minute, 3},
	"session": {time.Minute, 2}, // a mini program's user comes to customer service
}

// openWindow opens a window anew.
func (u *User) openWindow(kind string, now time.Time) {
	rule, ok := windowRules[kind]
	if !ok {
		return
	}
	u.Windows = slices.DeleteFunc(u.Windows, func(w *Window) bool { return w.Kind == kind || !now.Before(w.Until) })
	u.Windows = append(u.Windows, &Window{Kind: kind, Until: now.Add(rule.life), Left: rule.count})
}

// spendWindow takes one message from the window that ends first. Of no window
// WeChat says another thing than of one that is used up. Who stops following
// has no windows any more.
func (u *User) spendWindow(now time.Time) error {
	var best *Window
	live := false
	for _, w := range u.Windows {
		if !now.Before(w.Until) {
			continue
		}
		live = true
		if w.Left > 0 && (best == nil || w.Until.Before(best.Until)) {
			best = w
		}
	}
	switch {
	case best != nil:
		best.Left--
		return nil
	case live:
		return fail(45047)
	}
	return fail(45015)
}

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
