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
		Use:   "token [flags]",
		Short: "Print a valid access_token",
		Long: `Print the account's access_token, and nothing else, on stdout.

It comes from /cgi-bin/stable_token, which gives everybody the same token until
five minutes before its end. The plain endpoint, --endpoint token, makes a new
token with each call and ends the one before, five minutes later: while another
program, such as production, lives on tokens of that endpoint, each call takes
its token away. The tokens of the two endpoints leave each other alone.
https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken

The token is kept in your cache folder, readable for you alone, and used until
four minutes before its end; any number of processes at once make one call. To
share it with a team or CI runners, keep it in a Redis: store = "redis://…".

--refresh replaces the token now. It is for one that has leaked: with
stable_token the old one ends at once, for everybody. WeChat does it 20 times a
day and every 30 seconds at most; sooner, the token of the last time is printed.

--info tells age, end and origin instead, and never the token.`,
		Example: `  $ wxdev token
  $ curl "https://api.weixin.qq.com/cgi-bin/menu/get?access_token=$(wxdev token)"
  $ wxdev token --info
  $ WXDEV_STORE=redis://cache.internal:6379 wxdev token`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.connect(cmd, 0); err != nil {
				return err
			}
			return runToken(cmd.Context(), o)
		},
	}
	addCaller(cmd, &o.caller)
	f := cmd.Flags()
	f.BoolVar(&o.refresh, "refresh", false, "replace the token now, which ends it for everybody")
	f.BoolVar(&o.info, "info", false, "tell age, end and origin, not the token")
	f.BoolVar(&o.json, "json", false, "print one JSON object")
	return cmd
}

func runToken(ctx context.Context, o *tokenOptions) error {
	t, err := o.client.Token(ctx, api.Want{Force: o.refresh})
	if err != nil {
		return o.explained(err)
	}
	return o.show(t, o.info, o.json, func(r *KeptReport) *string { return &r.AccessToken })
}
