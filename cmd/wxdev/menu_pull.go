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
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
)

type menuPullOptions struct {
	caller
	file  string
	force bool
}

func newMenuPull(g *globals) *cobra.Command {
	o := &menuPullOptions{caller: caller{globals: g}}
	cmd := &cobra.Command{
		Use:               "pull [file] [flags]",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: menuFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.file = firstOr(args, "-")
			return runMenuPull(cmd, o)
		},
	}
	addCaller(cmd, &o.caller)
	cmd.Flags().BoolVar(&o.force, "force", false, "")
	return cmd
}

func runMenuPull(cmd *cobra.Command, o *menuPullOptions) error {
	if info, err := os.Stat(o.file); strings.HasSuffix(o.file, "/") || err == nil && info.IsDir() {
		return withHint(usagef("%q is a folder, and pull writes one file", o.file), "wxdev menu pull "+text.Line(filepath.Join(o.file, "menu.json")))
	}
	if err := o.connect(cmd, 0); err != nil {
		return err
	}
	have, err := o.liveMenu(cmd.Context())
	switch {
	case err != nil:
		return o.explained(err)
	case have == nil:
		return errors.New(o.say(words.MenuNone))
	}
	content := have.Format()
	if strings.HasSuffix(o.file, ".toml") {
		content = have.FormatTOML()
	}
	if o.file == "-" {
		_, err := o.env.Out.Write(content)
		return err
	}
	old, err := os.ReadFile(o.file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("compare with what is there: %w", err)
	}
	if err == nil && !bytes.Equal(old, content) && !o.force {
		return withHint(usagef("%q is there, and differs", o.file), "--force overwrites it; 'wxdev menu diff' shows the differences")
	}
	if err := atomicfile.Write(o.file, content, 0o644); err != nil {
		return fmt.Errorf("write %q: %w", o.file, cause(err))
	}
	fmt.Fprintf(o.env.Err, "wrote %s\n", text.Line(o.file))
	return nil
}
