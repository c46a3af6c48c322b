package main

import (
	"context"
	"errors"
	"slices"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/jssdk"
)

// ticket is the one to sign with: that of --ticket, else the account's, kept
// or fetched.
func (o *signJSOptions) ticket(ctx context.Context) (string, error) {
	if o.ticketText != "" {
		return o.conf.ReadSecret("--ticket", o.ticketText)
	}
	t, err := o.client.Ticket(ctx, o.ticketType(), api.Want{})
	if err != nil {
		return "", o.explained(err)
	}
	return t.Value, nil
}

// validTicket is the ticket that WeChat goes by now: the one that is kept may
// have ended without anybody here knowing, which is a cause to be found.
func (o *signJSOptions) validTicket(ctx context.Context) (string, error) {
	if o.ticketText != "" {
		return o.ticket(ctx)
	}
	t, err := o.client.Ticket(ctx, o.ticketType(), api.Want{Force: true})
	if err == nil {
		return t.Value, nil
	}
	kept, keptErr := o.client.KeptTicket(ctx, o.ticketType())
	if keptErr != nil || !kept.Fresh(o.env.Now()) {
		return "", o.explained(err)
	}
	o.warn(withHint(err, hint(words.SignJSHintKept)))
	return kept.Value, nil
}

// offlineHint tells those who have no AppSecret at hand that a ticket will do.
func (o *signJSOptions) offlineHint(err error) error {
	var fault *config.Error
	if o.conf == nil || !errors.As(err, &fault) {
		return err
	}
	if v, getErr := o.conf.Get(config.Secret); getErr != nil || v.Text != "" {
		return err
	}
	hints := []finding.Fact{hint(words.SignJSHintOffline)}
	for _, h := range hintsOf(o.Lang(), err) {
		hints = append(hints, literal(h))
	}
	return withHint(err, hints...)
}

// otherTickets are those in the store that a page may have been signed with
// by mistake: other tickets of the account, and those of other profiles. It
// makes no call.
func (o *signJSOptions) otherTickets(ctx context.Context) []jssdk.Named {
	var all []jssdk.Named
	add := func(name, value string, kind jssdk.Kind) {
		if value != "" && !slices.ContainsFunc(all, func(n jssdk.Named) bool { return n.Ticket == value }) {
			all = append(all, jssdk.Named{Name: name, Ticket: value, Kind: kind})
		}
	}
	for _, p := range o.profiles() {
		for _, client := range p.clients {
			// What cannot be read is not there: the answer does not hang on it.
			jsapi, _ := client.KeptTicket(ctx, api.JSAPITicket)
			card, _ := client.KeptTicket(ctx, api.CardTicket)
			token, _ := client.KeptToken(ctx)
			kind := jssdk.OtherAccount
			if p.own {
				kind = jssdk.Stale
			}
			add(p.name, jsapi.Value, kind)
			add(p.name, card.Value, jssdk.CardTicket)
			add(p.name, token.Value, jssdk.AccessToken)
		}
	}
	return all
}

// keptProfile is an account of the config whose tickets may be in the store.
type keptProfile struct {
	name    string // "profile test, wx0123456789abcdef"
	own     bool   // it is the account that signs
	clients []*api.Client
}

// profiles are the account in use and those of the config's other profiles
// that have an AppID and an AppSecret at hand: tickets are kept by both.
func (o *signJSOptions) profiles() []keptProfile {
	var all []keptProfile
	add := func(c *config.Config, name string) {
		appid, secret, base := optional(c, config.AppID), optional(c, config.Secret), optional(c, config.APIBase)
		if appid == "" || secret == "" {
			return
		}
		p := keptProfile{name: appid, own: appid == o.appid}
		if name != "" {
			p.name = name + ", " + appid
		}
		for _, endpoint := range []api.Endpoint{api.StableToken, api.PlainToken} { // each has its own token
			p.clients = append(p.clients, api.New(api.Options{
				Base: base, AppID: appid, Secret: secret, Endpoint: endpoint, Store: o.kept, Now: o.env.Now,
			}))
		}
		all = append(all, p)
	}
	if o.kept == nil {
		store, err := o.store()
		if err != nil {
			return nil // the setting store is wrong, which no ticket of the user's hangs on
		}
		o.kept = store
	}
	add(o.conf, "")
	for _, name := range append([]string{""}, o.conf.Profiles()...) {
		if name == o.conf.ProfileName() {
			continue
		}
		if view, err := o.conf.InProfile(name); err == nil {
			label := o.say(words.SignJSProfile, "name", text.Line(name))
			if name == "" {
				label = "[account]"
			}
			add(view, label)
		}
	}
	return all
}
