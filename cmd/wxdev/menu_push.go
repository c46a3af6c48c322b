package main

import (
	"cmp"
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

	report  string
	targets []reportTarget
}

func newMenuPush(g *globals) *cobra.Command {
	o := &menuPushOptions{caller: caller{globals: g}}
	cmd := &cobra.Command{
		Use:               "push [file | folder]... [flags]",
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: menuFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.files = args
			var err error
			if o.targets, err = parseReport(o.report); err != nil {
				return err
			}
			return runMenuPush(cmd, o)
		},
	}
	addCaller(cmd, &o.caller)
	f := cmd.Flags()
	f.BoolVar(&o.dryRun, "dry-run", false, "")
	f.BoolVarP(&o.yes, "yes", "y", false, "")
	f.BoolVar(&o.json, "json", false, "")
	addReport(cmd, &o.report)
	return cmd
}

// menuPushJSON is what menu push --json prints. Of a file that is refused it has
// the findings only.
type menuPushJSON struct {
	outcome

	Account *accountJSON `json:"account,omitempty"`
	Changed bool         `json:"changed"` // the account's menu is another now
	DryRun  bool         `json:"dry_run"`
	Changes []changeJSON `json:"changes"`
	Calls   []string     `json:"calls"` // those that lead to the file's menu
	Made    int          `json:"made"`  // how many of them were made
}

func runMenuPush(cmd *cobra.Command, o *menuPushOptions) error {
	want, found, err := o.soundMenu(o.files, o.accountOf(cmd))
	doc := &menuPushJSON{outcome: newOutcome(false, found...), DryRun: o.dryRun, Changes: []changeJSON{}, Calls: []string{}}
	switch {
	case err == nil:
		err = o.push(cmd, doc, want)
	case errors.Is(err, errNo):
		fmt.Fprintln(o.env.Err, o.say(words.MenuNothingSent))
	}
	if found != nil {
		err = cmp.Or(o.writeReports(o.targets, "wxdev menu push", []reportCase{menuCase(found)}, false), err)
	}
	if !o.json || doc.Account == nil && !errors.Is(err, errNo) {
		return err
	}
	if doc.OK = err == nil; !doc.OK && !errors.Is(err, errNo) {
		doc.Error = o.failure(err)
	}
	return cmp.Or(writeJSON(o.env.Out, doc), err)
}

// push brings the account's menu to what is wanted, and fills in what it did.
func (o *menuPushOptions) push(cmd *cobra.Command, doc *menuPushJSON, want *menu.Menu) error {
	ctx := cmd.Context()
	if err := o.connect(cmd); err != nil {
		return err
	}
	account := o.account()
	doc.Account = &account
	have, err := o.liveMenu(ctx)
	if err != nil {
		return o.explained(err)
	}
	changes, plan := menu.Diff(have, want), menu.Plan(have, want)
	doc.Changes = changesJSON(changes)
	for _, step := range plan {
		doc.Calls = append(doc.Calls, string(step.Call))
	}
	if len(plan) == 0 {
		o.result(words.MenuUnchanged)
		return nil
	}
	if !o.json {
		printChanges(o.env.Out, o.globals, o.env.OutTTY, changes)
	}
	if o.dryRun {
		o.result(words.MenuWouldChange)
		return nil
	}
	if err := o.agreed(changes); err != nil {
		return err
	}
	doc.Made, err = o.carryOut(ctx, plan)
	doc.Changed = doc.Made > 0
	if err != nil {
		return o.explained(err)
	}
	if err := o.readBack(ctx, want); err != nil {
		return err
	}
	o.result(words.MenuPushed)
	return nil
}

// result says how it ended, for people.
func (o *menuPushOptions) result(id words.ID) {
	if !o.json {
		fmt.Fprintln(o.env.Out, o.say(id, "account", o.accountName()))
	}
}

// agreed asks before something live goes, if there is somebody to ask.
func (o *menuPushOptions) agreed(changes menu.Changes) error {
	if err := o.allowed(o.yes); err != nil || !changes.Removes() || o.yes || !o.env.Asks() {
		return err
	}
	return o.confirmed(o.say(words.MenuRemoves, "n", strconv.Itoa(changes.Count(menu.Removed)), "account", o.accountName()))
}

// carryOut makes the calls. When one fails, those before it have been made: it
// says so, since the account is then between two menus.
func (o *menuPushOptions) carryOut(ctx context.Context, plan []menu.Step) (made int, err error) {
	for i, step := range plan {
		_, err := o.client.Do(ctx, api.Request{Method: "POST", Path: string(step.Call), Body: step.Body})
		if err != nil {
			if i > 0 {
				err = failed(words.MenuErrHalf, "error", err, "made", i, "of", len(plan))
			}
			return i, err
		}
	}
	return len(plan), nil
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
