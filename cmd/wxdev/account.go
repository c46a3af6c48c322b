package main

import (
	"net/url"
	"path/filepath"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
)

// accountJSON is the account that a command changes.
type accountJSON struct {
	AppID   string `json:"appid"`
	Profile string `json:"profile"` // of wxdev.toml; empty is [account], or none
	APIBase string `json:"api_base"`
}

// account is the one of the settings, which connect has read.
func (c *caller) account() accountJSON {
	return accountJSON{c.setting(config.AppID), c.conf.ProfileName(), c.setting(config.APIBase)}
}

// accountName is what people are told of the account: its AppID, the profile
// if there is one, and the host of the API.
func (c *caller) accountName() string {
	a := c.account()
	host := a.APIBase
	if u, err := url.Parse(a.APIBase); err == nil && u.Host != "" {
		host = u.Host
	}
	if a.Profile == "" {
		return c.say(words.CommonAccount, "appid", text.Line(a.AppID), "host", text.Line(host))
	}
	return c.say(words.CommonAccountProfile, "appid", text.Line(a.AppID), "profile", text.Line(a.Profile), "host", text.Line(host))
}

// allowed refuses to change an account that the settings protect, unless --yes
// was given.
func (c *caller) allowed(yes bool) error {
	if yes || !c.conf.Protected() {
		return nil
	}
	return withHint(usage(words.ErrProtected, "account", c.accountName(), "file", text.Line(filepath.Base(c.conf.Path()))), hint(words.HintProtected))
}
