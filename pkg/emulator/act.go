package emulator

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// Action is something that a user does. Do is one of [ActionTypes], or the name
// of any type of package message.
type Action struct {
	AppID  string            // empty is the first account
	User   string            // a name, or an OpenID; one who is not known becomes so
	Do     string            // follow, text, tap, scan …
	Value  string            // the text, the button, the code …
	Fields map[string]string // of the message: "Location_X", or short: "scene"
}

// Outcome is what came of an action.
type Outcome struct {
	User   string `json:"user"` // the OpenID
	Code   string `json:"code,omitempty"`
	Opened string `json:"opened,omitempty"` // the page, mini program or material that a button leads to
	Push   *Push  `json:"push,omitempty"`   // nil if nothing was pushed: no url, or nothing to tell
}

// Started is what begins with an action that nobody waits for.
type Started struct {
	User   string `json:"user"` // the OpenID
	Code   string `json:"code,omitempty"`
	Opened string `json:"opened,omitempty"`
	Push   int64  `json:"push,omitempty"` // its id; 0 if nothing is pushed
}

// act is an action that is under way.
type act struct {
	emulator *Emulator
	Action
	acct *Account
	user *User
	now  time.Time
	out  *Outcome

	push  string // the type of the message that is pushed; none if empty
	set   [][2]string
	via   string // of the line in the chat
	opens string // the window
	line  int64  // in the chat
}

// Act does something for a user, pushes what it means to the account's
// server, and returns when the server has replied. The reply is in the
// user's chat too.
func (e *Emulator) Act(ctx context.Context, action Action) (*Outcome, error) {
	out, j, err := e.begin(action)
	if err != nil || j == nil {
		return out, err
	}
	out.Push, err = e.deliver(ctx, j)
	if err != nil {
		return nil, err
	}
	return out, ctx.Err()
}

// Start is [Emulator.Act] that does not wait for the server: what comes of the
// push is among [Emulator.Pushes].
func (e *Emulator) Start(action Action) (Started, error) {
	out, j, err := e.begin(action)
	if err != nil {
		return Started{}, err
	}
	return e.started(out, j), nil
}

// started begins the push in the background, if there is one.
func (e *Emulator) started(out *Outcome, j *job) Started {
	s := Started{User: out.User, Code: out.Code, Opened: out.Opened}
	if j != nil {
		s.Push = j.ID
		e.mu.Lock()
		defer e.mu.Unlock()
		e.background(j)
	}
	return s
}

// begin is the part of Act that needs the lock. Without a push the job is nil.
func (e *Emulator) begin(action Action) (*Outcome, *job, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a := &act{emulator: e, Action: action, acct: e.account(action.AppID), now: e.now(), via: "event"}
	done := &ActionDone{Do: action.Do, Value: action.Value, Fields: maps.Clone(action.Fields)}
	m, err := a.perform()
	if err != nil {
		return nil, nil, err
	}
	e.emitUser(a.acct.AppID, a.user.OpenID)
	if m == nil {
		return a.out, nil, nil
	}
	return a.out, e.start(a.acct, a.user, m, PushRecord{Action: done, Line: a.line}), nil
}

// perform changes the state, and returns the message to push, if any.
func (a *act) perform() (*message.Message, error) {
	if a.acct == nil {
		return nil, errNoAccount(a.AppID)
	}
	do := actions.Get()[a.Do]
	if do == nil {
		if err := checkType(a.Do); err != nil {
			return nil, err
		}
		do = (*act).message
	}
	stranger := slices.Contains([]string{"code", "phone", "oauth", "follow", "subscribe", "scan", "accept", "reject"}, a.Do)
	var err error
	if a.user, err = a.acct.ensure(a.User, stranger); err != nil {
		return nil, err
	}
	a.out = &Outcome{User: a.user.OpenID}
	if err := do(a); err != nil {
		return nil, err
	}
	if a.push == "" {
		return nil, nil
	}
	return a.compose()
}

// ensure finds a user, or makes one.
func (a *Account) ensure(user string, unsubscribed bool) (*User, error) {
	if u := a.find(user); u != nil {
		return u, nil
	}
	switch {
	case user == "":
		return nil, finding.Because(reason.WhichUser)
	case isOpenID(user):
		return a.addUser(user, "", unsubscribed), nil
	case len(user) > 64:
		return nil, finding.Because(reason.UserNameLong, "limit", 64, "count", len(user))
	case !utf8.ValidString(user):
		return nil, finding.Because(reason.UserNameNotUTF8)
	}
	return a.addUser(userID(user), user, unsubscribed), nil
}

// compose writes the message, and the line in the chat.
func (a *act) compose() (*message.Message, error) {
	t, ok := message.LookupType(a.push)
	if !ok {
		return nil, fmt.Errorf("there is no message type %s", quote(a.push))
	}
	m := a.emulator.compose(a.acct, a.user, t)
	if err := a.fill(m, t); err != nil {
		return nil, err
	}
	a.line = a.emulator.userSays(a.acct, a.user, m, a.opens, &ChatItem{Time: a.now, Via: a.via, Type: cmp.Or(t.Event, t.MsgType)})
	if to := a.emulator.server(a.acct); to.URL == "" || to.Format == string(msgcrypt.JSON) && !t.JSON {
		return nil, nil // nobody to tell, or nothing that a mini program is told
	}
	return m, nil
}

// fill gives the message its fields: those of the action, the value, and those
// that were given by name or by their short names.
func (a *act) fill(m *message.Message, t *message.Type) error {
	for _, f := range a.set {
		if err := m.Set(f[0], f[1]); err != nil {
			return err
		}
	}
	if a.Value != "" && len(a.set) == 0 {
		if len(t.Flags) == 0 {
			return fmt.Errorf("%s has no field for a value", t.Name)
		}
		if err := t.Flags[0].Set(m, a.Value); err != nil {
			return err
		}
	}
	for name, value := range a.Fields {
		i := slices.IndexFunc(t.Flags, func(f message.Flag) bool { return f.Name == name })
		var err error
		if i >= 0 {
			err = t.Flags[i].Set(m, value)
		} else {
			err = m.Set(name, value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
