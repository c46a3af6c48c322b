package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/atomicfile"
	"github.com/wxdev/wxdev/internal/schema"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/menu"
)

type menuPullOptions struct {
	caller
	file  string
	force bool
	json  bool
}

func newMenuPull(g *globals) *cobra.Command {
	o := &menuPullOptions{caller: caller{globals: g}}
	cmd := &cobra.Command{
		Use:               "pull [file] [flags]",
		Args:              atMost(1),
		ValidArgsFunction: menuFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.file = firstOr(args, "-")
			return runMenuPull(cmd, o)
		},
	}
	addCaller(cmd, &o.caller)
	cmd.Flags().BoolVar(&o.force, "force", false, "")
	cmd.Flags().BoolVar(&o.json, "json", false, "")
	return cmd
}

// withSchema names the menu's schema at the top of a file, for editors. What is
// sent to WeChat leaves it out.
func withSchema(file string, content []byte) []byte {
	if strings.HasSuffix(file, ".toml") {
		return append([]byte(schemaLine(schema.MenuFile)), content...)
	}
	return bytes.Replace(content, []byte("{\n"), []byte("{\n  \"$schema\": \""+schema.URL(schema.MenuFile)+"\",\n"), 1)
}

func runMenuPull(cmd *cobra.Command, o *menuPullOptions) error {
	if info, err := os.Stat(o.file); strings.HasSuffix(o.file, "/") || err == nil && info.IsDir() {
		return withHint(usage(words.MenuErrFolder, "file", quoted(o.file)), hint(words.MenuHintFolder, "file", text.Line(filepath.Join(o.file, "menu.json"))))
	}
	if err := o.connect(cmd); err != nil {
		return err
	}
	have, err := o.liveMenu(cmd.Context())
	switch {
	case err != nil:
		return o.explained(err)
	case have == nil:
		return failed(words.MenuNone)
	}
	content := have.Format()
	if strings.HasSuffix(o.file, ".toml") {
		content = have.FormatTOML()
	}
	if o.file == "-" {
		if o.json {
			return printMenu(o.globals, have, true)
		}
		return writeEscaped(o.env.Plain, content, nil)
	}
	content = withSchema(o.file, content)
	old, err := os.ReadFile(o.file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unreadable(o.file, err)
	}
	done := words.InitWrote
	switch kept := err == nil && !o.force; {
	case kept && holds(o.file, old, have):
		done = words.MenuHolds
	case kept:
		return withHint(usage(words.MenuErrDiffers, "file", quoted(o.file)), hint(words.MenuHintDiffers))
	default:
		if err := atomicfile.Write(o.file, content, 0o666); err != nil {
			return failed(words.ErrWrite, "file", quoted(o.file), "error", cause(err))
		}
	}
	if o.json {
		return writeJSON(o.env.Out, menuJSON{newOutcome(true), have.Format(), o.file})
	}
	fmt.Fprintln(o.env.Err, o.say(done, "file", text.Line(o.file)))
	return nil
}

// holds says whether a file has that menu already, however it is laid out.
func holds(file string, content []byte, have *menu.Menu) bool {
	m, problems := menu.Parse(file, content)
	return m != nil && !menu.HasErrors(problems) && !menu.Diff(have, m).Any()
}
