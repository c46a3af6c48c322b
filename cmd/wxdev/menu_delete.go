package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/api"
)

type menuDeleteOptions struct {
	caller
	yes bool
}

func newMenuDelete(g *globals) *cobra.Command {
	o := &menuDeleteOptions{caller: caller{globals: g}}
	cmd := &cobra.Command{
		Use:  "delete [flags]",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runMenuDelete(cmd, o) },
	}
	addCaller(cmd, &o.caller)
	cmd.Flags().BoolVarP(&o.yes, "yes", "y", false, "")
	return cmd
}

func runMenuDelete(cmd *cobra.Command, o *menuDeleteOptions) error {
	if err := o.connect(cmd, 0); err != nil {
		return err
	}
	say := o.sayer()
	if !o.yes {
		if !o.env.Asks() {
			return usage(words.MenuErrDelete)
		}
		fmt.Fprintln(o.env.Err, say(words.MenuDeleteAll, "appid", text.Line(o.setting(config.AppID))))
		if ok, err := o.confirm(say(words.MenuGoOn)); err != nil || !ok {
			if err == nil {
				fmt.Fprintln(o.env.Err, say(words.MenuNothingSent))
				err = errNo
			}
			return err
		}
	}
	if _, err := o.client.Do(cmd.Context(), api.Request{Path: "/cgi-bin/menu/delete"}); err != nil {
		return o.explained(err)
	}
	fmt.Fprintln(o.env.Out, say(words.MenuDeleted))
	return nil
}
