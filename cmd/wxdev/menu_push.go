package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/menu"
)

type menuPushOptions struct {
	caller
	files  []string
	dryRun bool
	yes    bool
	json   bool
}

func newMenuPush(g *globals) *cobra.Command {
	o := &menuPushOptions{caller: caller{globals: g}}
	cmd := &cobra.Command{
		Use:               "push [file | folder]... [flags]",
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: menuFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.files = args
			return runMenuPush(cmd, o)
		},
	}
	addCaller(cmd, &o.caller)
	f := cmd.Flags()
	f.BoolVar(&o.dryRun, "dry-run", false, "")
	f.BoolVarP(&o.yes, "yes", "y", false, "")
	f.BoolVar(&o.json, "json", false, "")
	return cmd
}

// menuPushJSON is what --json prints.
type menuPushJSON struct {
	SchemaVersion int          `json:"schema_version"`
	Changed       bool         `json:"changed"`
	DryRun        bool         `json:"dry_run"`
	Changes       []changeJSON `json:"changes"`
	Calls         []string     `json:"calls"`
}

func runMenuPush(cmd *cobra.Command, o *menuPushOptions) error {
	ctx := cmd.Context()
	want, err := o.soundMenu(o.files, o.accountOf(cmd))
	if err != nil {
		if errors.Is(err, errNo) {
			fmt.Fprintln(o.env.Err, o.say(words.MenuNothingSent))
		}
		return err
	}
	if err := o.connect(cmd, 0); err != nil {
		return err
	}
	have, err := o.liveMenu(ctx)
	if err != nil {
		return o.explained(err)
	}
	say := o.sayer()
	changes, plan := menu.Diff(have, want), menu.Plan(have, want)
	doc := menuPushJSON{SchemaVersion: schemaVersion, DryRun: o.dryRun, Changes: changesJSON(changes), Calls: []string{}}
	for _, step := range plan {
		doc.Calls = append(doc.Calls, string(step.Call))
	}
	done := func(message string) error {
		if o.json {
			return writeJSON(o.env.Out, doc)
		}
		fmt.Fprintln(o.env.Out, message)
		return nil
	}
	if len(plan) == 0 {
		return done(say(words.MenuUnchanged))
	}
	if !o.json {
		printChanges(o.env.Out, o.globals, o.env.OutTTY, changes)
	}
	if o.dryRun {
		return done(say(words.MenuWouldChange))
	}
	if ok, err := o.agreed(changes); err != nil || !ok {
		return err
	}
	if err := o.carryOut(ctx, plan); err != nil {
		return o.explained(err)
	}
	if err := o.readBack(ctx, want); err != nil {
		return err
	}
	doc.Changed = true
	return done(say(words.MenuPushed))
}

// agreed asks before something live goes, if there is somebody to ask.
func (o *menuPushOptions) agreed(changes menu.Changes) (bool, error) {
	if !changes.Removes() || o.yes || !o.env.Asks() {
		return true, nil
	}
	say := o.sayer()
	fmt.Fprintln(o.env.Err, say(words.MenuRemoves, "n", strconv.Itoa(changes.Count(menu.Removed))))
	ok, err := o.confirm(say(words.MenuGoOn))
	if err == nil && !ok {
		fmt.Fprintln(o.env.Err, say(words.MenuNothingSent))
		err = errNo
	}
	return ok, err
}

// carryOut makes the calls. When one fails, those before it have been made: it
// says so, since the account is then between two menus.
func (o *menuPushOptions) carryOut(ctx context.Context, plan []menu.Step) error {
	for i, step := range plan {
		_, err := o.client.Do(ctx, api.Request{Method: "POST", Path: string(step.Call), Body: step.Body})
		if err != nil {
			if i > 0 {
				err = failed(words.MenuErrHalf, "error", err, "made", i, "of", len(plan))
			}
			return err
		}
	}
	return nil
}

// readBack compares what the account has now with what was wanted.
func (o *menuPushOptions) readBack(ctx context.Context, want *menu.Menu) error {
	have, err := o.liveMenu(ctx)
	if err != nil {
		return o.explained(failed(words.MenuErrReadBack, "error", err))
	}
	left := menu.Diff(have, want)
	if !left.Any() {
		return nil
	}
	printChanges(o.env.Err, o.globals, o.env.ErrTTY, left)
	return withHint(failed(words.MenuErrOther), hint(words.MenuHintOther, "file", text.Line(firstOr(o.files, "menu.json"))))
}

func firstOr(all []string, or string) string {
	if len(all) > 0 {
		return all[0]
	}
	return or
}
