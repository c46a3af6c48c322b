package emulator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// Action is something that a user does. Do is one of [Deeds], or the name of
// any type of package message.
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

// Deed is one of the things a user does besides sending messages.
type Deed struct {
	Name  string `json:"name"`
	Value string `json:"value,omitempty"` // what it takes
	Does  string `json:"does"`
}

// Deeds lists them, and behind them the types of package message, which are
// deeds as well: text, image, location, click and so on.
func Deeds() []Deed {
	deeds := []Deed{
		{"follow", "", "follows the account"},
		{"unfollow", "", "stops following"},
		{"scan", "a ticket, its url, or its scene", "scans a QR code: follows by it, or comes back by it"},
		{"tap", "a key, a name, or a place such as 1.2", "taps a button of the menu they see"},
		{"enter", "", "opens the mini program's customer service"},
		{"accept", "a template id", "allows a subscription message once"},
		{"reject", "a template id", "refuses it"},
		{"code", "", "wx.login: a code for jscode2session"},
		{"oauth", "snsapi_base or snsapi_userinfo", "a code for sns/oauth2/access_token"},
	}
	for _, t := range message.Types() {
		value := ""
		if len(t.Flags) > 0 {
			value = t.Flags[0].Name
		}
		deeds = append(deeds, Deed{t.Name, value, t.Title(finding.English)})
	}
	return deeds
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
}

// Act does something for a user, pushes what it means to the account's
// server, and returns when the server has replied. The reply is in the
// user's chat too.
func (e *Emulator) Act(ctx context.Context, action Action) (*Outcome, error) {
	e.mu.Lock()
	a := &act{emulator: e, Action: action, acct: e.account(action.AppID), now: e.now(), via: "event"}
	m, err := a.perform()
	if err != nil || m == nil {
		e.mu.Unlock()
		return a.out, err
	}
	pusher := e.pusher(a.acct)
	e.mu.Unlock()
	a.out.Push, err = e.deliver(ctx, pusher, a.acct.AppID, a.user.OpenID, m)
	if err != nil {
		return nil, err
	}
	return a.out, ctx.Err()
}

// perform changes the state, and returns the message to push, if any.
func (a *act) perform() (*message.Message, error) {
	if a.acct == nil {
		return nil, errNoAccount(a.AppID)
	}
	deed := deeds[a.Do]
	if deed == nil {
		if err := checkType(a.Do); err != nil {
			return nil, err
		}
		deed = (*act).message
	}
	stranger := slices.Contains([]string{"code", "oauth", "follow", "subscribe", "scan", "accept", "reject"}, a.Do)
	var err error
	if a.user, err = a.acct.ensure(a.User, stranger); err != nil {
		return nil, err
	}
	a.out = &Outcome{User: a.user.OpenID}
	if err := deed(a); err != nil {
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
		return nil, errors.New("which user? give a name or an OpenID")
	case len(user) == 28 && anOpenID().MatchString(user) && strings.HasPrefix(user, "o"):
		return a.addUser(user, "", unsubscribed), nil
	case len(user) > 64:
		return nil, fmt.Errorf("a user's name has at most 64 bytes, not %d", len(user))
	case !utf8.ValidString(user):
		return nil, errors.New("a user's name is UTF-8")
	}
	return a.addUser(userID(user), user, unsubscribed), nil
}

// deeds are what changes more than a message would.
var deeds = map[string]func(*act) error{
	"follow": (*act).follow, "subscribe": (*act).follow,
	"unfollow": (*act).unfollow, "unsubscribe": (*act).unfollow,
	"scan":   (*act).scan,
	"tap":    (*act).tap,
	"enter":  (*act).enter,
	"accept": (*act).accept, "reject": (*act).accept,
	"code": func(a *act) error {
		a.out.Code = a.emulator.newCode(a.acct, a.user, "").Value
		return nil
	},
	"oauth": func(a *act) error {
		scope := cmp.Or(a.Value, scopeUser)
		if scope != scopeBase && scope != scopeUser {
			return fmt.Errorf("the scope is %s: it takes %s or %s", quote(scope), scopeBase, scopeUser)
		}
		a.out.Code = a.emulator.newCode(a.acct, a.user, scope).Value
		return nil
	},
}

func (a *act) follow() error {
	a.user.follow(a.now, "ADD_SCENE_SEARCH")
	a.push, a.opens = "subscribe", "follow"
	return nil
}

func (a *act) unfollow() error {
	a.user.Unsubscribed, a.user.Windows, a.user.TagIDs, a.user.LastMessage = true, nil, nil, time.Time{}
	a.push = "unsubscribe"
	return nil
}

// scan follows by a code, or for a follower only tells its scene.
func (a *act) scan() error {
	by := cmp.Or(a.Value, a.Fields["ticket"], a.Fields["url"], a.Fields["scene"])
	if i := strings.LastIndex(by, QRCodePath); i >= 0 && strings.Contains(by, "://") {
		by = by[i+len(QRCodePath):]
	}
	code := a.acct.findCode(by, a.now)
	if code == nil {
		return fmt.Errorf("there is no QR code %s, or it is over", quote(by))
	}
	a.Fields = nil
	if a.user.Unsubscribed {
		a.user.follow(a.now, "ADD_SCENE_QR_CODE")
		a.user.QRScene, a.user.QRSceneStr = code.SceneID, code.SceneStr
		a.push, a.opens = "subscribe_scene", "follow"
		a.set = [][2]string{{"EventKey", "qrscene_" + code.Scene()}, {"Ticket", code.Ticket}}
		return nil
	}
	a.push, a.opens = "scan", "scan"
	a.set = [][2]string{{"EventKey", code.Scene()}, {"Ticket", code.Ticket}}
	return nil
}

func (a *act) enter() error {
	a.push, a.opens = "user_enter_tempsession", "session"
	return nil
}

// accept answers the dialog for subscription messages.
func (a *act) accept() error {
	id := cmp.Or(a.Value, a.Fields["template_id"])
	t := a.acct.template(id, true)
	if t == nil {
		return fmt.Errorf("there is no subscription template %s", quote(id))
	}
	a.Fields = nil
	if a.Do == "accept" {
		if a.user.Accepted == nil {
			a.user.Accepted = map[string]int{}
		}
		a.user.Accepted[id]++
	}
	a.push = "subscribe_msg_popup_event"
	a.set = [][2]string{{"List.TemplateId", id}, {"List.SubscribeStatusString", a.Do}}
	return nil
}

// menuTypes open the window of the menu.
var menuTypes = []string{"click", "scancode_push", "scancode_waitmsg"}

// checkType demands a type of package message.
func checkType(name string) error {
	if _, ok := message.LookupType(name); ok {
		return nil
	}
	var names []string
	for _, d := range Deeds() {
		names = append(names, d.Name)
	}
	for _, t := range message.Types() {
		names = append(names, t.Name)
	}
	if best := text.Nearest(name, names); best != "" && len(name) < 80 {
		return fmt.Errorf("nobody can do %s, did you mean %s?", quote(name), best)
	}
	return fmt.Errorf("nobody can do %s", quote(name))
}

// message is any type of package message.
func (a *act) message() error {
	t, _ := message.LookupType(a.Do) // checked before
	a.push = t.Name
	switch {
	case t.Group == "message":
		a.opens, a.via = "message", "message"
	case slices.Contains(menuTypes, t.Name):
		a.opens = "menu"
	}
	return nil
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
	if a.opens != "" {
		a.user.open(a.opens, a.now)
	}
	if a.opens == "message" {
		a.user.LastMessage = a.now
	}
	a.user.say(&ChatItem{Time: a.now, From: FromUser, Via: a.via, Type: cmp.Or(t.Event, t.MsgType), Text: cmp.Or(m.Get("Content"), m.Get("EventKey"))})
	if a.acct.URL == "" || a.acct.Format == string(msgcrypt.JSON) && !t.JSON {
		return nil, nil // nobody to tell, or nothing that a mini program is told
	}
	return m, nil
}

// fill gives the message its fields: those of the deed, the value, and those
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
