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
		Use:  "ticket [flags]",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := oneOf("--type", o.kind, string(api.JSAPITicket), string(api.CardTicket)); err != nil {
				return err
			}
			if err := o.connect(cmd); err != nil {
				return err
			}
			return runTicket(cmd.Context(), o)
		},
	}
	addCaller(cmd, &o.caller)
	f := cmd.Flags()
	f.StringVar(&o.kind, "type", string(api.JSAPITicket), "")
	f.BoolVar(&o.refresh, "refresh", false, "")
	f.BoolVar(&o.info, "info", false, "")
	f.BoolVar(&o.json, "json", false, "")
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
