package emulator

import (
	"cmp"
	"slices"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/wire"
)

// DefaultComponentAppID is the AppID of a third-party platform that has none; its
// AppSecret, Token and key are the defaults of an account.
const DefaultComponentAppID = "wxc0123456789abcde"

// Component is a third-party platform (第三方平台). It serves the accounts that
// authorised it: what their users do goes to its URL, with its Token, key and
// AppID, in safe mode and XML. The page:
// https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/Before_Develop/message_push.md
// (read 2026-05).
type Component struct {
	AppID       string   `toml:"appid"`
	Secret      string   `toml:"secret,omitempty"`
	Token       string   `toml:"token,omitempty"`
	AESKey      string   `toml:"aes_key,omitempty"`
	URL         string   `toml:"url,omitempty"`          // of messages, with $APPID$; empty: none is pushed
	AuthURL     string   `toml:"auth_url,omitempty"`     // of the ticket and of authorisations; likewise
	IPWhitelist []string `toml:"ip_whitelist,omitempty"` // who may make calls; empty: everybody
	FuncInfo    []int64  `toml:"func_info,omitempty"`    // the permission sets that accounts grant

	Authorizers  []*Authorizer `toml:"authorizer,omitempty"`
	Tokens       []*Token      `toml:"token_issued,omitempty"`
	Tickets      []*Ticket     `toml:"ticket,omitempty"` // component_verify_ticket, the newest last
	PreAuthCodes []*Ticket     `toml:"pre_auth_code,omitempty"`

	self       *Account // the platform as something is pushed to its AuthURL
	configured bool     // its secrets come from the Config
}

// Authorizer is an account that authorised the platform. One without a refresh
// token does so when the platform has its first ticket.
type Authorizer struct {
	AppID        string    `toml:"appid"`
	RefreshToken string    `toml:"refresh_token,omitempty"`
	FuncInfo     []int64   `toml:"func_info,omitempty"`
	Time         time.Time `toml:"auth_time,omitempty"`
	Codes        []*Ticket `toml:"code,omitempty"` // authorization codes
}

// defaultFuncInfo are permission sets of a platform that names none. Which ids mean
// what is not emulated.
var defaultFuncInfo = []int64{1, 2, 3, 4}

// takeComponent takes the platform of the Config into a state.
func (e *Emulator) takeComponent(s *State) {
	given := e.cfg.Component
	if given == nil {
		return
	}
	if s.Component == nil {
		s.Component = &Component{}
	}
	c := s.Component
	c.configured = true
	for _, f := range [][2]*string{
		{&c.AppID, &given.AppID},
		{&c.Secret, &given.Secret},
		{&c.Token, &given.Token},
		{&c.AESKey, &given.AESKey},
		{&c.URL, &given.URL},
		{&c.AuthURL, &given.AuthURL},
	} {
		*f[0] = cmp.Or(*f[1], *f[0])
	}
	for _, z := range given.Authorizers {
		if c.authorizer(z.AppID) == nil {
			copied := *z
			c.Authorizers = append(c.Authorizers, &copied)
		}
	}
}

// complete fills in the defaults of a platform, and checks it by the rules of an
// account. Who authorised it is an account of the state.
func (c *Component) complete(s *State, routes map[string]*route) error {
	c.AppID = cmp.Or(c.AppID, DefaultComponentAppID)
	c.self = &Account{
		AppID: c.AppID, Secret: c.Secret, Token: c.Token, AESKey: c.AESKey, URL: c.AuthURL,
		Mode: string(msgcrypt.Safe), Format: string(msgcrypt.XML),
	}
	err := c.self.complete(routes)
	if err == nil && c.URL != "" {
		_, err = wire.CheckURL(product.ForAccount(c.URL, c.AppID))
	}
	if err != nil {
		return finding.Because(reason.AtAccount, "account", named(c.AppID), "error", err)
	}
	if len(c.FuncInfo) == 0 {
		c.FuncInfo = defaultFuncInfo
	}
	for _, z := range c.Authorizers {
		if find(s.Accounts, func(a *Account) bool { return a.AppID == z.AppID }) == nil {
			s.Accounts = append(s.Accounts, &Account{AppID: z.AppID})
		}
	}
	if find(s.Accounts, func(a *Account) bool { return a.AppID == c.AppID }) != nil {
		return finding.Because(reason.AccountTwice, "account", named(c.AppID))
	}
	return nil
}

// authorizer is an account as it authorised the platform, nil if it did not, or if
// there is no platform.
func (c *Component) authorizer(appid string) *Authorizer {
	if c == nil {
		return nil
	}
	return find(c.Authorizers, func(z *Authorizer) bool { return z.AppID == appid })
}

// lets reports whether an address may make calls: all of them are checked, also
// those with the token of an account.
func (c *Component) lets(ip string) bool {
	return c == nil || len(c.IPWhitelist) == 0 || slices.Contains(c.IPWhitelist, ip)
}

// server is an account as its messages are pushed: to the platform that it
// authorised, or else to its own server. The caller holds the lock.
func (e *Emulator) server(a *Account) *Account {
	c := e.state.Component
	if c.authorizer(a.AppID) == nil {
		return a
	}
	served := *a
	served.URL = product.ForAccount(c.URL, a.AppID)
	served.Token, served.Mode, served.Format = c.self.Token, c.self.Mode, c.self.Format
	served.derived.codec = c.self.derived.codec
	return &served
}

// newest is the end of a list of what is remembered, so that what is over can be
// told from what never was.
func newest[T any](list []*T) []*T {
	const most = 500
	return list[max(0, len(list)-most):]
}
