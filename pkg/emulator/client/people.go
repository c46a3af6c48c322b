package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// User is a user as one account sees them.
type User struct {
	OpenID       string
	Name         string // what the control API calls them
	UnionID      string
	Unsubscribed bool // does not follow the account
	Nickname     string
	Remark       string
	Tags         []int64
	Platform     string // ios, android or other
	Avatar       string // what stands for a picture: initials and a hue in degrees, "Al,210"
	Windows      []Window
	CS           CustomerService
}

// Window is a time in which the server may send customer-service messages,
// opened by something the user did.
type Window struct {
	Kind  string // message, menu, follow, scan or session
	Title string // the kind in words
	Until time.Time
	Left  int // messages
	Of    int // how many there were at first
}

// CustomerService says what would come of a customer-service message to the
// user now. The emulator decides it as it does for a message that is sent.
type CustomerService struct {
	Left    int       // messages in the window that it would be taken from
	Of      int       // how many were in that window at first
	Until   time.Time // when that window ends
	By      string    // the kind of that window
	Total   int       // messages in all windows
	ErrCode int       // of the answer: 0, 45015 or 45047
	Why     string    // it would be refused
}

// User returns a user of an account, the first one's if appid is empty. user is
// a name or an OpenID; of one who is not known the [Error] has status 404.
func (c *Client) User(ctx context.Context, appid, user string) (*User, error) {
	u := &User{}
	if err := c.call(ctx, http.MethodGet, c.ofUser(appid, user, ""), nil, u); err != nil {
		return nil, err
	}
	return u, nil
}

// Users returns the users of an account, the first one if appid is empty.
func (c *Client) Users(ctx context.Context, appid string) ([]User, error) {
	var answer struct{ Users []User }
	err := c.call(ctx, http.MethodGet, "users"+query("appid", appid, "lang", string(c.Lang)), nil, &answer)
	return answer.Users, err
}

// Menu is the menu that one user sees. Without a menu, and for who does not
// follow the account, there are no Buttons.
type Menu struct {
	MenuID      int64
	Conditional bool              // not the default menu
	Rule        map[string]string // of a conditional one: tag_id, client_platform_type
	Buttons     []Button
}

// Button is a button of a Menu. With Sub it only opens a submenu.
type Button struct {
	Name, Type      string
	Key, URL        string
	AppID, PagePath string
	MediaID         string `json:"media_id"`
	ArticleID       string `json:"article_id"`
	At              string // its place, such as 2.1, which the action tap takes
	Sub             []Button
}

// Menu returns the menu that a user of an account sees, of the first one if
// appid is empty.
func (c *Client) Menu(ctx context.Context, appid, user string) (*Menu, error) {
	m := &Menu{}
	if err := c.call(ctx, http.MethodGet, c.ofUser(appid, user, "/menu"), nil, m); err != nil {
		return nil, err
	}
	return m, nil
}

// ofUser is the path of a call about a user.
func (c *Client) ofUser(appid, user, rest string) string {
	return "users/" + url.PathEscape(user) + rest + query("appid", appid, "lang", string(c.Lang))
}
