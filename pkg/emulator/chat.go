package emulator

import (
	"cmp"
	"strings"

	"github.com/wxdev/wxdev/pkg/message"
)

// addLine adds a line to the user's chat, without the accounts' secrets. What is
// no UTF-8 could be in no snapshot. The caller holds the lock.
func (e *Emulator) addLine(a *Account, u *User, item *ChatItem) {
	e.lineID++
	item.ID = e.lineID
	for _, s := range []*string{&item.Text, &item.Body} {
		seen := e.secrets.Text((*s)[:min(len(*s), maxLine)])
		if len(*s) > maxLine { // at its end half a secret can be; and the rest does not stay for it
			seen = strings.Clone(seen[:max(len(seen)-maxSecret, 0)])
		}
		*s = strings.ToValidUTF8(seen, "\uFFFD")
	}
	e.keepLine(u, item)
	if item.Entry != pending {
		e.publishLine(a.AppID, u, item)
	}
}

// userSays opens the window that goes with a message of the user's, if one does,
// and adds the message to the chat, as the line that has its time, via and type.
// The caller holds the lock.
func (e *Emulator) userSays(a *Account, u *User, m *message.Message, opens string, item *ChatItem) (id int64) {
	if opens != "" {
		u.openWindow(opens, item.Time)
	}
	if opens == "message" {
		u.LastMessage = item.Time
	}
	body, _ := m.Append(nil) // what cannot be written is told when it is pushed
	item.From, item.Text, item.Body, item.MsgID = FromUser, cmp.Or(m.Get("Content"), m.Get("EventKey")), string(body), m.Get("MsgId")
	e.addLine(a, u, item)
	return item.ID
}

// line finds a line by its id; nil when it is not there.
func (u *User) line(id int64) *ChatItem {
	if id == 0 {
		return nil
	}
	for i := len(u.Chat) - 1; i >= 0 && u.Chat[i].ID >= id; i-- {
		if u.Chat[i].ID == id {
			return u.Chat[i]
		}
	}
	return nil
}

// numberLines gives the lines of a state that is taken over ids of this run. What
// they were tied to was in another one.
func (e *Emulator) numberLines(s *State) {
	for _, a := range s.Accounts {
		for _, u := range a.Users {
			for _, item := range u.Chat {
				e.lineID++
				*item = item.loose()
				item.ID = e.lineID
			}
		}
	}
}

// loose is the line without what ties it to this run.
func (item ChatItem) loose() ChatItem {
	return ChatItem{Time: item.Time, From: item.From, Via: item.Via, Type: item.Type, Text: item.Text, Body: item.Body, MsgID: item.MsgID}
}

// pending is the entry of a line whose call is not in the log yet.
const pending = -1

// lineRef is a line that a call added.
type lineRef struct {
	openid string
	id     int64
}

// say adds a line that the server sent to one user by a call, and guesses which
// push it answers.
func (c *call) say(u *User, item *ChatItem) {
	c.concerns(u)
	item.Answers = c.cause
	if item.Answers != 0 {
		item.LateMS = c.log.answers(item.Answers)
	}
	c.tell(u, item)
}

// tell adds a line that the server sent by a call. It is published when the call
// is in the log.
func (c *call) tell(u *User, item *ChatItem) {
	if c.said == "" {
		c.said = string(c.body) // all that a mass message reaches have the same
	}
	item.Time, item.From, item.Body, item.Entry = c.now, FromServer, c.said, pending
	c.addLine(c.acct, u, item)
	c.lines = append(c.lines, lineRef{u.OpenID, item.ID})
}

// concerns notes that a call is about a user, and which push it probably answers.
func (c *call) concerns(u *User) {
	c.about, c.cause = u.OpenID, c.log.cause(c.acct.AppID, u.OpenID, c.now)
}

// publishLines ties the lines that a call added to its entry, and tells of them.
func (e *Emulator) publishLines(c *call, entry int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a := e.account(c.acct.AppID)
	if a == nil {
		return
	}
	for _, ref := range c.lines {
		u := a.user(ref.openid)
		if u == nil {
			continue
		}
		if item := u.line(ref.id); item != nil {
			item.Entry = entry
			e.publishLine(a.AppID, u, item)
		}
		e.emitUser(a.AppID, ref.openid) // what it cost of a window
	}
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
		items = append(items, values(u.Chat)...)
	}
	for i := range items {
		items[i].show()
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
