package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/wxdev/wxdev/internal/schema"
	"github.com/wxdev/wxdev/internal/words"
)

// helpJSON is the manual for programs: what there is to be called, and what
// comes back.
type helpJSON struct {
	outcome

	Version   string         `json:"version"`
	Commands  []commandJSON  `json:"commands"`   // those that do something, with their subcommands after them
	ExitCodes []exitCodeJSON `json:"exit_codes"` // of every command
}

type commandJSON struct {
	Name     string      `json:"name"`  // "menu push"
	Usage    string      `json:"usage"` // its line
	Short    string      `json:"short"`
	Long     string      `json:"long"`
	Examples string      `json:"examples,omitempty"`
	Flags    []flagJSON  `json:"flags"`            // its own, then those of every command
	Output   *outputJSON `json:"output,omitempty"` // what --json prints; none without it
}

type flagJSON struct {
	Name    string `json:"name"` // without its dashes
	Short   string `json:"shorthand,omitempty"`
	Value   string `json:"value,omitempty"` // what its value is called; a switch has none
	Default string `json:"default,omitempty"`
	Usage   string `json:"usage"`
}

type outputJSON struct {
	Schema string `json:"schema"` // what `wxdev schema` prints by this name
	URL    string `json:"url"`
}

type exitCodeJSON struct {
	Code    int    `json:"code"`
	Meaning string `json:"meaning"`
}

// helpForPrograms gives the help command, which is cobra's, its --json.
func (g *globals) helpForPrograms(c *cobra.Command) {
	asJSON, show := false, c.Run
	c.Args, c.Run = helpArgs, nil
	c.RunE = func(c *cobra.Command, args []string) error {
		if !asJSON {
			show(c, args)
			return nil
		}
		about, _, err := c.Root().Find(args)
		if err != nil {
			return err // helpArgs let it pass
		}
		return writeJSON(g.env.Out, helpJSON{newOutcome(true), version(), g.commandsBelow(about), g.exitCodes()})
	}
	c.Flags().BoolVar(&asJSON, "json", false, "")
}

// commandsBelow are c and what is below it, in the order of help.
func (g *globals) commandsBelow(c *cobra.Command) []commandJSON {
	all := []commandJSON{}
	walk(c, func(c *cobra.Command) {
		if c.Runnable() && c.HasParent() && !c.Hidden && (!c.HasSubCommands() || c.Flags().HasFlags()) {
			all = append(all, g.commandForPrograms(c))
		}
	})
	return all
}

func (g *globals) commandForPrograms(c *cobra.Command) commandJSON {
	c.InitDefaultHelpFlag()
	fillHelp(c, g.Lang())
	_, name, _ := strings.Cut(c.CommandPath(), " ")
	doc := commandJSON{Name: name, Usage: c.UseLine(), Short: c.Short, Long: strings.TrimSpace(c.Long), Examples: c.Example, Flags: []flagJSON{}}
	add := func(f *pflag.Flag) {
		if !f.Hidden {
			doc.Flags = append(doc.Flags, flagForPrograms(f))
		}
	}
	c.LocalFlags().VisitAll(add)
	c.InheritedFlags().VisitAll(add)
	if output := strings.ReplaceAll(name, " ", "-"); c.Flags().Lookup("json") != nil && slices.Contains(schema.Outputs(), output) {
		doc.Output = &outputJSON{output, schema.URL(output)}
	}
	return doc
}

func flagForPrograms(f *pflag.Flag) flagJSON {
	return flagJSON{Name: f.Name, Short: f.Shorthand, Value: valueName(f), Default: f.DefValue, Usage: f.Usage}
}

// exitCodes are those of `wxdev help exit-codes`, without its remarks.
func (g *globals) exitCodes() []exitCodeJSON {
	return []exitCodeJSON{
		{exitOK, g.say(words.ManualExitOK)},
		{exitNo, g.say(words.ManualExitNo)},
		{exitUsage, g.say(words.ManualExitUsage)},
		{exitFailed, g.say(words.ManualExitFailed)},
		{exitInterrupted, g.say(words.ManualExitInterrupted)},
	}
}
