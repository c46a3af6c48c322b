package main

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
)

type menuLintOptions struct {
	*globals
	files   []string
	json    bool
	strict  bool
	report  string
	targets []reportTarget
}

func newMenuLint(g *globals) *cobra.Command {
	o := &menuLintOptions{globals: g}
	cmd := &cobra.Command{
		Use:               "lint [file | folder]... [flags]",
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: menuFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.files = args
			var err error
			if o.targets, err = parseReport(o.report); err != nil {
				return err
			}
			return runMenuLint(cmd, o)
		},
	}
	addSettings(cmd, "appid")
	f := cmd.Flags()
	f.BoolVar(&o.json, "json", false, "")
	f.BoolVar(&o.strict, "strict", false, "")
	addReport(cmd, &o.report)
	return cmd
}

// menuLintJSON is what menu lint --json prints.
type menuLintJSON struct {
	outcome

	Problems []findingJSON `json:"problems"` // the findings by their old name, until v1
}

func runMenuLint(cmd *cobra.Command, o *menuLintOptions) error {
	_, found, err := o.readMenu(o.files, o.accountOf(cmd))
	if err != nil {
		return err
	}
	doc := menuLintJSON{outcome: newOutcome(true, found...), Problems: found}
	for _, f := range found {
		doc.OK = doc.OK && !fails(f, o.strict)
	}
	if o.json {
		err = writeJSON(o.env.Out, doc)
	} else {
		o.print(found)
	}
	if err != nil {
		return err
	}
	if err := o.writeReports(o.targets, "wxdev menu lint", []reportCase{menuCase(found)}, o.strict); err != nil {
		return err
	}
	if !doc.OK {
		return errNo
	}
	return nil
}

func (o *menuLintOptions) print(found []findingJSON) {
	printProblems(o.env.Out, o.globals, o.env.OutTTY, found)
	if len(found) == 0 {
		fmt.Fprintln(o.env.Out, o.say(words.MenuClean, "n", strconv.Itoa(max(1, len(o.files)))))
		return
	}
	count := map[finding.Severity]int{}
	for _, f := range found {
		count[f.Severity]++
	}
	fmt.Fprintf(o.env.Out, "%s%s%s\n", countWord(o.Lang(), count[finding.Error], words.CommonCountOneError, words.CommonCountErrors), o.say(words.CommonComma),
		countWord(o.Lang(), count[finding.Warning], words.CommonCountOneWarning, words.CommonCountWarnings))
}
