package main

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/hostname"
	"github.com/wxdev/wxdev/pkg/emulator/client"
	"github.com/wxdev/wxdev/pkg/product"
	"github.com/wxdev/wxdev/pkg/verify"
)

// ofPlatform reads the settings of a third-party platform into the options. Its
// URL for messages may be left out, unless messages are asked for.
func (o *verifyOptions) ofPlatform(c *config.Config) error {
	o.Launch = o.Launch || o.LaunchAll || o.LaunchEvent
	needs := []config.Key{config.AuthURL, config.Token, config.AppID, config.AESKey}
	if o.Messages || o.Launch {
		needs = append(needs, config.URL)
	}
	if err := c.Require(needs...); err != nil {
		return err
	}
	var accountAppID string
	for key, field := range map[config.Key]*string{
		config.AuthURL: &o.AuthURL, config.Token: &o.Token, config.URL: &o.URL, config.Mode: &o.Mode, config.Format: &o.Format,
		config.AppID: &o.AppID, config.AESKey: &o.AESKey, config.AccountAppID: &accountAppID,
	} {
		v, err := c.Get(key)
		if err != nil {
			return err
		}
		*field = v.Text
	}
	if o.Messages && product.HasAccount(o.URL) {
		if err := c.Require(config.AccountAppID); err != nil {
			return err
		}
	}
	o.known(c)
	o.Product, o.AccountAppID = product.Component, accountAppID
	var err error
	if o.Codec, err = newCodec(o.AESKey, o.AppID); err != nil {
		return err
	}
	if base := optional(c, config.APIBase); o.Launch && isLocal(base) {
		o.CustomSent = sentTo(&client.Client{BaseURL: base}, o.Sender.Timeout)
	}
	return nil
}

// isLocal reports whether an API base may be an emulator.
func isLocal(base string) bool {
	u, err := url.Parse(base)
	return err == nil && hostname.Local(u.Hostname())
}

// sentTo looks into an emulator's log for what a server calls after
// QUERY_AUTH_CODE.
func sentTo(c *client.Client, patience time.Duration) func(context.Context, string, string) (verify.Sent, error) {
	return func(ctx context.Context, openid, code string) (verify.Sent, error) {
		if err := c.Ready(ctx); err != nil {
			return verify.Sent{}, err
		}
		var sent verify.Sent
		ctx, stop := context.WithTimeout(ctx, patience)
		defer stop()
		asked, err := c.Wait(ctx, client.Match{Kind: "api", Path: "/cgi-bin/component/api_query_auth", Contains: code}, 1)
		if len(asked) == 0 {
			return sent, ended(ctx, err)
		}
		sent.Asked, sent.AskCode = true, asked[0].ErrCode
		if sent.AskCode != 0 {
			return sent, nil
		}
		messages, err := c.Wait(ctx, client.Match{Kind: "api", Path: "/cgi-bin/message/custom/send", Contains: openid}, 1)
		if len(messages) == 0 {
			return sent, ended(ctx, err)
		}
		var body struct {
			Text struct {
				Content string `json:"content"`
			} `json:"text"`
		}
		_ = json.NewDecoder(strings.NewReader(messages[0].Body)).Decode(&body) // else it is another text
		sent.Sent, sent.Code, sent.Text = true, messages[0].ErrCode, body.Text.Content
		return sent, nil
	}
}

// ended is why nothing came, unless the time was simply over.
func ended(ctx context.Context, err error) error {
	if ctx.Err() == context.DeadlineExceeded {
		return nil
	}
	return err
}
