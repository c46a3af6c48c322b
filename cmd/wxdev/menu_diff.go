package main

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/menu"
)

type menuDiffOptions struct {
	caller
	files []string
	json  bool
}

func newMenuDiff(g *globals) *cobra.Command {
	o := &menuDiffOptions{caller: caller{globals: g}}
	cmd := &cobra.Command{
		Use:               "diff [file | folder]... [flags]",
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: menuFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.files = args
			return runMenuDiff(cmd, o)
		},
	}
	addCaller(cmd, &o.caller)
	cmd.Flags().BoolVar(&o.json, "json", false, "")
	return cmd
}

// menuDiffJSON is what menu diff --json prints. Of a file that is refused it has
// the findings only.
type menuDiffJSON struct {
	outcome

	Same    bool         `json:"same"`
	Changes []changeJSON `json:"changes"`
}

func runMenuDiff(cmd *cobra.Command, o *menuDiffOptions) error {
	want, found, err := o.soundMenu(o.files, o.accountOf(cmd))
	doc := menuDiffJSON{outcome: newOutcome(false, found...), Changes: []changeJSON{}}
	if err != nil {
		if o.json && errors.Is(err, errNo) {
			return cmp.Or(writeJSON(o.env.Out, doc), err)
		}
		return err
	}
	if err := o.connect(cmd); err != nil {
		return err
	}
	have, err := o.liveMenu(cmd.Context())
	if err != nil {
		return o.explained(err)
	}
	changes := menu.Diff(have, want)
	say := o.sayer()
	switch {
	case o.json:
		doc.OK, doc.Same, doc.Changes = !changes.Any(), !changes.Any(), changesJSON(changes)
		err = writeJSON(o.env.Out, doc)
	case changes.Any():
		printChanges(o.env.Out, o.globals, o.env.OutTTY, changes)
		fmt.Fprintln(o.env.Out, say(words.MenuDiffers))
	default:
		fmt.Fprintln(o.env.Out, say(words.MenuSame))
	}
	if err == nil && changes.Any() {
		err = errNo
	}
	return err
}
