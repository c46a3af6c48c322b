package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
)

// helpWidth is what help is written for: its texts end their lines before it.
const helpWidth = 80

// page lays out the help of a command, in one language. It is ours because
// cobra's is in English only, and counts a Chinese character as one column.
type page struct {
	io.Writer
	lang  finding.Lang
	width int
}

func (g *globals) page(w io.Writer) page {
	return page{w, g.Lang(), min(g.env.Width, helpWidth)}
}

func (p page) say(id words.ID, pairs ...string) string { return words.Fill(p.lang, id, pairs...) }

// help is the manual of a command: what it does, then its usage.
func (p page) help(c *cobra.Command) {
	text := strings.TrimSpace(c.Long)
	if text == "" {
		text = c.Short
	}
	fmt.Fprintln(p, text)
	if c.Runnable() || c.HasSubCommands() {
		fmt.Fprintln(p)
		p.usage(c)
	}
}

// usage is the lower half of a help.
func (p page) usage(c *cobra.Command) {
	line := "  " + c.UseLine()
	if c.HasAvailableSubCommands() {
		commands := "  " + c.CommandPath() + " COMMAND"
		if !strings.Contains(c.Use, " ") {
			line = commands // it does nothing by itself
		} else {
			line += "\n" + commands
		}
	}
	parts := []string{p.say(words.ManualUsage) + "\n" + line}
	if c.HasExample() {
		parts = append(parts, p.say(words.ManualExamples)+"\n"+c.Example)
	}
	parts = append(parts, p.commands(c)...)
	if c.HasAvailableLocalFlags() {
		parts = append(parts, p.say(words.ManualFlags)+p.flags(c.LocalFlags()))
	}
	if c.HasAvailableInheritedFlags() {
		parts = append(parts, p.say(words.ManualGlobalFlags)+p.flags(c.InheritedFlags()))
	}
	if topics := below(c, (*cobra.Command).IsAdditionalHelpTopicCommand); len(topics) > 0 {
		parts = append(parts, p.say(words.ManualTopics)+p.list(topics, (*cobra.Command).CommandPath))
	}
	if c.HasAvailableSubCommands() {
		more := p.say(words.ManualMore, "command", c.CommandPath()+" COMMAND --help")
		parts = append(parts, wrap(more, p.width, ""))
	}
	fmt.Fprintln(p, strings.Join(parts, "\n\n"))
}

// below are the subcommands that are of a kind.
func below(c *cobra.Command, kind func(*cobra.Command) bool) (some []*cobra.Command) {
	for _, child := range c.Commands() {
		if kind(child) {
			some = append(some, child)
		}
	}
	return some
}

// commands are the lists of subcommands, one for each group.
func (p page) commands(c *cobra.Command) (parts []string) {
	longest := ""
	for _, child := range below(c, isShown) {
		if len(child.Name()) > len(longest) {
			longest = child.Name()
		}
	}
	name := func(c *cobra.Command) string { return padded(c.Name(), len(longest)) }
	in := func(group string) []*cobra.Command {
		return below(c, func(child *cobra.Command) bool { return child.GroupID == group && isShown(child) })
	}
	for _, group := range c.Groups() {
		if some := in(group.ID); len(some) > 0 {
			parts = append(parts, group.Title+p.list(some, name))
		}
	}
	if some := in(""); len(some) > 0 {
		parts = append(parts, p.say(words.ManualCommands)+p.list(some, name))
	}
	return parts
}

// isShown is true of help too, which cobra does not count as available.
func isShown(c *cobra.Command) bool { return c.IsAvailableCommand() || c.Name() == "help" }

func (p page) list(some []*cobra.Command, name func(*cobra.Command) string) string {
	rows := make([]row, len(some))
	for i, c := range some {
		rows[i] = row{"  " + name(c), c.Short}
	}
	return p.rows(rows)
}

// row is a name, and what is said of it beside it.
type row struct{ name, text string }

// rows puts the texts into a column of their own, wrapped to the page. A name
// that leaves them too little room has a line to itself.
func (p page) rows(rows []row) string {
	column := 0
	for _, r := range rows {
		if w := columns(r.name) + 2; w <= 32 {
			column = max(column, w)
		}
	}
	var b strings.Builder
	under := strings.Repeat(" ", column)
	for _, r := range rows {
		b.WriteString("\n")
		if columns(r.name) < column {
			b.WriteString(padded(r.name, column))
		} else {
			b.WriteString(r.name + "\n" + under)
		}
		b.WriteString(wrap(r.text, max(p.width-column, 20), under))
	}
	return b.String()
}

func (p page) flags(flags *pflag.FlagSet) string {
	var rows []row
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		rows = append(rows, row{flagName(f), f.Usage + p.usual(f)})
	})
	return p.rows(rows)
}

// flagName is how a flag is written: "-o, --output FILE".
func flagName(f *pflag.Flag) string {
	name := "      --" + f.Name
	if f.Shorthand != "" {
		name = "  -" + f.Shorthand + ", --" + f.Name
	}
	value := valueName(f)
	switch {
	case value == "":
		return name
	case f.NoOptDefVal != "":
		return name + "[=" + value + "]"
	}
	return name + " " + value
}

// valueName is what a flag's value is called in its help; a switch has none.
func valueName(f *pflag.Flag) string {
	switch value := strings.Join(f.Annotations[flagValue], ""); value {
	case "duration":
		return "TIME"
	case "int":
		return "N"
	default:
		return value
	}
}

// usual says what a flag is when it is not given, if it is anything.
func (p page) usual(f *pflag.Flag) string {
	if slices.Contains([]string{"", "0", "false", "[]"}, f.DefValue) {
		return ""
	}
	value := f.DefValue
	if list, ok := strings.CutPrefix(value, "["); ok {
		value = strings.ReplaceAll(strings.TrimSuffix(list, "]"), ",", ", ")
	}
	return p.say(words.ManualDefault, "value", value)
}
