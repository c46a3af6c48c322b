package main

import (
	"time"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/push"
)

// account is what a command that pushes messages reads from the settings.
type account struct {
	url, token, appid string
	aesKey            string // empty in plain mode
	mode              msgcrypt.Mode
	format            msgcrypt.Format
	codec             *msgcrypt.Codec // nil in plain mode
	product           product.Product // empty where none is named

	// Of a third-party platform: where the ticket and authorizations go, or why that
	// is not known.
	authURL   string
	noAuthURL error

	// Of WeCom: the codec of the verification, and ids that a server may take for
	// the receive id.
	echoCodec *msgcrypt.Codec
	receivers []string
}

// readProduct returns the rules of the product that is named, or nil.
func readProduct(c *config.Config) (*product.Rules, error) {
	v, err := c.Get(config.Product)
	if err != nil {
		return nil, err
	}
	r, _ := product.Lookup(product.Product(v.Text))
	return r, nil
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
	rules, err := readProduct(c)
	if err != nil {
		return nil, err
	}
	if rules != nil {
		a.product = rules.Product
	}
	needs := []config.Key{config.URL, config.Token}
	if a.mode != msgcrypt.Plain {
		needs = append(needs, config.AESKey)
		if !isRobot(c, a.product) {
			needs = append(needs, config.AppID)
		}
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
	if a.product == product.Component {
		if a.url, err = ofAccount(c, a.url); err != nil {
			return nil, err
		}
		v, err := c.Get(config.AuthURL)
		if err != nil {
			return nil, err
		}
		a.authURL, a.noAuthURL = v.Text, c.Require(config.AuthURL)
	}
	if a.mode == msgcrypt.Plain {
		a.appid = optional(c, config.AppID)
		return a, nil
	}
	if a.codec, err = newCodec(a.aesKey, a.appid); err != nil || a.product != product.WeCom {
		return a, err
	}
	if provider := optional(c, config.ProviderCorpID); provider != "" {
		a.receivers = []string{provider}
	}
	a.echoCodec, err = echoCodec(c, a.codec)
	return a, err
}

// isRobot reports whether what is encrypted has no receive id.
func isRobot(c *config.Config, p product.Product) bool {
	return p == product.WeCom && optional(c, config.Receiver) == config.ReceiverEmpty
}

// echoCodec encrypts the echostr of WeCom's verification: as messages are, but for
// a suite, whose verification has the provider's CorpID.
func echoCodec(c *config.Config, messages *msgcrypt.Codec) (*msgcrypt.Codec, error) {
	v, err := c.Get(config.Receiver)
	if err != nil || v.Text != config.ReceiverSuite {
		return messages, err
	}
	if err := c.Require(config.ProviderCorpID); err != nil {
		return nil, err
	}
	provider, err := c.Get(config.ProviderCorpID)
	return messages.WithAppID(provider.Text), err
}

// ofAccount is a third-party platform's URL for the account that is served.
func ofAccount(c *config.Config, url string) (string, error) {
	if !product.HasAccount(url) {
		return url, nil
	}
	if err := c.Require(config.AccountAppID); err != nil {
		return "", err
	}
	v, err := c.Get(config.AccountAppID)
	return product.ForAccount(url, v.Text), err
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
	c := &push.Pusher{URL: a.url, Token: a.token, Mode: a.mode, Product: a.product, Codec: a.codec, Now: env.Now, Rand: env.Rand}
	c.Sender.Timeout = timeout
	return c
}

// accountID is the original id that messages are addressed to.
func (a *account) accountID() string {
	if a.product == product.WeCom {
		return a.appid
	}
	if a.appid != "" {
		return message.OriginalID(a.appid)
	}
	return message.OriginalID("wxdev")
}
