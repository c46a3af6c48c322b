package emulator

import (
	"encoding/base64"
	"time"
)

func snsRoutes() []route {
	return []route{
		{method: "GET", path: "/sns/jscode2session", open: true, plain: true, handle: (*call).codeToSession, does: "openid and session_key for a code of wx.login"},
		{method: "GET", path: "/connect/oauth2/authorize", open: true, handle: (*call).authorizePage, form: (*call).authorizeForm, does: "the page of open.weixin.qq.com that asks a user; wxdev_user=NAME answers it"},
		{method: "GET", path: "/sns/oauth2/access_token", open: true, plain: true, handle: (*call).oauthToken, does: "the web access_token for a code"},
		{method: "GET", path: "/sns/oauth2/refresh_token", open: true, plain: true, handle: (*call).oauthRefresh, does: "makes it valid for 2 hours more"},
		{method: "GET", path: "/sns/userinfo", open: true, plain: true, handle: (*call).oauthUser, does: "who the user is, for snsapi_userinfo"},
		{method: "GET", path: "/sns/auth", open: true, plain: true, handle: (*call).oauthCheck, does: "whether a web access_token is valid"},
	}
}

// The times of codes and of what they are changed for.
const (
	codeLife    = 5 * time.Minute
	oauthLife   = 2 * time.Hour
	refreshLife = 30 * 24 * time.Hour
)

// maxCodes is how many codes and grants of an account are remembered.
const maxCodes = 4096

// newCode makes a code for a user; without a scope it is one of wx.login.
func (e *Emulator) newCode(a *Account, u *User, scope string) *Code {
	c := &Code{Value: e.letters(32), OpenID: u.OpenID, Scope: scope, Expires: e.now().Add(codeLife)}
	if scope == "" {
		c.Value = "0" + e.letters(31)
	}
	if len(a.Codes) >= maxCodes {
		a.Codes = append([]*Code(nil), a.Codes[maxCodes/2:]...)
	}
	a.Codes = append(a.Codes, c)
	return c
}

// spendCode uses up a code: it serves once.
func (c *call) spendCode(a *Account, value string, login bool) (*User, *Code, error) {
	if value == "" {
		return nil, nil, fail(41008)
	}
	for _, code := range a.Codes {
		if code.Value != value || (code.Scope == "") != login || code.Scope == phoneScope {
			continue
		}
		u := a.user(code.OpenID)
		switch {
		case code.Used:
			return nil, nil, fail(40163)
		case !c.now.Before(code.Expires):
			return nil, nil, fail(42003)
		case u == nil: // was deleted meanwhile
			return nil, nil, fail(40029)
		}
		code.Used = true
		return u, code, nil
	}
	return nil, nil, fail(40029)
}

// codeFor checks the credentials and the code of a call of /sns/.
func (c *call) codeFor(parameter string, login bool) (*User, *Code, error) {
	q := c.query
	a, err := c.identify(q.Get("appid"), q.Get("secret"))
	if err != nil {
		return nil, nil, err
	}
	if err := c.useFor(a); err != nil {
		return nil, nil, err
	}
	if q.Get("grant_type") != "authorization_code" {
		return nil, nil, fail(40002)
	}
	return c.spendCode(a, q.Get(parameter), login)
}

func (c *call) codeToSession() (any, error) {
	u, _, err := c.codeFor("js_code", true)
	if err != nil {
		return nil, err
	}
	var key [16]byte
	c.random(key[:])
	u.SessionKey = base64.StdEncoding.EncodeToString(key[:])
	return struct {
		SessionKey string `json:"session_key"`
		OpenID     string `json:"openid"`
		UnionID    string `json:"unionid,omitempty"`
	}{u.SessionKey, u.OpenID, u.UnionID}, nil
}

// grantJSON is what a code is changed for.
type grantJSON struct {
	AccessToken  string `json:"access_token"`
	ExpiresIn    int    `json:"expires_in"`
	RefreshToken string `json:"refresh_token"`
	OpenID       string `json:"openid"`
	Scope        string `json:"scope"`
	UnionID      string `json:"unionid,omitempty"`
}

func (g *Grant) answer(u *User) grantJSON {
	j := grantJSON{g.AccessToken, int(oauthLife.Seconds()), g.RefreshToken, g.OpenID, g.Scope, ""}
	if g.Scope != scopeBase && u != nil {
		j.UnionID = u.UnionID
	}
	return j
}

func (c *call) oauthToken() (any, error) {
	u, code, err := c.codeFor("code", false)
	if err != nil {
		return nil, err
	}
	g := &Grant{
		AccessToken: "66_" + c.chars(84), RefreshToken: "66_" + c.chars(84), OpenID: u.OpenID, Scope: code.Scope,
		Expires: c.now.Add(oauthLife), RefreshExpires: c.now.Add(refreshLife),
	}
	if len(c.acct.Grants) >= maxCodes {
		c.acct.Grants = append([]*Grant(nil), c.acct.Grants[maxCodes/2:]...)
	}
	c.acct.Grants = append(c.acct.Grants, g)
	return g.answer(u), nil
}

// oauthRefresh lengthens a token that is valid, and makes a new one of one
// that is not.
func (c *call) oauthRefresh() (any, error) {
	q := c.query
	a := c.account(q.Get("appid"))
	switch {
	case q.Get("appid") == "":
		return nil, fail(41002)
	case a == nil:
		return nil, fail(40013)
	case q.Get("grant_type") != "refresh_token":
		return nil, fail(40002)
	case q.Get("refresh_token") == "":
		return nil, fail(41003)
	}
	if err := c.useFor(a); err != nil {
		return nil, err
	}
	for _, g := range a.Grants {
		if g.RefreshToken != q.Get("refresh_token") {
			continue
		}
		if !c.now.Before(g.RefreshExpires) {
			return nil, fail(42002)
		}
		if !c.now.Before(g.Expires) {
			g.AccessToken = "66_" + c.chars(84)
		}
		g.Expires = c.now.Add(oauthLife)
		return g.answer(a.user(g.OpenID)), nil
	}
	return nil, fail(40030)
}

// grant checks the web access_token of a call.
func (c *call) grant() (*Grant, *User, error) {
	c.given = c.query.Get("access_token")
	if c.given == "" {
		return nil, nil, fail(41001)
	}
	for _, a := range c.state.Accounts {
		for _, g := range a.Grants {
			if g.AccessToken != c.given {
				continue
			}
			if err := c.useFor(a); err != nil {
				return nil, nil, err
			}
			u := a.user(g.OpenID)
			switch {
			case !c.now.Before(g.Expires):
				return nil, nil, fail(42001)
			case c.query.Get("openid") == "":
				return nil, nil, fail(41009)
			case u == nil || c.query.Get("openid") != g.OpenID:
				return nil, nil, fail(40003)
			}
			return g, u, nil
		}
	}
	return nil, nil, fail(40001)
}

func (c *call) oauthCheck() (any, error) {
	_, _, err := c.grant()
	return nil, err
}

func (c *call) oauthUser() (any, error) {
	g, u, err := c.grant()
	if err != nil {
		return nil, err
	}
	if g.Scope == scopeBase {
		return nil, fail(48001)
	}
	return struct {
		OpenID     string   `json:"openid"`
		Nickname   string   `json:"nickname"`
		Sex        int      `json:"sex"`
		Language   string   `json:"language"`
		City       string   `json:"city"`
		Province   string   `json:"province"`
		Country    string   `json:"country"`
		HeadImgURL string   `json:"headimgurl"`
		Privilege  []string `json:"privilege"`
		UnionID    string   `json:"unionid,omitempty"`
	}{
		OpenID: u.OpenID, Nickname: u.DisplayName(), Sex: u.Sex, Language: u.Language,
		HeadImgURL: u.HeadImgURL, Privilege: []string{}, UnionID: u.UnionID,
	}, nil
}
