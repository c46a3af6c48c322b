package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/menu"
)

type menuMatchOptions struct {
	caller
	user string
	json bool
}

func newMenuMatch(g *globals) *cobra.Command {
	o := &menuMatchOptions{caller: caller{globals: g}}
	cmd := &cobra.Command{
		Use:  "match <user> [flags]",
		Args: exactly("user: an OpenID, or a WeChat id"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.user = args[0]
			return runMenuMatch(cmd, o)
		},
	}
	addCaller(cmd, &o.caller)
	cmd.Flags().BoolVar(&o.json, "json", false, "")
	return cmd
}

func runMenuMatch(cmd *cobra.Command, o *menuMatchOptions) error {
	if err := o.connect(cmd, 0); err != nil {
		return err
	}
	body, err := api.Encode(map[string]string{"user_id": o.user})
	if err != nil {
		return err
	}
	resp, err := o.client.Do(cmd.Context(), api.Request{Method: "POST", Path: "/cgi-bin/menu/trymatch", Body: body, Repeatable: true})
	if err != nil {
		return o.explained(err)
	}
	m, problems := menu.Parse("trymatch.json", resp.Body)
	if m == nil {
		return fmt.Errorf("menu/trymatch: the answer is not a menu: %v", problems)
	}
	return printMenu(o.globals, m, o.json)
}
