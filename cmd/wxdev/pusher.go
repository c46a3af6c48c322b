package main

import (
	"time"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
)

// account is what a command that pushes messages reads from the settings.
type account struct {
	url, token, appid string
	aesKey            string // empty in plain mode
	mode              msgcrypt.Mode
	format            msgcrypt.Format
	codec             *msgcrypt.Codec // nil in plain mode
}

// readAccount reads the settings that pushing messages takes.
func readAccount(c *config.Config) (*account, error) {
	mode, err := c.Get(config.Mode)
	if err != nil {
		return nil, err
	}
	return readAccountIn(c, msgcrypt.Mode(mode.Text))
}

// readAccountIn is readAccount for a mode that the settings need not be in.
// The AppID and the EncodingAESKey are demanded in the encrypted modes alone.
func readAccountIn(c *config.Config, mode msgcrypt.Mode) (*account, error) {
	format, err := c.Get(config.Format)
	if err != nil {
		return nil, err
	}
	a := &account{mode: mode, format: msgcrypt.Format(format.Text)}
	needs := []config.Key{config.URL, config.Token}
	if a.mode != msgcrypt.Plain {
		needs = append(needs, config.AppID, config.AESKey)
	}
	if err := c.Require(needs...); err != nil {
		return nil, err
	}
	to := map[config.Key]*string{config.URL: &a.url, config.Token: &a.token, config.AppID: &a.appid, config.AESKey: &a.aesKey}
	for _, k := range needs {
		v, err := c.Get(k)
		if err != nil {
			return nil, err
		}
		*to[k] = v.Text
	}
	if a.mode == msgcrypt.Plain {
		a.appid = optional(c, config.AppID)
		return a, nil
	}
	a.codec, err = newCodec(a.aesKey, a.appid)
	return a, err
}

func newCodec(aesKey, appid string) (*msgcrypt.Codec, error) {
	key, err := msgcrypt.ParseKey(aesKey)
	if err != nil {
		return nil, usage(words.ErrInFlag, "flag", "EncodingAESKey", "error", err)
	}
	return msgcrypt.New(key, appid), nil
}

// pusher delivers to the account's server.
func (a *account) pusher(env *Env, timeout time.Duration) *push.Pusher {
	c := &push.Pusher{URL: a.url, Token: a.token, Mode: a.mode, Codec: a.codec, Now: env.Now, Rand: env.Rand}
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
