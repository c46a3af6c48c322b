package emulator

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/pkg/menu"
)

// tap taps a button of the menu that the user sees.
func (a *act) tap() error {
	if a.acct.derived.menu == nil {
		return errors.New("the account has no menu to tap")
	}
	seen, id := a.acct.menuOf(a.user)
	b := findButton(seen, a.Value)
	switch {
	case b == nil:
		return fmt.Errorf("there is no button %s in the menu that this user sees: it has %s", quote(a.Value), buttonList(seen))
	case len(b.Sub) > 0:
		return fmt.Errorf("%s only opens its submenu", quote(b.Name))
	}
	a.Value, a.via = "", "menu"
	switch b.Type {
	case "view":
		a.push, a.out.Opened = "view", b.URL
		a.set = [][2]string{{"EventKey", b.URL}, {"MenuId", itoa(id)}}
	case "miniprogram":
		a.push, a.out.Opened = "view_miniprogram", b.AppID+" "+b.PagePath
		a.set = [][2]string{{"EventKey", b.PagePath}, {"MenuId", itoa(id)}}
	case "media_id", "view_limited":
		a.show(b.Type, b.MediaID)
	case "article_id", "article_view_limited":
		a.show(b.Type, b.ArticleID)
	default:
		a.push = b.Type
		a.set = [][2]string{{"EventKey", b.Key}}
		if b.Type == "click" || strings.HasPrefix(b.Type, "scancode") {
			a.opens = "menu"
		}
	}
	return nil
}

// buttonList names the buttons that can be tapped, each by its place, its name
// and its key.
func buttonList(list []menu.Button) string {
	var all []string
	add := func(place string, b menu.Button) {
		text := place + " " + quote(b.Name)
		if b.Key != "" {
			text += " (" + quote(b.Key) + ")"
		}
		all = append(all, text)
	}
	for i, b := range list {
		place := strconv.Itoa(i + 1)
		if len(b.Sub) == 0 {
			add(place, b)
		}
		for j, sub := range b.Sub {
			add(place+"."+strconv.Itoa(j+1), sub)
		}
	}
	return strings.Join(all, ", ")
}

// show shows the user a material or an article. The server hears nothing.
func (a *act) show(kind, id string) {
	a.out.Opened = id
	a.emulator.addLine(a.acct, a.user, &ChatItem{Time: a.now, From: FromWeChat, Via: "menu", Type: kind, Text: id})
}

// findButton finds a button by its key, its name, or its place: 2.1 is the
// first one in the second one's submenu.
func findButton(list []menu.Button, by string) *menu.Button {
	if by == "" {
		return nil
	}
	first, rest, nested := strings.Cut(by, ".")
	if n, err := strconv.Atoi(first); err == nil && n >= 1 && n <= len(list) {
		b := &list[n-1]
		if !nested {
			return b
		}
		if sub := findButton(b.Sub, rest); sub != nil {
			return sub
		}
	}
	for i := range list {
		b := &list[i]
		if b.Key == by || b.Name == by {
			return b
		}
		if sub := findNamed(b.Sub, by); sub != nil {
			return sub
		}
	}
	return nil
}

func findNamed(list []menu.Button, by string) *menu.Button {
	for i := range list {
		if list[i].Key == by || list[i].Name == by {
			return &list[i]
		}
	}
	return nil
}
