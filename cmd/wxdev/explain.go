package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/pkg/catalog"
)

type explainOptions struct {
	*globals
	what []string
	json bool
}

func newExplain(g *globals) *cobra.Command {
	opts := &explainOptions{globals: g}
	cmd := &cobra.Command{
		Use:   "explain [ID | ERRCODE | RID | WORD...]",
		Short: "Explain a finding, an API error code or a rid",
		Long: `explain prints what wxdev knows: of a finding (V18) what you see, why, and how
to fix it in the usual frameworks; of an API or console error code (40164,
-40001, 200302) what it means and what to do; of a rid, when the call was made.
Any other words are searched for in all of it. Without arguments it lists the
findings.`,
		Example: `  $ wxdev explain V18
  $ wxdev explain 40164
  $ wxdev explain bom
  $ wxdev explain 640d8707-66796d60-192e4bee
  $ wxdev explain --lang zh`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			opts.what = args
			return runExplain(opts)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return catalog.IDs(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().BoolVar(&opts.json, "json", false, "print one JSON object")
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
	CalledAt      *time.Time  `json:"called_at,omitempty"` // by the rid
}

type entryJSON struct {
	ID       string           `json:"id"`
	Name     string           `json:"name"`
	Severity catalog.Severity `json:"severity"`
	Title    string           `json:"title"`
	See      string           `json:"see"`
	Why      string           `json:"why"`
	Fix      string           `json:"fix"`
	Links    []string         `json:"links"`
}

type codeJSON struct {
	Code    int    `json:"code"`
	Meaning string `json:"meaning"`
	Text    string `json:"text"`
	Cause   string `json:"cause,omitempty"`
}

// runExplain decides what the words are.
func runExplain(o *explainOptions) error {
	if len(o.what) == 0 {
		return o.list()
	}
	if len(o.what) == 1 {
		word := o.what[0]
		if e, ok := catalog.Lookup(word); ok {
			return o.entry(e)
		}
		if when, ok := catalog.ParseRid(strings.TrimPrefix(word, "rid:")); ok {
			return o.rid(word, when)
		}
		if errcode().MatchString(word) {
			return o.code(word)
		}
	}
	return o.search()
}

func (o *explainOptions) list() error {
	var all []*catalog.Entry
	for _, id := range catalog.IDs() {
		if e, ok := catalog.Lookup(id); ok {
			all = append(all, e)
		}
	}
	if o.json {
		return o.writeJSON(all, nil)
	}
	o.titles(all)
	return nil
}

func (o *explainOptions) titles(all []*catalog.Entry) {
	for _, e := range all {
		fmt.Fprintf(o.env.Out, "%s  %s\n", o.Colors(o.env.OutTTY).Bold(e.ID), wrap(e.Text(o.Lang()).Title, o.env.Width-5, "     "))
	}
}

func (o *explainOptions) writeJSON(entries []*catalog.Entry, codes []catalog.APICode) error {
	doc := explainJSON{SchemaVersion: schemaVersion}
	for _, e := range entries {
		t := e.Text(o.Lang())
		doc.Findings = append(doc.Findings, entryJSON{e.ID, e.Name, e.Severity, t.Title, t.See, t.Why, t.Fix, e.Links})
	}
	for _, c := range codes {
		doc.Codes = append(doc.Codes, codeJSON{c.Code, c.Meaning(o.Lang()), c.En, c.Cause(o.Lang())})
	}
	return writeJSON(o.env.Out, doc)
}

func (o *explainOptions) entry(e *catalog.Entry) error {
	if o.json {
		return o.writeJSON([]*catalog.Entry{e}, nil)
	}
	w, p, t := o.env.Out, o.Colors(o.env.OutTTY), e.Text(o.Lang())
	say := explainWords[o.Lang()]
	fmt.Fprintf(w, "%s  %s%s\n", p.Bold(e.ID), p.Bold(t.Title), fmt.Sprintf(say.bracket, o.words().severity[e.Severity]))
	for _, part := range []struct{ head, text string }{{say.see, t.See}, {say.why, t.Why}, {say.fix, t.Fix}} {
		fmt.Fprintf(w, "\n%s\n  %s\n", p.Bold(part.head), wrap(oneLine(part.text), min(o.env.Width, 100)-2, "  "))
	}
	for _, c := range e.Code {
		fmt.Fprintf(w, "\n%s\n", p.Bold(c.Lang))
		for line := range strings.SplitSeq(strings.Trim(c.Text, "\n"), "\n") {
			fmt.Fprintln(w, strings.TrimRight("  "+line, " "))
		}
	}
	if len(e.Links) > 0 {
		fmt.Fprintf(w, "\n%s\n", p.Bold(say.links))
		for _, l := range e.Links {
			fmt.Fprintf(w, "  %s\n", l)
		}
	}
	return nil
}

var explainWords = map[catalog.Lang]struct {
	see, why, fix, links, meaning, text, cause, codes, called, bracket, more string
}{
	catalog.English: {
		"What you see", "Why", "Fix", "Threads that show it", "meaning", "errmsg", "cause", "API codes",
		"the call was made at %s", " (%s)", "… %d more",
	},
	catalog.Chinese: {
		"现象", "原因", "解决", "相关讨论", "含义", "errmsg", "解决", "接口返回码", "该调用发生于 %s",
		"（%s）", "……还有 %d 条",
	},
}

// oneLine joins the lines of a paragraph: with a blank, but not between
// Chinese characters.
func oneLine(text string) string {
	var b strings.Builder
	last := ' '
	for line := range strings.Lines(strings.TrimSpace(text)) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if b.Len() > 0 && last < 0x2e80 {
			b.WriteByte(' ')
		}
		b.WriteString(line)
		last, _ = utf8.DecodeLastRuneInString(line)
	}
	return b.String()
}

func (o *explainOptions) code(word string) error {
	n, err := strconv.Atoi(word)
	if err != nil {
		return usagef("%q is no error code", word)
	}
	c, ok := catalog.LookupCode(n)
	if !ok {
		return withHint(fmt.Errorf("error code %d is not in the table", n), "'wxdev explain WORD' searches it by text")
	}
	if o.json {
		return o.writeJSON(nil, []catalog.APICode{c})
	}
	o.printCode(c)
	return nil
}

func (o *explainOptions) printCode(c catalog.APICode) {
	w, say := o.env.Out, explainWords[o.Lang()]
	code := strconv.Itoa(c.Code)
	hang := func(indent, label, text string) {
		under := strings.Repeat(" ", len(indent)+columns(label)+2)
		fmt.Fprintf(w, "%s%s  %s\n", indent, label, wrap(text, o.env.Width-len(under), under))
	}
	hang("", code, c.Meaning(o.Lang()))
	if o.Lang() == catalog.Chinese {
		hang("  ", say.text, c.En)
	} else {
		hang("  ", say.meaning, c.Zh)
	}
	if cause := c.Cause(o.Lang()); cause != "" {
		hang("  ", say.cause, cause)
	}
}

var beijing = time.FixedZone("CST", 8*3600)

func (o *explainOptions) rid(rid string, when time.Time) error {
	if o.json {
		return writeJSON(o.env.Out, explainJSON{SchemaVersion: schemaVersion, CalledAt: &when})
	}
	fmt.Fprintf(o.env.Out, "%s  "+explainWords[o.Lang()].called+"\n", rid, when.Format("2006-01-02 15:04:05 UTC")+when.In(beijing).Format(" (15:04:05 +08:00)"))
	return nil
}

// search looks for the words in findings and codes. Nothing found is a no.
func (o *explainOptions) search() error {
	entries, codes := catalog.Search(o.what...), catalog.SearchCodes(o.what...)
	if o.json {
		if err := o.writeJSON(entries, codes); err != nil {
			return err
		}
	} else {
		o.titles(entries)
		o.codeLines(codes, len(entries) > 0)
	}
	if len(entries)+len(codes) == 0 {
		fmt.Fprintf(o.env.Err, "nothing about %q; 'wxdev explain' lists the findings\n", strings.Join(o.what, " "))
		return errNo
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
	fmt.Fprintln(w, p.Bold(explainWords[o.Lang()].codes))
	for _, c := range codes[:min(len(codes), shownCodes)] {
		fmt.Fprintf(w, "%-7d %s\n", c.Code, wrap(c.Meaning(o.Lang()), o.env.Width-8, "        "))
	}
	if more := len(codes) - shownCodes; more > 0 {
		fmt.Fprintf(w, explainWords[o.Lang()].more+"\n", more)
	}
}
