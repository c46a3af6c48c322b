package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/pkg/api"
)

type tokenOptions struct {
	caller
	refresh bool
	info    bool
	json    bool
}

func newToken(g *globals) *cobra.Command {
	o := &tokenOptions{caller: caller{globals: g}}
	cmd := &cobra.Command{
		Use:  "token [flags]",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.connect(cmd); err != nil {
				return err
			}
			return runToken(cmd.Context(), o)
		},
	}
	addCaller(cmd, &o.caller)
	f := cmd.Flags()
	f.BoolVar(&o.refresh, "refresh", false, "")
	f.BoolVar(&o.info, "info", false, "")
	f.BoolVar(&o.json, "json", false, "")
	return cmd
}

func runToken(ctx context.Context, o *tokenOptions) error {
	t, err := o.client.Token(ctx, api.Want{Force: o.refresh})
	if err != nil {
		return o.explained(err)
	}
	return o.show(t, o.info, o.json, func(r *KeptReport) *string { return &r.AccessToken })
}
