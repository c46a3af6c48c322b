package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/finding"
)

// The commands are declared without their texts, which only help and
// completion show: these are in internal/words/text/help, and are put in when
// one of the two is asked for.

// fillHelpWhenShown fills in a command's texts before help or usage shows them,
// and no others: the whole tree has hundreds.
func (g *globals) fillHelpWhenShown(root *cobra.Command) {
	root.SetHelpFunc(func(c *cobra.Command, _ []string) { fillHelp(c, g.Lang()); g.page(c.OutOrStdout()).help(c) })
	root.SetUsageFunc(func(c *cobra.Command) error { fillHelp(c, g.Lang()); g.page(c.OutOrStderr()).usage(c); return nil })
}

// fillCompleted does so for completion, where cobra has no hook: line has the
// words of the command line, the last of which is being typed.
func fillCompleted(root *cobra.Command, line []string, lang finding.Lang) {
	c, rest, err := root.Find(line[:max(0, len(line)-1)])
	if err != nil {
		return // cobra offers nothing then
	}
	c.InitDefaultHelpFlag() // completion adds it later, with cobra's text
	c.InitDefaultVersionFlag()
	fillHelp(c, lang)
	if c.Name() == "help" { // it offers commands, by their own path
		if c, _, err := root.Find(rest); err == nil {
			fillHelp(c, lang)
		}
	}
}

// fillHelp fills in what the help of c shows: its own texts, the flags that it
// has or inherits, and what its subcommands are for.
func fillHelp(c *cobra.Command, lang finding.Lang) {
	name := helpName(c)
	c.Short = helpText(lang, name+".short")
	c.Long = helpText(lang, name+".long", helpValues(name)...)
	c.Example = helpText(lang, name+".example")
	for _, group := range c.Groups() {
		group.Title = helpText(lang, name+".group."+group.ID)
	}
	for _, child := range c.Commands() {
		child.Short = helpText(lang, helpName(child)+".short")
	}
	fillFlags(c, c.Flags(), lang)
	fillFlags(c, c.PersistentFlags(), lang)
	c.VisitParents(func(parent *cobra.Command) { fillFlags(parent, parent.PersistentFlags(), lang) })
}

// fillFlags fills in c's flags. The set may hold those of its parents too, of
// which nothing is known by c's name.
func fillFlags(c *cobra.Command, flags *pflag.FlagSet, lang finding.Lang) {
	name := helpName(c)
	flags.VisitAll(func(f *pflag.Flag) {
		text := func(lang finding.Lang) string {
			if text := helpText(lang, name+".flag."+f.Name); text != "" {
				return text
			}
			return helpText(lang, "shared.flag."+f.Name, "command", c.Name())
		}
		english := text(finding.English)
		if english == "" {
			return
		}
		f.Usage = english
		value, own := pflag.UnquoteUsage(f)
		if lang != finding.English {
			own = text(lang)
		}
		f.Annotations, f.Usage = withValue(f.Annotations, value), own
	})
}

// flagValue is the annotation of a flag that has what its value is called: the
// `NAME` in the English text, in every language.
const flagValue = "wxdev_value"

func withValue(annotations map[string][]string, value string) map[string][]string {
	if annotations == nil {
		annotations = map[string][]string{}
	}
	annotations[flagValue] = []string{value}
	return annotations
}

// helpName is what a command's texts are called: "menu_push".
func helpName(c *cobra.Command) string {
	_, path, below := strings.Cut(c.CommandPath(), " ")
	if !below {
		return c.Name()
	}
	return strings.ReplaceAll(path, " ", "_")
}

// helpText is "" where there is none.
func helpText(lang finding.Lang, name string, values ...string) string {
	id, ok := words.Named("help." + name)
	if !ok {
		return ""
	}
	return words.Fill(lang, id, values...)
}

// helpValues are what a help says by {placeholder}: what it would otherwise
// tell a second time.
func helpValues(name string) []string {
	switch name {
	case "custom_send":
		return []string{"types", customTable()}
	case "emulator":
		return []string{"appid", emulator.DefaultAppID, "secret", emulator.DefaultSecret, "token", emulator.DefaultToken}
	case "listen":
		return []string{"token", defaultToken}
	}
	return nil
}
