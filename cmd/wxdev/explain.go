package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
)

type explainOptions struct {
	*globals
	what []string
	json bool
}

func newExplain(g *globals) *cobra.Command {
	opts := &explainOptions{globals: g}
	cmd := &cobra.Command{
		Use:  "explain [ID | ERRCODE | RID | WORD]...",
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			opts.what = args
			return runExplain(opts)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return catalog.IDs(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().BoolVar(&opts.json, "json", false, "")
	return cmd
}

var errcode = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^-?\d{1,7}$`)
})

// explainJSON is what --json prints.
type explainJSON struct {
	SchemaVersion int         `json:"schema_version"`
	Findings      []entryJSON `json:"findings,omitempty"`
	Codes         []codeJSON  `json:"codes,omitempty"`
	Rids          []ridJSON   `json:"rids,omitempty"`
}

type ridJSON struct {
	Rid      string    `json:"rid"`
	CalledAt time.Time `json:"called_at"`
}

type entryJSON struct {
	ID       string           `json:"id"`
	Name     string           `json:"name"`
	Severity finding.Severity `json:"severity"`
	Title    string           `json:"title"`
	See      string           `json:"see"`
	Why      string           `json:"why"`
	Fix      string           `json:"fix"`
	Links    []string         `json:"links"`
}

type codeJSON struct {
	Code    int    `json:"code"`
	Meaning string `json:"meaning"`
	Text    string `json:"text"` // the errmsg, in English
	Zh      string `json:"meaning_zh"`
	Cause   string `json:"cause,omitempty"`
}

// runExplain decides what the words are.
func runExplain(o *explainOptions) error {
	if len(o.what) == 0 {
		return o.list()
	}
	known, unknown := refer(o.what)
	switch {
	case known == nil && !slices.ContainsFunc(unknown, errcode().MatchString):
		return o.search()
	case o.json:
		if err := o.writeJSON(known); err != nil {
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
	fmt.Fprintf(o.env.Err, "not in the tables: %s; 'wxdev explain WORD' searches them by text\n", text.Line(strings.Join(unknown, ", ")))
	return errNo
}

// reference is what a word names: one of the three is set.
type reference struct {
	entry *catalog.Entry
	code  *catalog.APICode
	rid   string
	at    time.Time // of the rid
}

// refer returns what the words name, and those that name nothing. A number
// that is in no table names nothing, and no search would find it.
func refer(words []string) (known []reference, unknown []string) {
	for _, word := range words {
		if e, ok := catalog.Lookup(word); ok {
			known = append(known, reference{entry: e})
		} else if at, ok := catalog.ParseRid(strings.TrimPrefix(word, "rid:")); ok {
			known = append(known, reference{rid: word, at: at})
		} else if c, ok := lookupCode(word); ok {
			known = append(known, reference{code: &c})
		} else {
			unknown = append(unknown, word)
		}
	}
	return known, unknown
}

func lookupCode(word string) (catalog.APICode, bool) {
	n, err := strconv.Atoi(word)
	if err != nil || !errcode().MatchString(word) {
		return catalog.APICode{}, false
	}
	return catalog.LookupCode(n)
}

func (o *explainOptions) explain(r reference) {
	switch {
	case r.entry != nil:
		o.entry(r.entry)
	case r.code != nil:
		o.printCode(*r.code)
	default:
		at := r.at.Format("2006-01-02 15:04:05 UTC") + o.say(words.CommonBracket, "text", r.at.In(beijing).Format("15:04:05 +08:00"))
		fmt.Fprintf(o.env.Out, "%s  %s\n", r.rid, o.say(words.ExplainCalled, "time", at))
	}
}

func (o *explainOptions) list() error {
	var all []reference
	for _, id := range catalog.IDs() {
		if e, ok := catalog.Lookup(id); ok {
			all = append(all, reference{entry: e})
		}
	}
	if o.json {
		return o.writeJSON(all)
	}
	for _, r := range all {
		o.title(r.entry)
	}
	return nil
}

func (o *explainOptions) title(e *catalog.Entry) {
	fmt.Fprintf(o.env.Out, "%s  %s\n", o.Colors(o.env.OutTTY).Bold(e.ID), wrap(e.Text(o.Lang()).Title, o.env.Width-5, "     "))
}

func (o *explainOptions) writeJSON(known []reference) error {
	doc := explainJSON{SchemaVersion: schemaVersion}
	for _, r := range known {
		switch {
		case r.entry != nil:
			e, t := r.entry, r.entry.Text(o.Lang())
			doc.Findings = append(doc.Findings, entryJSON{e.ID, e.Name, e.Severity, t.Title, t.See, t.Why, t.Fix, e.Links})
		case r.code != nil:
			c := *r.code
			doc.Codes = append(doc.Codes, codeJSON{c.Code, c.Meaning(o.Lang()), c.En, c.Zh, c.Cause(o.Lang())})
		default:
			doc.Rids = append(doc.Rids, ridJSON{r.rid, r.at})
		}
	}
	return writeJSON(o.env.Out, doc)
}

func (o *explainOptions) entry(e *catalog.Entry) {
	w, p, t := o.env.Out, o.Colors(o.env.OutTTY), e.Text(o.Lang())
	say := o.sayer()
	fmt.Fprintf(w, "%s  %s%s\n", p.Bold(e.ID), p.Bold(t.Title), say(words.CommonBracket, "text", say.named("report.severity.", string(e.Severity))))
	for _, part := range []struct{ head, text string }{{say(words.ExplainSee), t.See}, {say(words.ExplainWhy), t.Why}, {say(words.ExplainFix), t.Fix}} {
		fmt.Fprintf(w, "\n%s\n  %s\n", p.Bold(part.head), wrap(oneLine(part.text), min(o.env.Width, 100)-2, "  "))
	}
	for _, c := range e.Code {
		fmt.Fprintf(w, "\n%s\n", p.Bold(c.Lang))
		for line := range strings.SplitSeq(strings.Trim(c.In(o.Lang()), "\n"), "\n") {
			fmt.Fprintln(w, strings.TrimRight("  "+line, " "))
		}
	}
	if len(e.Links) > 0 {
		fmt.Fprintf(w, "\n%s\n", p.Bold(say(words.ExplainLinks)))
		for _, l := range e.Links {
			fmt.Fprintf(w, "  %s\n", l)
		}
	}
}

// oneLine joins the lines of a paragraph: with a blank, but not between Chinese
// characters nor beside Chinese punctuation.
func oneLine(text string) string {
	var b strings.Builder
	last := ' '
	for line := range strings.Lines(strings.TrimSpace(text)) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		first, _ := utf8.DecodeRuneInString(line)
		if b.Len() > 0 && !(isWide(last) && isWide(first)) && !isWideMark(last) && !isWideMark(first) {
			b.WriteByte(' ')
		}
		b.WriteString(line)
		last, _ = utf8.DecodeLastRuneInString(line)
	}
	return b.String()
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
}

var beijing = time.FixedZone("CST", 8*3600)

// manyFindings is how many fit a search before it says that verify would tell
// them apart.
const manyFindings = 5

// search looks for the words in findings and codes. Nothing found is a no.
func (o *explainOptions) search() error {
	entries, codes := catalog.Search(o.what...), catalog.SearchCodes(o.what...)
	var found []reference
	for _, e := range entries {
		found = append(found, reference{entry: e})
	}
	switch {
	case o.json:
		for _, c := range codes {
			found = append(found, reference{code: &c})
		}
		if err := o.writeJSON(found); err != nil {
			return err
		}
	case len(entries) == 1 && len(codes) == 0:
		o.entry(entries[0])
	default:
		for _, e := range entries {
			o.title(e)
		}
		o.codeLines(codes, len(entries) > 0)
	}
	switch {
	case len(entries)+len(codes) == 0:
		fmt.Fprintf(o.env.Err, "nothing about %q; 'wxdev explain' lists the findings\n", strings.Join(o.what, " "))
		return errNo
	case len(entries) >= manyFindings && !o.json:
		fmt.Fprintln(o.env.Err, o.say(words.ExplainWhich, "n", strconv.Itoa(len(entries))))
	}
	return nil
}

// shownCodes is how many codes a search shows: a common word is in dozens.
const shownCodes = 20

func (o *explainOptions) codeLines(codes []catalog.APICode, after bool) {
	w, p := o.env.Out, o.Colors(o.env.OutTTY)
	if len(codes) == 0 {
		return
	}
	if after {
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, p.Bold(o.say(words.ExplainCodes)))
	for _, c := range codes[:min(len(codes), shownCodes)] {
		fmt.Fprintf(w, "%-7d %s\n", c.Code, wrap(c.Meaning(o.Lang()), o.env.Width-8, "        "))
	}
	if more := len(codes) - shownCodes; more > 0 {
		fmt.Fprintln(w, o.say(words.ExplainMore, "n", strconv.Itoa(more)))
	}
}
