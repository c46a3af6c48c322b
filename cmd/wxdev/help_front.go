package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/words"
)

// front is what wxdev says when it is called with nothing: what it is for, how
// to begin, and the names of the commands. It fits a terminal of 24 lines.
func (p page) front(root *cobra.Command) {
	fillHelp(root, p.lang)
	fmt.Fprintf(p, "%s\n\n", p.say(words.ManualFront))
	column := 0
	for _, group := range root.Groups() {
		column = max(column, columns(group.Title)+2)
	}
	under := strings.Repeat(" ", column)
	for _, group := range root.Groups() {
		var names []string
		for _, c := range below(root, isShown) {
			if c.GroupID == group.ID {
				names = append(names, c.Name())
			}
		}
		fmt.Fprintln(p, padded(group.Title, column)+wrap(strings.Join(names, " "), p.width-column, under))
		if about := helpText(p.lang, "wxdev.group."+group.ID+".about"); about != "" {
			fmt.Fprintln(p, under+wrap(about, p.width-column, under))
		}
	}
	fmt.Fprintf(p, "\n%s\n", p.say(words.ManualFrontMore))
}
