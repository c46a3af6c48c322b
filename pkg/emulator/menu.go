package emulator

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/menu"
)

func menuRoutes() []route {
	return []route{
		{method: "POST", path: "/cgi-bin/menu/create", daily: 1000, handle: (*call).createMenu, does: "sets the default menu, by every rule of package menu"},
		{method: "GET", path: "/cgi-bin/menu/get", daily: 10_000, handle: (*call).getMenu, does: "the menus as they were set, or 46003"},
		{method: "GET", path: "/cgi-bin/menu/delete", daily: 1000, handle: (*call).deleteMenu, does: "deletes the default and all conditional menus"},
		{method: "POST", path: "/cgi-bin/menu/addconditional", daily: 2000, handle: (*call).addConditional, does: "adds a menu for a tag or a platform"},
		{method: "POST", path: "/cgi-bin/menu/delconditional", daily: 2000, handle: (*call).deleteConditional, does: "deletes one by its menuid"},
		{method: "POST", path: "/cgi-bin/menu/trymatch", daily: 20_000, handle: body((*call).tryMatch), does: "which menu a user sees"},
		{method: "GET", path: "/cgi-bin/get_current_selfmenu_info", handle: (*call).currentMenu, does: "the menu in the form that the console's menus have"},
	}
}

// buttonJSON is a button as menu/get answers it: every one has a sub_button.
type buttonJSON struct {
	Type      string `json:"type,omitempty"`
	Name      string `json:"name"`
	Key       string `json:"key,omitempty"`
	URL       string `json:"url,omitempty"`
	AppID     string `json:"appid,omitempty"`
	PagePath  string `json:"pagepath,omitempty"`
	MediaID   string `json:"media_id,omitempty"`
	ArticleID string `json:"article_id,omitempty"`
	Sub       any    `json:"sub_button,omitempty"`
}

// buttons are the buttons of a menu. In get_current_selfmenu_info a submenu
// is an object with a list, and only a parent has one.
func buttons(from []menu.Button, self bool) []buttonJSON {
	list := make([]buttonJSON, 0, len(from))
	for _, b := range from {
		j := buttonJSON{
			Type: b.Type, Name: b.Name, Key: b.Key, URL: b.URL, AppID: b.AppID,
			PagePath: b.PagePath, MediaID: b.MediaID, ArticleID: b.ArticleID,
		}
		switch sub := buttons(b.Sub, self); {
		case !self:
			j.Sub = sub
		case len(sub) > 0:
			j.Sub = map[string]any{"list": sub}
		}
		list = append(list, j)
	}
	return list
}

type menuJSON struct {
	Buttons   []buttonJSON   `json:"button"`
	MatchRule menu.MatchRule `json:"matchrule,omitempty"`
	MenuID    int64          `json:"menuid,omitempty"`
}

// The account's menu is in derived.menu; an account without one has nil. The ids
// are in MenuIDs, the default menu's first.

// loadMenu reads the menu of a seed.
func (a *Account) loadMenu() error {
	a.derived.menu, a.derived.menuAnswer = nil, nil
	if a.Menu == "" {
		a.MenuIDs = nil
		return nil
	}
	m, problems := menu.Parse("menu", []byte(a.Menu))
	if p, bad := refused(problems); bad {
		return finding.Because(reason.ParserSays, "error", p)
	}
	if m == nil || m.Buttons == nil {
		return finding.Because(reason.NoDefaultMenu)
	}
	a.derived.menu = m
	for len(a.MenuIDs) < 1+len(m.Conditional) {
		a.MenuIDs = append(a.MenuIDs, menuIDBase+a.nextID())
	}
	a.MenuIDs = a.MenuIDs[:1+len(m.Conditional)]
	return nil
}

// menuIDBase makes ids of nine digits, as the real ones are.
const menuIDBase = 400_000_000

func (a *Account) storeMenu() {
	a.Menu = ""
	if a.derived.menu != nil {
		a.Menu = string(a.derived.menu.Format())
	}
}

func (a *Account) setMenu(m *menu.Menu, ids []int64) {
	a.derived.menu, a.derived.menuAnswer, a.MenuIDs = m, nil, ids
}

func (c *call) createMenu() (any, error) {
	m, err := c.readMenu(false)
	if err != nil {
		return nil, err
	}
	if err := c.checkLinked(m.Buttons); err != nil {
		return nil, err
	}
	// The conditional menus stay: only menu/delete removes them.
	ids := []int64{menuIDBase + c.acct.nextID()}
	if old := c.acct.derived.menu; old != nil {
		m.Conditional, ids = old.Conditional, append(ids, c.acct.MenuIDs[1:]...)
	}
	c.setMenu(m, ids)
	return nil, nil
}

func (c *call) getMenu() (any, error) {
	a := c.acct
	if a.derived.menu == nil {
		return nil, fail(46003)
	}
	if a.derived.menuAnswer == nil {
		answer := struct {
			Menu        menuJSON   `json:"menu"`
			Conditional []menuJSON `json:"conditionalmenu,omitempty"`
		}{Menu: menuJSON{Buttons: buttons(a.derived.menu.Buttons, false)}}
		for i, m := range slices.Backward(a.derived.menu.Conditional) { // the newest first
			answer.Menu.MenuID = a.MenuIDs[0]
			answer.Conditional = append(answer.Conditional, menuJSON{buttons(m.Buttons, false), answeredRule(m.MatchRule), a.MenuIDs[i+1]})
		}
		a.derived.menuAnswer = marshal(answer)
	}
	return rawJSON(a.derived.menuAnswer), nil
}

// answeredRule is a matchrule as menu/get has it: a tag goes by the name of
// 2015, when tags were groups.
func answeredRule(rule menu.MatchRule) menu.MatchRule {
	answered := maps.Clone(rule)
	if id, ok := answered["tag_id"]; ok {
		delete(answered, "tag_id")
		answered["group_id"] = id
	}
	return answered
}

func (c *call) setMenu(m *menu.Menu, ids []int64) {
	c.acct.setMenu(m, ids)
	c.emit(EventAccount, about(c.acct.AppID, ""), AccountEvent{c.acct.AppID})
}

func (c *call) deleteMenu() (any, error) {
	c.setMenu(nil, nil)
	return nil, nil
}

func (c *call) addConditional() (any, error) {
	m, err := c.readMenu(true)
	if err != nil {
		return nil, err
	}
	if c.acct.derived.menu == nil {
		return nil, fail(65303)
	}
	added := m.Conditional[0]
	if !c.acct.hasTag(added.MatchRule["tag_id"]) {
		return nil, fail(45159) // by the general list of codes: the call's own page names none
	}
	if err := c.checkLinked(added.Buttons); err != nil {
		return nil, err
	}
	old := c.acct.derived.menu
	all := &menu.Menu{Buttons: old.Buttons, Conditional: append(slices.Clone(old.Conditional), added)}
	file := all.Format()
	if len(file) > menu.MaxFile {
		return nil, fail(65305)
	}
	if _, problems := menu.Parse("menu.json", file); slices.ContainsFunc(problems, func(p menu.Problem) bool {
		return p.ID == "A19" && p.Variant == "domains"
	}) {
		return nil, fail(65316)
	}
	id := menuIDBase + c.acct.nextID()
	c.setMenu(all, append(c.acct.MenuIDs, id))
	return map[string]string{"menuid": strconv.FormatInt(id, 10)}, nil
}

// hasTag reports whether a matchrule may name a tag: one of the account's, or of
// WeChat's own, 0 to 2. No tag is fine.
func (a *Account) hasTag(id string) bool {
	n, err := strconv.ParseInt(id, 10, 64)
	return id == "" || err == nil && (n >= 0 && n <= 2 || a.tag(n) != nil)
}

func (c *call) deleteConditional() (any, error) {
	if isForm(c.body) {
		return nil, fail(65301) // by old logs: the form has no menuid
	}
	o, err := decode(c.body)
	if err != nil {
		return nil, err
	}
	id, ok := o.number("menuid")
	i := slices.Index(c.acct.MenuIDs, id)
	switch {
	case !ok:
		return nil, fail(65301)
	case i < 0:
		return nil, fail(46002)
	case i == 0:
		return nil, fail(65301)
	}
	old := c.acct.derived.menu
	rest := &menu.Menu{Buttons: old.Buttons, Conditional: slices.Delete(slices.Clone(old.Conditional), i-1, i)}
	c.setMenu(rest, slices.Delete(slices.Clone(c.acct.MenuIDs), i, i+1))
	return nil, nil
}

func (c *call) tryMatch(o object) (any, error) {
	u := c.acct.find(o.text("user_id")) // an OpenID, or a WeChat id: the user's name here
	switch {
	case u == nil:
		return nil, fail(65302)
	case u.Unsubscribed:
		return nil, fail(65315)
	case c.acct.derived.menu == nil:
		return nil, fail(46003)
	}
	seen, _ := c.acct.menuOf(u)
	return menuJSON{Buttons: buttons(seen, false)}, nil
}

func (c *call) currentMenu() (any, error) {
	m := c.acct.derived.menu
	if m == nil {
		return rawJSON(`{"is_menu_open":0,"selfmenu_info":{"button":[]}}`), nil
	}
	return struct {
		Open int      `json:"is_menu_open"`
		Info menuJSON `json:"selfmenu_info"`
	}{1, menuJSON{Buttons: buttons(m.Buttons, true)}}, nil
}

// platforms are the client_platform_type of each.
var platforms = lazy.Value[map[string]string]{Make: func() map[string]string {
	return map[string]string{"ios": "1", "android": "2", "other": "3"}
}}

// menuOf is the menu that a user sees, and its id: the newest conditional one
// that matches, or else the default. Of several tags the last one counts.
func (a *Account) menuOf(u *User) ([]menu.Button, int64) {
	for i, m := range slices.Backward(a.derived.menu.Conditional) {
		if matches(m.MatchRule, u) {
			return m.Buttons, a.MenuIDs[i+1]
		}
	}
	return a.derived.menu.Buttons, a.MenuIDs[0]
}

func matches(rule menu.MatchRule, u *User) bool {
	for field, want := range rule {
		have := ""
		switch field {
		case "tag_id":
			if n := len(u.TagIDs); n > 0 {
				have = strconv.FormatInt(u.TagIDs[n-1], 10)
			}
		case "client_platform_type":
			have = platforms.Get()[u.Platform]
		}
		if have != want { // also by the fields that were removed: they match nobody
			return false
		}
	}
	return true
}

// checkLinked demands that mini programs are linked to the account.
func (c *call) checkLinked(buttons []menu.Button) error {
	if len(c.acct.MiniPrograms) == 0 {
		return nil
	}
	for _, b := range buttons {
		if b.Type == "miniprogram" && !slices.Contains(c.acct.MiniPrograms, b.AppID) {
			return fail(45064)
		}
		if err := c.checkLinked(b.Sub); err != nil {
			return err
		}
	}
	return nil
}

// hasButton reports whether the object that was sent has a field button: the
// files of package menu may come in other forms.
func hasButton(body []byte) bool {
	var top map[string]json.RawMessage
	if json.Unmarshal(body, &top) != nil {
		return true // what is wrong with it is told by package menu
	}
	_, ok := top["button"]
	return ok
}
