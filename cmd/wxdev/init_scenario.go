package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/atomicfile"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/scenario"
)

// scenarioFile is what --scenario writes when it names no file.
const scenarioFile = "scenario.toml"

// initArgs takes a file after --scenario alone.
func initArgs(c *cobra.Command, args []string) error {
	if c.Flags().Changed("scenario") {
		return cobra.MaximumNArgs(1)(c, args)
	}
	return noArgs(c, args)
}

// runInitScenario writes a commented scenario where no file is yet.
func runInitScenario(o *initOptions, args []string) error {
	file := scenarioFile
	if len(args) > 0 {
		file = args[0]
	}
	if len(o.flags) > 0 || o.g.profile != "" || o.g.configPath != "" {
		return withHint(usagef("--scenario writes no settings"), "run 'wxdev init' without it for those")
	}
	dir, err := o.g.env.Getwd()
	if err != nil {
		return fmt.Errorf("find the working folder: %w", err)
	}
	path := file
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	shown := text.Quote([]byte(file), 0)
	err = atomicfile.CreateSynced(path, []byte(scenario.Example()), 0o644) // it holds no secret
	switch {
	case errors.Is(err, fs.ErrExist):
		return withHint(usagef("%s is already there", shown), "edit it, or write another with --scenario FILE")
	case err != nil:
		o.named = file
		return o.writeError(err)
	}
	fmt.Fprintf(o.g.env.Err, "wrote %s\n", text.Line(file))
	fmt.Fprintf(o.g.env.Err, "next: run: wxdev test %s\n", text.Line(file))
	return nil
}
