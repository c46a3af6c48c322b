package emulator

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
)

// ActionType is one of the things that users do.
type ActionType struct {
	Name  string `json:"name"`
	Value string `json:"value,omitempty"` // what it takes
	Does  string `json:"does"`
}

// ActionTypes lists them: first those that are more than a message, then the
// types of package message: text, image, location, click and so on.
func ActionTypes() []ActionType {
	list := []ActionType{
		{"follow", "", "follows the account"},
		{"unfollow", "", "stops following"},
		{"scan", "a ticket, its url, or its scene", "scans a QR code: follows by it, or comes back by it"},
		{"tap", "a key, a name, or a place such as 1.2", "taps a button of the menu they see"},
		{"enter", "", "opens the mini program's customer service"},
		{"accept", "a template id", "allows a subscription message once"},
		{"reject", "a template id", "refuses it"},
		{"code", "", "wx.login: a code for jscode2session"},
		{"phone", "", "allows the phone number: a code for getuserphonenumber"},
		{"oauth", "snsapi_base or snsapi_userinfo", "a code for sns/oauth2/access_token"},
	}
	for _, t := range message.Types() {
		if slices.ContainsFunc(list, func(a ActionType) bool { return a.Name == t.Name }) {
			continue // scan, which is more than the message
		}
		value := ""
		if len(t.Flags) > 0 {
			value = t.Flags[0].Name
		}
		list = append(list, ActionType{t.Name, value, t.Title(finding.English)})
	}
	return list
}

// actions are those that change more than a message would.
var actions = lazy.Value[map[string]func(*act) error]{Make: func() map[string]func(*act) error {
	return map[string]func(*act) error{
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
		"phone": func(a *act) error {
			a.out.Code = a.emulator.newCode(a.acct, a.user, phoneScope).Value
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
}}

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
		return fmt.Errorf("there is no QR code %s, or it has expired", quote(by))
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
	for _, d := range ActionTypes() {
		names = append(names, d.Name)
	}
	for _, t := range message.Types() {
		names = append(names, t.Name)
	}
	if best := text.Nearest(name, names); best != "" && len(name) < 80 {
		return fmt.Errorf("there is no action %s, did you mean %s?", quote(name), best)
	}
	return fmt.Errorf("there is no action %s", quote(name))
}

// message is any type of package message.
func (a *act) message() error {
	t, _ := message.LookupType(a.Do) // checked before
	a.push, a.opens = t.Name, windowOf(t)
	if a.opens == "message" {
		a.via = "message"
	}
	return nil
}

// windowOf is the window that a message opens, or "".
func windowOf(t *message.Type) string {
	switch {
	case t.Group == "message":
		return "message"
	case slices.Contains(menuTypes, t.Name):
		return "menu"
	}
	return ""
}
