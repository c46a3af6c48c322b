package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/menu"
)

type menuLintOptions struct {
	*globals
	files   []string
	json    bool
	strict  bool
	report  string
	targets []reportTarget
}

func newMenuLint(g *globals) *cobra.Command {
	o := &menuLintOptions{globals: g}
	cmd := &cobra.Command{
		Use:   "lint [file | folder]... [flags]",
		Short: "Check menu files against every rule of the API",
		Long: `lint checks menu files without calling anybody: the encoding (BOM, GBK, \u
escapes), the JSON or TOML, the number and depth of buttons, the fields that
each type needs, lengths in bytes, and the rules of conditional menus. Each
problem has its file:line:column, an id for 'wxdev explain', and a fix.
https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu

Editors complete menu files with the JSON Schema pkg/menu/menu.schema.json.`,
		Example: `  $ wxdev menu lint menu.json
  $ wxdev menu lint menus/ --strict --report junit=menu.xml`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: menuFiles,
		RunE: func(_ *cobra.Command, args []string) error {
			o.files = args
			var err error
			if o.targets, err = parseReport(o.report); err != nil {
				return err
			}
			return runMenuLint(o)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.json, "json", false, "print one JSON object")
	f.BoolVar(&o.strict, "strict", false, "let warnings count as errors")
	addReport(cmd, &o.report)
	return cmd
}

func runMenuLint(o *menuLintOptions) error {
	_, problems, err := o.readMenu(o.files)
	if err != nil {
		return err
	}
	doc := struct {
		SchemaVersion int           `json:"schema_version"`
		OK            bool          `json:"ok"`
		Problems      []findingJSON `json:"problems"`
	}{schemaVersion, true, []findingJSON{}}
	c := reportCase{Name: "menu"}
	for _, p := range problems {
		f := describe(o.Lang(), p.Finding)
		doc.OK = doc.OK && !fails(f, o.strict)
		doc.Problems = append(doc.Problems, f)
		f.Evidence = fmt.Sprintf("%s:%d:%d: %s", text.Line(f.File), f.Line, f.Column, f.Evidence)
		c.Findings = append(c.Findings, f)
	}
	if o.json {
		err = writeJSON(o.env.Out, doc)
	} else {
		o.print(problems)
	}
	if err != nil {
		return err
	}
	if err := o.writeReports(o.targets, "wxdev menu lint", []reportCase{c}, o.strict); err != nil {
		return err
	}
	if !doc.OK {
		return errNo
	}
	return nil
}

func (o *menuLintOptions) print(problems []menu.Problem) {
	printProblems(o.env.Out, o.globals, o.env.OutTTY, problems)
	if len(problems) == 0 {
		fmt.Fprintf(o.env.Out, o.say(words.MenuClean)+"\n", max(1, len(o.files)))
		return
	}
	count := map[finding.Severity]int{}
	for _, p := range problems {
		count[p.Severity]++
	}
	fmt.Fprintf(o.env.Out, "%s%s%s\n", countWord(o.Lang(), count[finding.Error], words.CountOneError, words.CountErrors), o.say(words.ReportComma),
		countWord(o.Lang(), count[finding.Warning], words.CountOneWarning, words.CountWarnings))
}
