package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/api"
)

type menuDeleteOptions struct {
	caller
	yes  bool
	json bool
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
	cmd.Flags().BoolVar(&o.json, "json", false, "")
	return cmd
}

// menuDeleteJSON is what menu delete --json prints.
type menuDeleteJSON struct {
	outcome

	Account accountJSON `json:"account"`
}

func runMenuDelete(cmd *cobra.Command, o *menuDeleteOptions) error {
	if err := o.connect(cmd); err != nil {
		return err
	}
	say := o.sayer()
	if err := o.allowed(o.yes); err != nil {
		return err
	}
	if !o.yes {
		if !o.env.Asks() {
			return usage(words.MenuErrDelete)
		}
		if err := o.confirmed(say(words.MenuDeleteAll, "account", o.accountName())); err != nil {
			return err
		}
	}
	if _, err := o.client.Do(cmd.Context(), api.Request{Path: "/cgi-bin/menu/delete"}); err != nil {
		return o.explained(err)
	}
	if o.json {
		return writeJSON(o.env.Out, menuDeleteJSON{newOutcome(true), o.account()})
	}
	fmt.Fprintln(o.env.Out, say(words.MenuDeleted, "account", o.accountName()))
	return nil
}
