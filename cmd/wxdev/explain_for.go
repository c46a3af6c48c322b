package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/catalog"
)

// sampleStacks are what explain --for takes, with the names that the catalogue has.
var sampleStacks = []struct{ flag, lang string }{
	{"php", "PHP"}, {"python", "Python"}, {"node", "Node"}, {"java", "Java"}, {"go", "Go"},
}

func stackNames() (names []string) {
	for _, s := range sampleStacks {
		names = append(names, s.flag)
	}
	return names
}

// wants reports whether a sample is for the stack that was asked for: "PHP
// (Laravel)" is, for php.
func (o *explainOptions) wants(c catalog.Code) bool {
	lang, _, _ := strings.Cut(c.Lang, " (")
	return o.stack == "" || strings.EqualFold(lang, o.stack)
}

// samples are the fixes of an entry as code.
func (o *explainOptions) samples(e *catalog.Entry) (wanted []catalog.Code) {
	for _, c := range e.Code {
		if o.wants(c) {
			wanted = append(wanted, c)
		}
	}
	return wanted
}

// printSamples prints the code, and says so when there is none of what was asked for.
func (o *explainOptions) printSamples(e *catalog.Entry) {
	wanted := o.samples(e)
	for _, c := range wanted {
		fmt.Fprintf(o.env.Out, "\n%s\n", o.Colors(o.env.OutTTY).Bold(c.Lang))
		for line := range strings.SplitSeq(strings.Trim(c.In(o.Lang()), "\n"), "\n") {
			fmt.Fprintln(o.env.Out, strings.TrimRight("  "+line, " "))
		}
	}
	if len(wanted) == 0 && o.stack != "" {
		fmt.Fprintf(o.env.Out, "\n%s\n", o.noSample(e.Code))
	}
}

// noSample says that there is none for the stack, and for what there is one.
func (o *explainOptions) noSample(has []catalog.Code) string {
	stack := sampleStacks[slices.Index(stackNames(), o.stack)].lang
	if len(has) == 0 {
		return o.say(words.ExplainNoSample, "stack", stack)
	}
	var others []string
	for _, c := range has {
		others = append(others, c.Lang)
	}
	return o.say(words.ExplainOtherSamples, "stack", stack, "others", o.list(others))
}
