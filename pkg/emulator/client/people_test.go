package client_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/client"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/tokenstore"
)

// caller makes calls of the API of an emulator.
func caller(url string) *api.Client {
	return api.New(api.Options{Base: url, AppID: emulator.DefaultAppID, Secret: emulator.DefaultSecret, Store: &tokenstore.Memory{}, HTTP: http.DefaultClient})
}

// TestCustomerService: what is said of the next message is what it gets.
func TestCustomerService(t *testing.T) {
	s, c := start(t, emulator.Config{})
	tokens := caller(s.URL)
	c.Lang = finding.Chinese
	act := func(do, value string) {
		t.Helper()
		if _, err := c.Act(t.Context(), client.Action{User: "alice", Do: do, Value: value}); err != nil {
			t.Fatal(err)
		}
	}
	body := []byte(`{"touser":"` + message.OpenID("alice") + `","msgtype":"text","text":{"content":"hi"}}`)
	// sends says what is foreseen, and holds the message that is sent to it.
	sends := func() client.CustomerService {
		t.Helper()
		u, err := c.User(t.Context(), "", "alice")
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		var refused *api.Error
		if err := tokens.SendCustom(t.Context(), body); errors.As(err, &refused) {
			got = refused.Code
		} else if err != nil {
			t.Fatal(err)
		}
		if u.CS.ErrCode != got {
			t.Errorf("%+v was foreseen: it got %d", u.CS, got)
		}
		if (got == 0) != (u.CS.Why == "") || (got == 0) != (u.CS.Left > 0) {
			t.Errorf("%d: %+v", got, u.CS)
		}
		return u.CS
	}
	act("text", "hi")
	if cs := sends(); cs.By != "message" || cs.Left != 5 || cs.Of != 5 || cs.Total != 5 || cs.Until.Before(time.Now()) {
		t.Errorf("%+v", cs)
	}
	act("follow", "")
	u, err := c.User(t.Context(), "", "alice")
	if err != nil || len(u.Windows) != 2 || u.Windows[0].Kind != "follow" || u.Windows[0].Title != "关注后" || u.Windows[1].Left != 4 || u.Windows[1].Of != 5 {
		t.Fatalf("%+v, %v", u, err)
	}
	for i, by := range strings.Fields("follow follow follow message message message message") {
		if cs := sends(); cs.By != by || cs.Total != 7-i {
			t.Errorf("message %d: %+v, want by %s", i, cs, by)
		}
	}
	if cs := sends(); cs.ErrCode != 45047 || cs.Total != 0 || cs.Until != (time.Time{}) {
		t.Errorf("%+v", cs)
	}
	if err := c.Advance(t.Context(), 48*time.Hour); err != nil {
		t.Fatal(err)
	}
	if cs := sends(); cs.ErrCode != 45015 || !strings.Contains(cs.Why, "48 小时") {
		t.Errorf("%+v", cs)
	}
	act("text", "hi")
	act("unfollow", "")
	if cs := sends(); cs.ErrCode != 45015 || !strings.Contains(cs.Why, "没有关注") {
		t.Errorf("%+v", cs)
	}
	c.Lang = finding.English
	users, err := c.Users(t.Context(), "")
	if err != nil || len(users) != 1 || !users[0].Unsubscribed || users[0].CS.ErrCode != 45015 || !strings.Contains(users[0].CS.Why, "does not follow") {
		t.Errorf("%+v, %v", users, err)
	}
	c.Lang = "fr"
	if _, err := c.User(t.Context(), "", "alice"); err == nil {
		t.Error("a language that is not there is taken")
	}
}

// TestAvatars: they say the same of a user each time, and nothing of others.
func TestAvatars(t *testing.T) {
	_, c := start(t, emulator.Config{Accounts: []emulator.Account{{AppID: emulator.DefaultAppID, Users: []*emulator.User{
		{Name: "alice"}, {Name: "bob", Nickname: "小王"}, {Name: "a,b"}, {Name: "❤"}, {Name: "x"}, {OpenID: "oAbCdEfGhIjKlMnOpQrStUvWxYz0"},
	}}}})
	users, err := c.Users(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	hues := map[string]bool{}
	for i, want := range []string{"Al", "小", "Ab", "?", "X", "OA"} {
		initials, hue, _ := strings.Cut(users[i].Avatar, ",")
		if initials != want {
			t.Errorf("%s: %s", users[i].Name, users[i].Avatar)
		}
		hues[hue] = true
	}
	if len(hues) < 5 {
		t.Errorf("hues %v", hues)
	}
}

// TestMenu: each user has the menu that a tap goes by.
func TestMenu(t *testing.T) {
	s, c := start(t, emulator.Config{})
	if m, err := c.Menu(t.Context(), "", "nobody"); err == nil {
		t.Errorf("nobody sees %+v", m)
	}
	for _, u := range []string{"alice", "bob", "carol"} {
		if _, err := c.Act(t.Context(), client.Action{User: u, Do: "follow"}); err != nil {
			t.Fatal(err)
		}
	}
	if m, err := c.Menu(t.Context(), "", "alice"); err != nil || m.Buttons == nil || len(m.Buttons) != 0 {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := s.UpdateUser("", "bob", func(u *emulator.User) error { u.Platform = "ios"; return nil }); err != nil {
		t.Fatal(err)
	}
	tokens := caller(s.URL)
	set := func(path, body string) {
		t.Helper()
		if err := tokens.Call(t.Context(), api.Request{Method: "POST", Path: path, Body: []byte(body)}, nil); err != nil {
			t.Fatal(err)
		}
	}
	set("/cgi-bin/menu/create", `{"button":[{"type":"click","name":"a","key":"A"},{"name":"more","sub_button":[{"type":"view","name":"b","url":"https://example.com/"},{"type":"miniprogram","name":"m","url":"https://example.com/","appid":"wx0123456789abcdea","pagepath":"p"}]}]}`)
	set("/cgi-bin/menu/addconditional", `{"button":[{"type":"click","name":"ios","key":"I"}],"matchrule":{"client_platform_type":"1"}}`)
	m, err := c.Menu(t.Context(), "", "alice")
	if err != nil || m.Conditional || len(m.Rule) != 0 || len(m.Buttons) != 2 {
		t.Fatalf("%+v, %v", m, err)
	}
	if b := m.Buttons[1].Sub[1]; b.At != "2.2" || b.AppID != "wx0123456789abcdea" || b.PagePath != "p" || b.Type != "miniprogram" || m.Buttons[1].At != "2" {
		t.Errorf("%+v", m.Buttons)
	}
	own, err := c.Menu(t.Context(), "", "bob")
	if err != nil || !own.Conditional || own.Rule["client_platform_type"] != "1" || len(own.Buttons) != 1 || own.MenuID == m.MenuID || own.MenuID == 0 {
		t.Fatalf("%+v, %v", own, err)
	}
	for _, u := range []string{"alice", "bob"} {
		seen, err := c.Menu(t.Context(), "", u)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range seen.Buttons {
			if len(b.Sub) > 0 {
				b = b.Sub[0]
			}
			if out, err := c.Act(t.Context(), client.Action{User: u, Do: "tap", Value: b.At}); err != nil || b.URL != out.Opened {
				t.Errorf("%s taps %+v: %+v, %v", u, b, out, err)
			}
		}
	}
	if _, err := c.Act(t.Context(), client.Action{User: "carol", Do: "unfollow"}); err != nil {
		t.Fatal(err)
	}
	if m, err := c.Menu(t.Context(), "", "carol"); err != nil || len(m.Buttons) != 0 {
		t.Errorf("who does not follow sees %+v, %v", m, err)
	}
}
