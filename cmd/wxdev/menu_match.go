package main

import (
	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
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
		Args: exactly(words.MenuArgUser),
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
	if err := o.connect(cmd); err != nil {
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
		return failed(words.MenuErrMatch, "problems", o.titles(problems))
	}
	return printMenu(o.globals, m, o.json)
}

// titles are what is wrong with an answer, each in its title.
func (o *menuMatchOptions) titles(problems []menu.Problem) finding.Fact {
	var all []string
	for _, p := range problems {
		title, _, _ := catalog.Describe(o.Lang(), p.Finding)
		all = append(all, p.ID+" "+title)
	}
	return literal(o.list(all))
}
