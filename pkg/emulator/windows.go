package emulator

import (
	"slices"
	"time"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
)

// windowRules are the windows that a user's actions open: how long the server
// may send customer-service messages, how many, and what people call them.
var windowRules = lazy.Value[map[string]windowRule]{Make: func() map[string]windowRule {
	return map[string]windowRule{
		"message": {48 * time.Hour, 5, "after a message", "发消息后"},
		"menu":    {time.Minute, 3, "after a tap on the menu", "点击菜单后"},
		"follow":  {time.Minute, 3, "after following", "关注后"},
		"scan":    {time.Minute, 3, "after a scan", "扫码后"},
		"session": {time.Minute, 2, "after entering customer service", "进入客服会话后"}, // of a mini program
	}
}}

// windowRule is what a kind of window allows.
type windowRule struct {
	life   time.Duration
	count  int
	en, zh string
}

// openWindow opens a window anew.
func (u *User) openWindow(kind string, now time.Time) {
	rule, ok := windowRules.Get()[kind]
	if !ok {
		return
	}
	u.Windows = slices.DeleteFunc(u.Windows, func(w *Window) bool { return w.Kind == kind || !now.Before(w.Until) })
	u.Windows = append(u.Windows, &Window{Kind: kind, Until: now.Add(rule.life), Left: rule.count})
}

// nextWindow is the window from which a message that is sent now is taken: the
// one that ends first. Without one it is the errcode that the message gets: of
// no window WeChat says another thing than of one that is used up. Who stops
// following has no windows any more.
func (u *User) nextWindow(now time.Time) (*Window, int) {
	var best *Window
	live := u.liveWindows(now)
	for _, w := range live {
		if w.Left > 0 && (best == nil || w.Until.Before(best.Until)) {
			best = w
		}
	}
	switch {
	case best != nil:
		return best, 0
	case len(live) > 0:
		return nil, 45047
	}
	return nil, 45015
}

func (u *User) liveWindows(now time.Time) []*Window {
	var live []*Window
	for _, w := range u.Windows {
		if now.Before(w.Until) {
			live = append(live, w)
		}
	}
	return live
}

// spendWindow takes one message from the next window.
func (u *User) spendWindow(now time.Time) error {
	w, code := u.nextWindow(now)
	if code != 0 {
		return fail(code)
	}
	w.Left--
	return nil
}

// OpenWindow is a window that is open now.
type OpenWindow struct {
	Kind  string    `json:"kind"`  // message, menu, follow, scan or session
	Title string    `json:"title"` // the kind in words
	Until time.Time `json:"until"`
	Left  int       `json:"left"` // messages
	Of    int       `json:"of"`   // how many there were when it was opened
}

// CustomerService says what would come of a customer-service message that the
// server sent to the user now.
type CustomerService struct {
	Left    int       `json:"left"` // messages in the window that it would be taken from
	Of      int       `json:"of,omitempty"`
	Until   time.Time `json:"until,omitzero"`
	By      string    `json:"by,omitempty"`  // the kind of that window
	Total   int       `json:"total"`         // messages in all windows that are open
	ErrCode int       `json:"errcode"`       // of the answer: 0, 45015 or 45047
	Why     string    `json:"why,omitempty"` // it would be refused
}

// unfollowed is why who has unfollowed gets no message.
var unfollowed = lazy.Value[map[finding.Lang]string]{Make: func() map[finding.Lang]string {
	return map[finding.Lang]string{
		finding.English: "the user does not follow the account, which leaves no window open",
		finding.Chinese: "用户没有关注该公众号，因此没有任何窗口",
	}
}}

// customerService is what nextWindow decides, in words.
func (u *User) customerService(now time.Time, lang finding.Lang) CustomerService {
	w, code := u.nextWindow(now)
	cs := CustomerService{ErrCode: code}
	for _, open := range u.liveWindows(now) {
		cs.Total += max(open.Left, 0)
	}
	switch {
	case code == 0:
		cs.Left, cs.Of, cs.Until, cs.By = w.Left, w.of(), w.Until, w.Kind
	case u.Unsubscribed:
		cs.Why = unfollowed.Get()[lang]
	default:
		known, _ := catalog.LookupCode(code)
		cs.Why = known.Cause(lang)
	}
	return cs
}

// of is how many messages a window had: a seed may give it more.
func (w *Window) of() int { return max(w.Left, windowRules.Get()[w.Kind].count) }

// openWindows are the windows in the order in which they are spent.
func (u *User) openWindows(now time.Time, lang finding.Lang) []OpenWindow {
	list := []OpenWindow{}
	for _, w := range u.liveWindows(now) {
		rule, title := windowRules.Get()[w.Kind], w.Kind
		switch {
		case rule.count == 0: // a kind of the seed's own
		case lang == finding.Chinese:
			title = rule.zh
		default:
			title = rule.en
		}
		list = append(list, OpenWindow{w.Kind, title, w.Until, w.Left, w.of()})
	}
	slices.SortStableFunc(list, func(a, b OpenWindow) int { return a.Until.Compare(b.Until) })
	return list
}
