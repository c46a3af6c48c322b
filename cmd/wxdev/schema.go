package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/schema"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
)

func newSchema(g *globals) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:  "schema [name] [flags]",
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return schemaNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) > 0:
				return printSchema(g, args[0])
			case asJSON:
				return writeJSON(g.env.Out, schemaJSON{newOutcome(true), schemaRefs(schema.Files()), schemaRefs(schema.Outputs()), schemaRefs(schema.APIs())})
			}
			listSchemas(g)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	return cmd
}

func schemaNames() []string { return slices.Concat(schema.Files(), schema.Outputs(), schema.APIs()) }

// schemaJSON is what schema prints with --json and no name. A schema itself is
// JSON already.
type schemaJSON struct {
	outcome

	Files   []schemaRef `json:"files"`
	Outputs []schemaRef `json:"outputs"`
	APIs    []schemaRef `json:"apis"` // what servers answer
}

type schemaRef struct {
	Name string `json:"name"`
	URL  string `json:"url"` // where editors can read it
}

func schemaRefs(names []string) []schemaRef {
	var all []schemaRef
	for _, name := range names {
		all = append(all, schemaRef{name, schema.URL(name)})
	}
	return all
}

// schemaLine is the first line of a TOML file by which editors find its schema.
func schemaLine(name string) string { return "#:schema " + schema.URL(name) + "\n\n" }

func listSchemas(g *globals) {
	p := g.Colors(g.env.OutTTY)
	for _, part := range []struct {
		head  words.ID
		names []string
	}{{words.SchemaFiles, schema.Files()}, {words.SchemaOutputs, schema.Outputs()}, {words.SchemaApis, schema.APIs()}} {
		fmt.Fprintf(g.env.Out, "%s\n  %s\n", p.Bold(g.say(part.head)), wrap(strings.Join(part.names, "  "), min(g.env.Width, 80)-2, "  "))
	}
}

func printSchema(g *globals, name string) error {
	name = strings.ReplaceAll(name, " ", "-") // "menu push"
	b, ok := schema.Lookup(name)
	if !ok {
		what := hint(words.SchemaHintList)
		if best := text.Nearest(name, schemaNames()); best != "" {
			what = hint(words.HintDidYouMean, "best", best)
		}
		return withHint(usage(words.SchemaErrUnknown, "name", quoted(name)), what)
	}
	_, err := g.env.Out.Write(b)
	return err
}
