package main

import (
	"fmt"
	"time"

	"github.com/wxdev/wxdev/pkg/config"
	"github.com/wxdev/wxdev/pkg/delivery"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
)

// account is what a command that pushes messages reads from the settings.
type account struct {
	url, token, appid string
	mode              delivery.Mode
	format            message.Format
	codec             *msgcrypt.Codec // nil in plain mode
}

// readAccount reads the settings that pushing messages takes. The AppID and
// the EncodingAESKey are demanded in the encrypted modes alone.
func readAccount(c *config.Config) (*account, error) {
	a := &account{}
	var mode, format, aes string
	for _, s := range []struct {
		key config.Key
		to  *string
	}{{config.Mode, &mode}, {config.Format, &format}} {
		v, err := c.Get(s.key)
		if err != nil {
			return nil, err
		}
		*s.to = v.Text
	}
	a.mode, a.format = delivery.Mode(mode), message.Format(format)
	needs := []config.Key{config.URL, config.Token}
	if a.mode != delivery.Plain {
		needs = append(needs, config.AppID, config.AESKey)
	}
	if err := c.Require(needs...); err != nil {
		return nil, err
	}
	to := map[config.Key]*string{config.URL: &a.url, config.Token: &a.token, config.AppID: &a.appid, config.AESKey: &aes}
	for _, k := range needs {
		v, err := c.Get(k)
		if err != nil {
			return nil, err
		}
		*to[k] = v.Text
	}
	if a.mode == delivery.Plain {
		a.appid = optional(c, config.AppID)
		return a, nil
	}
	key, err := msgcrypt.ParseKey(aes)
	if err != nil {
		return nil, usageError{fmt.Errorf("EncodingAESKey: %w", err)}
	}
	a.codec = msgcrypt.New(key, a.appid)
	return a, nil
}

// courier delivers to the account's server.
func (a *account) courier(env *Env, timeout time.Duration) *delivery.Courier {
	c := &delivery.Courier{URL: a.url, Token: a.token, Mode: a.mode, Codec: a.codec, Now: env.Now, Rand: env.Rand}
	c.Sender.Timeout = timeout
	return c
}

// accountID is the original id that messages are addressed to.
func (a *account) accountID() string {
	if a.appid != "" {
		return message.OriginalID(a.appid)
	}
	return message.OriginalID("wxdev")
}
