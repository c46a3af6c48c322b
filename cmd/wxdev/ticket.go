package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/pkg/api"
)

type ticketOptions struct {
	caller
	kind    string
	refresh bool
	info    bool
	json    bool
}

func newTicket(g *globals) *cobra.Command {
	o := &ticketOptions{caller: caller{globals: g}}
	cmd := &cobra.Command{
		Use:   "ticket [flags]",
		Short: "Print a valid jsapi_ticket",
		Long: `Print the account's jsapi_ticket, which signs wx.config, and nothing else, on
stdout; with --type wx_card the api_ticket, which signs cards.
https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html

It is kept as the access_token is (see 'wxdev token --help'), and any number of
processes at once make one call. Should the API refuse the token, another one
is got and the call repeated, once.

--refresh gets a new ticket although one is kept. --info tells age, end and
origin instead, and never the ticket.`,
		Example: `  $ wxdev ticket
  $ wxdev ticket --type wx_card
  $ wxdev ticket --info --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := oneOf("--type", o.kind, string(api.JSAPITicket), string(api.CardTicket)); err != nil {
				return err
			}
			if err := o.connect(cmd, 0); err != nil {
				return err
			}
			return runTicket(cmd.Context(), o)
		},
	}
	addCaller(cmd, &o.caller)
	f := cmd.Flags()
	f.StringVar(&o.kind, "type", string(api.JSAPITicket), "`TYPE` of the ticket: jsapi or wx_card")
	f.BoolVar(&o.refresh, "refresh", false, "get a new ticket although one is kept")
	f.BoolVar(&o.info, "info", false, "tell age, end and origin, not the ticket")
	f.BoolVar(&o.json, "json", false, "print one JSON object")
	fixedValues(cmd, "type", string(api.JSAPITicket), string(api.CardTicket))
	return cmd
}

func runTicket(ctx context.Context, o *ticketOptions) error {
	t, err := o.client.Ticket(ctx, api.TicketType(o.kind), api.Want{Force: o.refresh})
	if err != nil {
		return o.explained(err)
	}
	return o.show(t, o.info, o.json, func(r *KeptReport) *string { return &r.Ticket })
}
