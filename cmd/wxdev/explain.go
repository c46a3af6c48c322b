package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/terminal"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
)

type explainOptions struct {
	*globals
	what  []string
	stack string // only the fix, in this one of [sampleStacks]
	json  bool
}

func newExplain(g *globals) *cobra.Command {
	opts := &explainOptions{globals: g}
	cmd := &cobra.Command{
		Use:  "explain [ID | ERRCODE | RID | TEXT | -]...",
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("for") {
				if err := oneOf("--for", opts.stack, stackNames()...); err != nil {
					return err
				}
			}
			if slices.Equal(args, []string{"-"}) {
				pasted, err := readHead(g.env, "-", maxPasted)
				if err != nil {
					return err
				}
				args = []string{string(pasted)}
			}
			opts.what = args
			if opts.json {
				return runExplain(opts)
			}
			return opts.paged(cmd.Context(), func() error { return runExplain(opts) })
		},
		ValidArgsFunction: func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
			return g.explainable(begun), cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().BoolVar(&opts.json, "json", false, "")
	cmd.Flags().StringVar(&opts.stack, "for", "", "")
	fixedValues(cmd, "for", stackNames()...)
	return cmd
}

var errcode = lazy.Regexp(`^-?\d{1,7}$`)

// maxPasted is how much of a pasted log is read.
const maxPasted = 1 << 16

// explainable completes ids, and codes as soon as a digit is typed, each with
// what it is.
func (g *globals) explainable(begun string) []string {
	var all []string
	if strings.HasPrefix(begun, "-") || begun != "" && begun[0] >= '0' && begun[0] <= '9' {
		for _, c := range catalog.Codes() {
			all = append(all, strconv.Itoa(c.Code)+"\t"+c.Meaning(g.Lang()))
		}
		return all
	}
	for _, id := range catalog.IDs() {
		title := ""
		if e, ok := catalog.Lookup(id); ok {
			title = "\t" + e.Text(g.Lang()).Title
		}
		all = append(all, id+title)
	}
	return all
}

// runExplain decides what the words are.
func runExplain(o *explainOptions) error {
	if len(o.what) == 0 {
		return o.all()
	}
	if r, ok := namedProduct(o.what); ok && o.stack == "" {
		return o.product(r)
	}
	known, unknown := refer(o.what)
	switch {
	case len(unknown) > 0 && (len(known) == 0 || isText(unknown)) && !slices.ContainsFunc(unknown, errcode.Get().MatchString):
		return o.find(strings.Join(o.what, " "))
	case o.json:
		if err := o.writeJSON(known, len(unknown) == 0); err != nil {
			return err
		}
	default:
		for i, k := range known {
			if i > 0 {
				fmt.Fprintln(o.env.Out)
			}
			o.explain(k)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	fmt.Fprintln(o.env.Err, o.say(words.ExplainUnknown, "what", text.Line(strings.Join(unknown, o.say(words.CommonList)))))
	return errNo
}

// refer returns what the words name, and those that name nothing.
func refer(words []string) (known []catalog.Ref, unknown []string) {
	for _, word := range words {
		if r, ok := catalog.Refer(word); ok {
			known = append(known, r)
		} else {
			unknown = append(unknown, word)
		}
	}
	return known, unknown
}

// isText tells a pasted line, which the shell may have split at its blanks, from
// a list of ids with a mistyped one.
func isText(unknown []string) bool {
	return len(unknown) > 1 || strings.ContainsAny(unknown[0], " :{\"'，：")
}

func (o *explainOptions) explain(r catalog.Ref) {
	switch {
	case r.Entry != nil:
		o.entry(r.Entry)
	case r.Code != nil:
		o.printCode(*r.Code)
	default:
		at := r.At.Format("2006-01-02 15:04:05 UTC") + o.say(words.CommonBracket, "text", r.At.In(beijing()).Format("15:04:05 +08:00"))
		fmt.Fprintf(o.env.Out, "%s  %s\n", r.Rid, o.say(words.ExplainCalled, "time", at))
	}
}

// all lists the findings, with --for those that have such code.
func (o *explainOptions) all() error {
	all, _ := refer(catalog.IDs())
	if o.stack != "" {
		all = slices.DeleteFunc(all, func(r catalog.Ref) bool { return len(o.samples(r.Entry)) == 0 })
	}
	if o.json {
		return o.writeJSON(all, true)
	}
	for _, r := range all {
		o.line(r)
	}
	return nil
}

// line is what a list shows of one.
func (o *explainOptions) line(r catalog.Ref) {
	name, what := r.Name(), ""
	switch {
	case r.Entry != nil:
		what = r.Entry.Text(o.Lang()).Title
	case r.Code != nil:
		what = r.Code.Meaning(o.Lang())
	default:
		o.explain(r)
		return
	}
	under := strings.Repeat(" ", len(name)+2)
	fmt.Fprintf(o.env.Out, "%s  %s\n", o.Colors(o.env.OutTTY).Bold(name), wrap(what, o.env.Width-len(under), under))
}

func (o *explainOptions) entry(e *catalog.Entry) {
	w, p, t := o.env.Out, o.Colors(o.env.OutTTY), e.Text(o.Lang())
	say := o.sayer()
	fmt.Fprintf(w, "%s  %s%s\n", p.Bold(e.ID), p.Bold(t.Title), say(words.CommonBracket, "text", say.named("report.severity.", string(e.Severity))))
	parts := []struct{ head, text string }{{say(words.ExplainSee), t.See}, {say(words.ExplainWhy), t.Why}, {say(words.ExplainFix), t.Fix}}
	if o.stack != "" {
		parts = parts[2:]
	}
	for _, part := range parts {
		fmt.Fprintf(w, "\n%s\n  %s\n", p.Bold(part.head), wrap(terminal.Paragraph(part.text), min(o.env.Width, 100)-2, "  "))
	}
	if o.stack != "" {
		o.printSamples(e)
		return
	}
	for _, s := range e.Settings() {
		printWhere(w, o.globals, s.Lines(o.Lang()))
	}
	o.printSamples(e)
	o.links(say(words.ExplainLinks), e.Links)
	day, pages := e.Source.Read()
	if day == "" {
		fmt.Fprintf(w, "\n%s\n", say(words.ExplainUnrecorded))
		return
	}
	o.links(say(words.ExplainSource, "day", day), pages)
}

func (o *explainOptions) links(head string, links []string) {
	if len(links) == 0 {
		return
	}
	fmt.Fprintf(o.env.Out, "\n%s\n", o.Colors(o.env.OutTTY).Bold(head))
	for _, l := range links {
		fmt.Fprintf(o.env.Out, "  %s\n", l)
	}
}

func (o *explainOptions) printCode(c catalog.APICode) {
	w, say := o.env.Out, o.sayer()
	code := strconv.Itoa(c.Code)
	hang := func(indent, label, text string) {
		under := strings.Repeat(" ", len(indent)+columns(label)+2)
		fmt.Fprintf(w, "%s%s  %s\n", indent, label, wrap(text, o.env.Width-len(under), under))
	}
	hang("", code, c.Meaning(o.Lang()))
	hang("  ", say(words.ExplainOther), c.Other(o.Lang()))
	if cause := c.Cause(o.Lang()); cause != "" {
		hang("  ", say(words.ExplainCause), cause)
	}
	hang("  ", say(words.ExplainFrom), c.Source.String())
	if o.stack != "" {
		fmt.Fprintf(w, "\n%s\n", o.noSample(nil))
	}
}

func beijing() *time.Location { return time.FixedZone("CST", 8*3600) }

// shown is how many a search shows: nobody reads more.
const shown = 6

// find explains what a pasted text is about: in full when it names one thing,
// as a list when many are behind it. Nothing found is a no.
func (o *explainOptions) find(pasted string) error {
	found := catalog.Find(pasted)
	refs := found.Refs[:min(len(found.Refs), shown)]
	if len(refs) == 0 && !o.json {
		fmt.Fprintln(o.env.Err, o.say(words.ExplainNothing, "what", finding.Excerpt(pasted).In(o.Lang())))
		return errNo
	}
	if o.json {
		if err := o.writeJSON(refs, len(refs) > 0); err != nil || len(refs) > 0 {
			return err
		}
		return errNo
	}
	if !found.Open {
		o.explain(refs[0])
		if refs = refs[1:]; len(refs) > 0 {
			fmt.Fprintf(o.env.Out, "\n%s\n", o.Colors(o.env.OutTTY).Bold(o.say(words.ExplainAlso)))
		}
	}
	for _, r := range refs {
		o.line(r)
	}
	if found.Open {
		o.tellApart(refs[0], len(found.Refs)-len(refs))
	}
	return nil
}

// tellApart names the command that finds out which of many causes it is.
func (o *explainOptions) tellApart(first catalog.Ref, more int) {
	if more > 0 {
		fmt.Fprintln(o.env.Out, o.say(words.ExplainMore, "n", strconv.Itoa(more)))
	}
	name := first.Name()
	switch name[0] {
	case 'V':
		fmt.Fprintln(o.env.Err, o.say(words.ExplainWhich, "command", "wxdev verify"))
	case 'M':
		fmt.Fprintln(o.env.Err, o.say(words.ExplainWhich, "command", "wxdev verify --messages"))
	case 'W':
		fmt.Fprintln(o.env.Err, o.say(words.ExplainWhich, "command", "wxdev verify --product wecom"))
	case 'J':
		fmt.Fprintln(o.env.Err, o.say(words.ExplainWhich, "command", "wxdev sign-js --explain"))
	}
}
