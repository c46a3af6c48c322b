package main

import (
	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/product"
)

// platform takes the settings for those of a third-party platform, when that is the
// product: the account is then the one that it serves, of which only the AppID is
// a setting.
func (o *emulatorOptions) platform(c *config.Config) error {
	rules, err := readProduct(c)
	if err != nil || rules == nil || rules.Product != product.Component {
		return err
	}
	g := o.given
	o.component = &emulator.Component{
		AppID: g.AppID, Secret: g.Secret, Token: g.Token, AESKey: g.AESKey, URL: g.URL, AuthURL: optional(c, config.AuthURL),
	}
	o.given = emulator.Account{AppID: optional(c, config.AccountAppID)}
	return nil
}
