package main

import (
	"cmp"
	"errors"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/pkg/menu"
)

type menuListOptions struct {
	caller
	files []string
	json  bool
}

func newMenuList(g *globals) *cobra.Command {
	o := &menuListOptions{caller: caller{globals: g}}
	cmd := &cobra.Command{
		Use:               "list [file | folder]... [flags]",
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: menuFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.files = args
			return runMenuList(cmd, o)
		},
	}
	addCaller(cmd, &o.caller)
	cmd.Flags().BoolVar(&o.json, "json", false, "")
	return cmd
}

func runMenuList(cmd *cobra.Command, o *menuListOptions) error {
	var m *menu.Menu
	var err error
	if len(o.files) > 0 {
		var found []findingJSON
		m, found, err = o.soundMenu(o.files, o.accountOf(cmd))
		if o.json && errors.Is(err, errNo) {
			return cmp.Or(writeJSON(o.env.Out, menuJSON{outcome: newOutcome(false, found...)}), err)
		}
	} else {
		if err := o.connect(cmd); err != nil {
			return err
		}
		m, err = o.liveMenu(cmd.Context())
	}
	if err != nil {
		return o.explained(err)
	}
	return printMenu(o.globals, m, o.json)
}
