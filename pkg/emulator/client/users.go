package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Action is something that a user does. GET /__wxdev/actions lists what there is.
type Action struct {
	AppID  string            // empty is the first account
	User   string            // a name, or an OpenID; one who is not known becomes so
	Do     string            // follow, text, tap, scan …
	Value  string            // the text, the button, the code …
	Fields map[string]string // of the message: "Location_X", or short: "scene"
}

// Outcome is what came of an action.
type Outcome struct {
	User   string // the OpenID
	Code   string // of the actions code and oauth
	Opened string // the page, mini program or material that a button leads to
	Push   *Push  // nil if nothing was pushed to the account's server
}

// Push is what came of a message to the account's server.
type Push struct {
	ID       int64
	OK       bool   // no finding is an error
	Message  string // what it was: "text", "event CLICK"
	Seen     string // what the user sees: reply, nothing or fault
	Fault    string // the line that the service is out of order
	Reply    *Reply
	Findings []Finding
}

// Reply is what the account's server answered.
type Reply struct {
	Type string
	Text string
	Body string // decrypted
}

// Finding is a rule that the server broke.
type Finding struct {
	ID, Variant, Severity, Title, Evidence, Fix string
}

// Act lets a user do something, and returns when the account's server has
// replied.
func (c *Client) Act(ctx context.Context, a Action) (*Outcome, error) {
	out := &Outcome{}
	if err := c.act(ctx, a, "", out); err != nil {
		return nil, err
	}
	return out, nil
}

func (c *Client) act(ctx context.Context, a Action, wait string, out any) error {
	in := struct {
		Value  string            `json:"value,omitempty"`
		Fields map[string]string `json:"fields,omitempty"`
	}{a.Value, a.Fields}
	path := "users/" + url.PathEscape(a.User) + "/" + url.PathEscape(a.Do) + query("appid", a.AppID, "wait", wait)
	return c.call(ctx, http.MethodPost, path, in, out)
}

// ChatItem is one line of a user's chat with the account.
type ChatItem struct {
	Time time.Time
	From string // user, server or wechat
	Via  string // message, event, menu, reply, custom, template, subscribe, mass, fault
	Type string // text, image, news, CLICK …
	Text string // what it says, in short
	Body string // of what the server sent, as it was; of what the user sent, the message

	ID      int64
	Push    int64   // that told the server of it, or that it is the answer to
	Entry   int64   // of the log: the call that sent it
	State   string  // of a user's line that was pushed: waiting, ok, nothing or fault
	Answers int64   // of a message that a call sent: the push that it probably answers
	LateMS  float64 `json:"late_ms"` // how long after the start of that push it came
}

// Chat returns a user's chat with an account, the oldest line first; the
// first account if appid is empty. user is a name or an OpenID.
func (c *Client) Chat(ctx context.Context, appid, user string) ([]ChatItem, error) {
	var answer struct{ Chat []ChatItem }
	err := c.call(ctx, http.MethodGet, "users/"+url.PathEscape(user)+"/chat"+query("appid", appid), nil, &answer)
	return answer.Chat, err
}

// The window that a user's message opens, as the emulator has it.
const (
	windowLife  = 48 * time.Hour
	windowCount = 5
)

// OpenWindow makes a follower of an account known, by the OpenID, and lets its
// server write to them as after a message: 5 customer-service messages within
// 48 hours. It is for messages that did not come from the emulator.
func (c *Client) OpenWindow(ctx context.Context, appid, openID string) error {
	type window struct {
		Kind  string    `json:"kind"`
		Until time.Time `json:"until"`
		Left  int       `json:"left"`
	}
	user := struct {
		OpenID       string   `json:"openid"`
		Unsubscribed bool     `json:"unsubscribed"`
		Window       []window `json:"window"`
	}{openID, false, []window{{"message", time.Now().Add(windowLife), windowCount}}}
	return c.call(ctx, http.MethodPost, "users"+query("appid", appid), user, nil)
}
