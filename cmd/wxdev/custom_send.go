package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/internal/wxjson"
	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/finding"
)

// newCustom is the group of the customer-service commands.
func newCustom(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use: "custom",
	}
	cmd.AddCommand(newCustomSend(g))
	return cmd
}

type customSendOptions struct {
	caller
	to        string
	kind      string
	value     string
	given     bool // a value was
	fields    []string
	items     []string
	kfAccount string
	dryRun    bool
	json      bool
	yes       bool
}

func newCustomSend(g *globals) *cobra.Command {
	o := &customSendOptions{caller: caller{globals: g}}
	cmd := &cobra.Command{
		Use:  "send <type> [value] [flags]",
		Args: customSendArgs,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return completeCustom(g.Lang()), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.kind = args[0]
			if len(args) > 1 {
				o.value, o.given = args[1], true
			}
			body, err := o.message()
			if err != nil {
				return err
			}
			o.warnOfEscapes()
			if o.dryRun {
				_, err := fmt.Fprintf(o.env.Out, "%s\n", body)
				return err
			}
			if err := o.connect(cmd); err != nil {
				return err
			}
			if err := o.allowed(o.yes); err != nil {
				return err
			}
			return runCustomSend(cmd.Context(), o, body)
		},
	}
	addCaller(cmd, &o.caller)
	f := cmd.Flags()
	f.StringVar(&o.to, "to", "", "")
	f.StringArrayVar(&o.fields, "set", nil, "")
	f.StringArrayVar(&o.items, "item", nil, "")
	f.StringVar(&o.kfAccount, "kf-account", "", "")
	f.BoolVar(&o.dryRun, "dry-run", false, "")
	f.BoolVarP(&o.yes, "yes", "y", false, "")
	f.BoolVar(&o.json, "json", false, "")
	completed(cmd, "set", func(_ *cobra.Command, args []string) []string { return customFields(args) })
	for _, name := range []string{"to", "item", "kf-account"} {
		fixedValues(cmd, name)
	}
	return cmd
}

// customSendArgs takes a type, and the text for it.
func customSendArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return failed(words.ErrNoArgument, "what", hint(words.CustomSendArgType))
	}
	return oneValue("wxdev custom send text '你好 世界' --to OPENID")(c, args)
}

// customTable lists types and fields for the help.
func customTable() string {
	var b strings.Builder
	for _, t := range api.CustomTypes() {
		line := fmt.Sprintf("  %-16s", t.Name)
		for _, f := range t.Fields {
			word := " " + f.Name
			if f.Required {
				word += "*"
			}
			if len(line)+len(word) > 78 {
				b.WriteString(line + "\n")
				line = strings.Repeat(" ", 18)
			}
			line += word
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

func completeCustom(lang finding.Lang) []string {
	var names []string
	for _, t := range api.CustomTypes() {
		names = append(names, t.Name+"\t"+t.Title(lang))
	}
	return names
}

// customFields completes --set with the fields of the type, but for the one
// that is the value.
func customFields(args []string) []string {
	if len(args) == 0 {
		return nil
	}
	t, ok := api.LookupCustomType(args[0])
	if !ok {
		return nil
	}
	var names []string
	for _, f := range t.Fields[1:] {
		if f.Name != "list" {
			names = append(names, f.Name+"=")
		}
	}
	return names
}

// message makes the JSON that the command line describes.
func (o *customSendOptions) message() ([]byte, error) {
	t, ok := api.LookupCustomType(o.kind)
	if !ok {
		return nil, unknownCustomType(o.kind)
	}
	if o.to == "" {
		return nil, withHint(usage(words.CustomSendErrTo), hint(words.CustomSendHintTo))
	}
	m := api.CustomMessage{To: o.to, Type: t, Fields: map[string]string{}, Account: o.kfAccount}
	if o.given {
		m.Fields[t.Fields[0].Name] = o.value
	}
	for _, field := range o.fields {
		name, value, ok := strings.Cut(field, "=")
		if !ok || name == "" {
			return nil, usage(words.ErrTakesPair, "flag", "--set", "given", quoted(field), "form", "name=value")
		}
		m.Fields[name] = value
	}
	for _, item := range o.items {
		id, text, ok := strings.Cut(item, "=")
		if !ok || id == "" {
			return nil, usage(words.ErrTakesPair, "flag", "--item", "given", quoted(item), "form", "id=text")
		}
		m.Choices = append(m.Choices, api.Choice{ID: id, Content: text})
	}
	body, err := m.Body()
	if err != nil {
		return nil, withHint(usageError{err}, fieldsHint(t))
	}
	return body, nil
}

// warnOfEscapes tells that a value was given in \u escapes: the user would see
// them, for wxdev sends what it is given.
func (o *customSendOptions) warnOfEscapes() {
	given := append([]string{o.value}, o.fields...)
	first, n := wxjson.WideEscapes([]byte(strings.Join(append(given, o.items...), "\n")))
	if n > 0 {
		o.warn(failed(words.CustomSendErrEscapes, "escape", first))
	}
}

func unknownCustomType(name string) error {
	var names []string
	for _, t := range api.CustomTypes() {
		names = append(names, t.Name)
	}
	help := hint(words.CustomSendHintTypes, "types", finding.Names(names...))
	if best := text.Nearest(name, names); best != "" {
		help = didYouMean(best)
	}
	return withHint(usage(words.CustomSendErrType, "name", quoted(name)), help)
}

// fieldsHint tells what a type takes, the first field being the value.
func fieldsHint(t api.CustomType) finding.Fact {
	var all finding.List
	for i, f := range t.Fields {
		word := finding.Fact(literal("--set " + f.Name + "=…"))
		switch {
		case f.Name == "list":
			word = literal("--item id=text")
		case i == 0:
			word = hint(words.CustomSendAsValue, "field", f.Name)
		}
		if !f.Required {
			word = hint(words.CustomSendOptional, "field", word)
		}
		all = append(all, word)
	}
	return hint(words.CustomSendHintFields, "type", t.Name, "fields", all)
}

// CustomSendReport is what custom send prints with --json.
type CustomSendReport struct {
	outcome

	Account accountJSON `json:"account"`
	Sent    bool        `json:"sent"`
	To      string      `json:"to"`
	Type    string      `json:"type"`
}

func runCustomSend(ctx context.Context, o *customSendOptions, body []byte) error {
	if err := o.client.SendCustom(ctx, body); err != nil {
		return o.explained(err)
	}
	if o.json {
		return writeJSON(o.env.Out, CustomSendReport{newOutcome(true), o.account(), true, o.to, o.kind})
	}
	_, err := fmt.Fprintln(o.env.Out, o.say(words.CustomSendSent, "type", o.kind, "openid", text.Line(o.to), "account", o.accountName()))
	return err
}
