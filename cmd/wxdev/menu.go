package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/menu"
)

func newMenu(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use: "menu",
	}
	for _, build := range []func(*globals) *cobra.Command{
		newMenuPush, newMenuDiff, newMenuPull, newMenuLint, newMenuList, newMenuMatch, newMenuDelete,
	} {
		cmd.AddCommand(build(g))
	}
	return cmd
}

// menuNames are the files taken when none is named.
var menuNames = []string{"menu.json", "menu.toml"}

// menuFiles completes arguments with files that can be menus.
func menuFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"json", "toml"}, cobra.ShellCompDirectiveFilterFileExt
}

// readMenu reads the files or folders named, or the menu file in the working
// folder, as one menu of the account, which may be unknown.
func (g *globals) readMenu(args []string, appID string) (*menu.Menu, []findingJSON, error) {
	if len(args) == 0 {
		dir, err := g.env.Getwd()
		if err != nil {
			return nil, nil, failed(words.ErrWorkingFolder, "error", err)
		}
		i := slices.IndexFunc(menuNames, func(name string) bool {
			_, err := os.Stat(filepath.Join(dir, name))
			return err == nil
		})
		if i < 0 {
			return nil, nil, withHint(usage(words.MenuErrNoFile), hint(words.MenuHintNoFile))
		}
		args = menuNames[i : i+1]
	}
	var sources []menu.Source
	for _, arg := range args {
		files := []string{arg}
		if info, err := os.Stat(arg); err == nil && info.IsDir() {
			if files, err = menuFolder(arg); err != nil {
				return nil, nil, err
			}
		}
		for _, name := range files {
			data, err := readHead(g.env, name, menu.MaxFile+1) // the linter says that it is too long
			if err != nil {
				return nil, nil, err
			}
			sources = append(sources, menu.Source{Name: name, Data: data})
		}
	}
	m, problems := menu.ParseFor(appID, sources...)
	found := []findingJSON{}
	for _, p := range problems {
		found = append(found, describe(g.Lang(), p.Finding))
	}
	return m, found, nil
}

// menuFolder lists the menu files of a folder, in the order of their names.
func menuFolder(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, failed(words.ErrRead, "file", quoted(dir), "error", cause(err))
	}
	var files []string
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); !e.IsDir() && (ext == ".json" || ext == ".toml") {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	if files == nil {
		return nil, usage(words.MenuErrEmptyFolder, "folder", quoted(dir))
	}
	return files, nil
}

// accountOf is the AppID that the settings name, empty if they do not: a file is
// read without an account, too.
func (g *globals) accountOf(cmd *cobra.Command) string {
	conf, err := g.load(cmd)
	if err != nil {
		return ""
	}
	return optional(conf, config.AppID)
}

// soundMenu is readMenu for commands that need a menu: what is wrong with the
// file is printed, and errors end it.
func (g *globals) soundMenu(args []string, appID string) (*menu.Menu, []findingJSON, error) {
	m, found, err := g.readMenu(args, appID)
	if err != nil {
		return nil, nil, err
	}
	printProblems(g.env.Err, g, g.env.ErrTTY, found)
	if m == nil || slices.ContainsFunc(found, func(f findingJSON) bool { return fails(f, false) }) {
		return nil, found, errNo
	}
	return m, found, nil
}

// menuCase is the case of menu lint and menu push for --report.
func menuCase(found []findingJSON) reportCase {
	c := reportCase{Name: "menu"}
	for _, f := range found {
		f.Evidence = fmt.Sprintf("%s:%d:%d: %s", text.Line(f.File), f.Line, f.Column, f.Evidence)
		c.Findings = append(c.Findings, f)
	}
	return c
}

// codeNoMenu is the API's answer when no menu was made through it.
const codeNoMenu = 46003

// liveMenu reads the account's menu: that of the API, else the one made in the
// console. It is nil when there is none.
func (c *caller) liveMenu(ctx context.Context) (*menu.Menu, error) {
	resp, err := c.client.Do(ctx, api.Request{Path: "/cgi-bin/menu/get"})
	var failed *api.Error
	switch {
	case err == nil:
		return menu.FromAPI(resp.Body)
	case !errors.As(err, &failed) || failed.Code != codeNoMenu:
		return nil, err
	}
	resp, err = c.client.Do(ctx, api.Request{Path: "/cgi-bin/get_current_selfmenu_info"})
	if err != nil {
		return nil, err
	}
	m, err := menu.FromSelfMenu(resp.Body)
	if err != nil || m == nil || len(m.Buttons) == 0 {
		return nil, err
	}
	return m, nil
}

// printProblems writes what is wrong with menu files, a problem with its place
// and its fix.
func printProblems(w io.Writer, g *globals, tty bool, found []findingJSON) {
	p, say := g.Colors(tty), g.sayer()
	for _, f := range found {
		paint := p.Red
		if f.Severity != finding.Error {
			paint = p.Yellow
		}
		fmt.Fprintf(w, "%s:%d:%d: %s %s  %s\n", text.Line(f.File), f.Line, f.Column,
			paint(say.named("report.severity.", string(f.Severity))), f.ID, f.Title)
		if f.Evidence != "" {
			fmt.Fprintf(w, "    %s\n", wrap(f.Evidence, g.env.Width-4, "    "))
		}
		fmt.Fprintf(w, "    %s\n", wrap(say(words.ReportFix)+say(words.CommonColon)+f.Fix, g.env.Width-4, "    "))
	}
}

// printChanges writes a comparison as a tree: + added, - removed, ~ changed.
func printChanges(w io.Writer, g *globals, tty bool, changes menu.Changes) {
	p, say := g.Colors(tty), g.sayer()
	for _, c := range changes {
		name := text.Line(c.Button.Name)
		switch c.What {
		case menu.DefaultMenu:
			name = say(words.MenuDefault)
		case menu.ConditionalMenu:
			name = say(words.MenuConditional, "rule", text.Line(c.Rule.String()))
		}
		if c.Button.Type != "" {
			name += "  " + text.Line(c.Button.Type)
		}
		mark, paint := " ", fmt.Sprint
		switch c.Kind {
		case menu.Added:
			mark, paint = "+", p.Green
		case menu.Removed:
			mark, paint = "-", p.Red
		case menu.Changed:
			mark, paint = "~", p.Yellow
		}
		fmt.Fprintf(w, "%s\n", paint(mark+" "+strings.Repeat("  ", c.Level)+name))
		for _, f := range c.Fields {
			fmt.Fprintf(w, "  %s%s%s%s → %s\n", strings.Repeat("  ", c.Level+1), f.Field, g.say(words.CommonColon),
				p.Red(text.Quote([]byte(f.Have), 0)), p.Green(text.Quote([]byte(f.Want), 0)))
		}
	}
}

// menuJSON is what menu list, match and pull print with --json.
type menuJSON struct {
	outcome

	Menu json.RawMessage `json:"menu"`           // as menu pull writes it; null without one
	File string          `json:"file,omitempty"` // that menu pull has written
}

// printMenu draws a menu, or prints it as JSON.
func printMenu(g *globals, m *menu.Menu, asJSON bool) error {
	if asJSON {
		doc := menuJSON{outcome: newOutcome(true)}
		if m != nil {
			doc.Menu = m.Format()
		}
		return writeJSON(g.env.Out, doc)
	}
	text := g.say(words.MenuNone) + "\n"
	if m != nil {
		text = menu.Draw(m, min(g.env.Width, 80))
	}
	_, err := io.WriteString(g.env.Out, text)
	return err
}

// changeJSON is a line of a comparison.
type changeJSON struct {
	Kind   menu.Kind   `json:"kind"`
	What   string      `json:"what"`
	Path   string      `json:"path,omitempty"`
	Name   string      `json:"name,omitempty"`
	Rule   string      `json:"matchrule,omitempty"`
	Fields []fieldDiff `json:"fields,omitempty"`
}

type fieldDiff struct {
	Field string `json:"field"`
	Have  string `json:"have"`
	Want  string `json:"want"`
}

func changesJSON(changes menu.Changes) []changeJSON {
	out := []changeJSON{}
	for _, c := range changes {
		if c.Kind == menu.Same {
			continue
		}
		line := changeJSON{Kind: c.Kind, What: c.What, Path: c.Path, Name: c.Button.Name, Rule: c.Rule.String()}
		for _, f := range c.Fields {
			line.Fields = append(line.Fields, fieldDiff(f))
		}
		out = append(out, line)
	}
	return out
}

// confirmed asks on a terminal whether what is said may happen, and returns
// errNo if not. Elsewhere nobody is there to ask.
func (g *globals) confirmed(what string) error {
	fmt.Fprint(g.env.Err, what+"\n"+g.say(words.MenuGoOn))
	line, err := bufio.NewReader(g.env.In).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return failed(words.ErrAnswer, "error", cause(err))
	}
	if answer := strings.ToLower(strings.TrimSpace(line)); answer == "y" || answer == "yes" {
		return nil
	}
	fmt.Fprintln(g.env.Err, g.say(words.MenuNothingSent))
	return errNo
}
