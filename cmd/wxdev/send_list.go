package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/product"
)

type sendListOptions struct {
	*globals
	name  string
	json  bool
	rules *product.Rules // of the product that is named, or nil
}

// types are those that the product pushes.
func (o *sendListOptions) types() []*message.Type {
	return slices.DeleteFunc(message.Types(), func(t *message.Type) bool { return o.rules != nil && !o.rules.Sends(t.Name, t.Group, t.JSON) })
}

func newSendList(g *globals) *cobra.Command {
	o := &sendListOptions{globals: g}
	cmd := &cobra.Command{
		Use:  "list [type]",
		Args: atMost(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return typeNames(g), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.name = args[0]
			}
			c, err := o.load(cmd)
			if err != nil {
				return err
			}
			if o.rules, err = readProduct(c); err != nil {
				return err
			}
			return runSendList(o)
		},
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "")
	addSettings(cmd, "product")
	return cmd
}

// sendListJSON is what send list --json prints, and sendTypeJSON what it prints
// of one type.
type (
	sendListJSON struct {
		outcome

		Types []typeJSON `json:"types"`
	}
	sendTypeJSON struct {
		outcome
		typeJSON
	}
)

type typeJSON struct {
	Name   string      `json:"name"`
	Group  string      `json:"group"`
	About  string      `json:"about"`
	JSON   bool        `json:"json"`
	Source string      `json:"source"`
	Seen   string      `json:"seen,omitempty"`
	Fields []fieldJSON `json:"fields,omitempty"`
}

type fieldJSON struct {
	Path     string `json:"path"`
	Sample   string `json:"sample"`
	Optional bool   `json:"optional"`
	Flag     string `json:"flag,omitempty"`
}

func runSendList(o *sendListOptions) error {
	if o.name != "" {
		t, err := lookupType(o.name)
		if err != nil {
			return err
		}
		return o.one(t)
	}
	if o.json {
		doc := sendListJSON{outcome: newOutcome(true)}
		for _, t := range o.types() {
			doc.Types = append(doc.Types, o.describe(t, false))
		}
		return writeJSON(o.env.Out, doc)
	}
	o.all()
	return nil
}

// all prints the types, those of a group together.
func (o *sendListOptions) all() {
	var groups []string
	of := map[string][]*message.Type{}
	width := 0
	for _, t := range o.types() {
		if of[t.Group] == nil {
			groups = append(groups, t.Group)
		}
		of[t.Group] = append(of[t.Group], t)
		width = max(width, len(t.Name)+1)
	}
	p := o.Colors(o.env.OutTTY)
	for _, group := range groups {
		fmt.Fprintln(o.env.Out, p.Bold(o.groupName(group)))
		for _, t := range of[group] {
			mark := " "
			if t.JSON {
				mark = "*"
			}
			about := wrap(t.Title(o.Lang()), o.env.Width-width-5, strings.Repeat(" ", width+4))
			fmt.Fprintf(o.env.Out, "  %-*s%s %s\n", width, t.Name, mark, about)
		}
		fmt.Fprintln(o.env.Out)
	}
	fmt.Fprintln(o.env.Out, o.say(words.SendLegend))
}

// groupName is the group as --json has it, with its Chinese name.
func (o *sendListOptions) groupName(group string) string {
	name := o.sayer().named("send.group.", group)
	if name == "" || name == group {
		return group
	}
	return name + o.say(words.CommonBracket, "text", group)
}

func (o *sendListOptions) describe(t *message.Type, withFields bool) typeJSON {
	doc := typeJSON{Name: t.Name, Group: t.Group, About: t.Title(o.Lang()), JSON: t.JSON, Source: string(t.Source), Seen: t.Seen}
	if withFields {
		for _, f := range t.Fields() {
			if f.Kind != message.Group {
				doc.Fields = append(doc.Fields, fieldJSON{f.Path, f.Sample, f.Optional, f.Flag})
			}
		}
	}
	return doc
}

func (o *sendListOptions) one(t *message.Type) error {
	doc := o.describe(t, true)
	if o.json {
		return writeJSON(o.env.Out, sendTypeJSON{newOutcome(true), doc})
	}
	w, p := o.env.Out, o.Colors(o.env.OutTTY)
	fmt.Fprintf(w, "%s  %s\n\n", p.Bold(t.Name), doc.About)
	for _, f := range doc.Fields {
		notes := ""
		if f.Flag != "" {
			notes += "  --" + f.Flag
		}
		if f.Optional {
			notes += o.say(words.SendOptional)
		}
		fmt.Fprintf(w, "  %-28s %s%s\n", f.Path, f.Sample, p.Cyan(notes))
	}
	if t.Seen != "" {
		fmt.Fprintln(w, "\n"+o.say(words.SendSeen, "seen", t.Seen))
	}
	return nil
}
