package main

import (
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/finding"
)

// The commands are declared without their texts, which only help and
// completion show: these are in internal/words/text/help, and are put in when
// one of the two is asked for.

// fillHelpWhenShown fills in the texts of root's commands before anything
// shows them; completion calls what it returns, since cobra has no hook there.
func (g *globals) fillHelpWhenShown(root *cobra.Command) (fill func()) {
	fill = sync.OnceFunc(func() { fillHelp(root, g.Lang()) })
	help, usage := root.HelpFunc(), root.UsageFunc()
	root.SetHelpFunc(func(c *cobra.Command, args []string) { fill(); help(c, args) })
	root.SetUsageFunc(func(c *cobra.Command) error { fill(); return usage(c) })
	return fill
}

// fillHelp gives every command of the tree its texts in lang.
func fillHelp(root *cobra.Command, lang finding.Lang) {
	for _, group := range root.Groups() {
		group.Title = helpText(lang, helpName(root)+".group."+group.ID)
	}
	walk(root, func(c *cobra.Command) {
		name := helpName(c)
		c.Short = helpText(lang, name+".short")
		c.Long = helpText(lang, name+".long", helpValues(name)...)
		c.Example = helpText(lang, name+".example")
		c.InitDefaultHelpFlag()
		c.InitDefaultVersionFlag()
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			f.Usage = helpText(lang, name+".flag."+f.Name)
			if f.Usage == "" {
				f.Usage = helpText(lang, "shared.flag."+f.Name, "command", c.Name())
			}
		})
	})
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
