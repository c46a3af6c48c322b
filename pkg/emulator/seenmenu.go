package emulator

import (
	"maps"
	"slices"
	"strconv"

	"github.com/wxdev/wxdev/pkg/menu"
)

// SeenMenu is the menu that one user sees: a conditional one whose rule
// matches them, or else the default. Without a menu there are no buttons; who
// does not follow the account sees none.
type SeenMenu struct {
	MenuID      int64          `json:"menuid,omitempty"`
	Conditional bool           `json:"conditional,omitempty"`
	Rule        menu.MatchRule `json:"rule,omitempty"` // of a conditional menu: tag_id, client_platform_type
	Buttons     []SeenButton   `json:"buttons"`
}

// SeenButton is a button of a SeenMenu. With Sub it only opens a submenu.
type SeenButton struct {
	Name      string       `json:"name"`
	Type      string       `json:"type,omitempty"`
	Key       string       `json:"key,omitempty"`
	URL       string       `json:"url,omitempty"`
	AppID     string       `json:"appid,omitempty"`
	PagePath  string       `json:"pagepath,omitempty"`
	MediaID   string       `json:"media_id,omitempty"`
	ArticleID string       `json:"article_id,omitempty"`
	At        string       `json:"at"` // its place, which the action tap takes: 2.1 is the first one in the second one's submenu
	Sub       []SeenButton `json:"sub,omitempty"`
}

// SeenMenu returns the menu that a user sees. user is a name or an OpenID. The
// error is [ErrNotFound].
func (e *Emulator) SeenMenu(appid, user string) (SeenMenu, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a, u, err := e.userNamed(appid, user)
	if err != nil {
		return SeenMenu{}, err
	}
	m := a.derived.menu
	if m == nil || u.Unsubscribed {
		return SeenMenu{Buttons: []SeenButton{}}, nil
	}
	list, id := a.menuOf(u)
	seen := SeenMenu{MenuID: id, Buttons: seenButtons(list, "")}
	if i := slices.Index(a.MenuIDs, id); i > 0 {
		seen.Conditional, seen.Rule = true, maps.Clone(m.Conditional[i-1].MatchRule)
	}
	return seen, nil
}

func seenButtons(list []menu.Button, within string) []SeenButton {
	seen := make([]SeenButton, 0, len(list))
	for i, b := range list {
		at := within + strconv.Itoa(i+1)
		seen = append(seen, SeenButton{
			Name: b.Name, Type: b.Type, Key: b.Key, URL: b.URL, AppID: b.AppID, PagePath: b.PagePath,
			MediaID: b.MediaID, ArticleID: b.ArticleID, At: at, Sub: seenButtons(b.Sub, at+"."),
		})
	}
	return seen
}
