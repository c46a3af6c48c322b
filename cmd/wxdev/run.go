package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/internal/run"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
)

type runOptions struct {
	*globals
	emu       emulatorOptions // the account, --addr, --ready-file, --seed
	scenarios []string
	command   []string // of the server

	check     bool
	variables bool              // --env
	started   func(base string) // is told where the emulator is, once all is ready; nil is nobody
	dir       string            // for its files; empty is one that only the user reads
	watch     bool
	offline   bool
	hosts     bool
	messages  bool
	quiet     bool
	json      bool
	wait      waiting
	report    string
	targets   []reportTarget
}

func newRun(g *globals) *cobra.Command {
	o := &runOptions{globals: g, emu: emulatorOptions{globals: g}}
	cmd := &cobra.Command{
		Use:  "run [flags] [--check [scenario]...] -- <command> [argument]...",
		Args: o.args,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"toml"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.settings(cmd); err != nil {
				return err
			}
			return runRun(cmd.Context(), o)
		},
	}
	addSettings(cmd, "product", "appid", "secret", "token", "aes-key", "url", "mode", "format")
	f := cmd.Flags()
	o.emu.addAddress(cmd)
	addOutFile(f, &o.emu.readyFile, "ready-file")
	f.StringVar(&o.emu.seed, "seed", "", "")
	f.BoolVar(&o.check, "check", false, "")
	f.BoolVar(&o.variables, "env", false, "")
	f.StringVar(&o.dir, "dir", "", "")
	f.BoolVar(&o.emu.open, "open", false, "")
	f.BoolVar(&o.watch, "watch", false, "")
	f.BoolVar(&o.offline, "offline", false, "")
	f.BoolVar(&o.hosts, "hosts", false, "")
	f.BoolVarP(&o.messages, "messages", "m", false, "")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "")
	f.BoolVar(&o.json, "json", false, "")
	addDuration(f, (*time.Duration)(&o.wait), "wait", time.Minute)
	addReport(cmd, &o.report)
	fixedValues(cmd, "wait")
	return cmd
}

// pairs refuses flags that do not go together.
func (o *runOptions) pairs() error {
	given := map[string]bool{
		"--check": o.check, "--env": o.variables, "--watch": o.watch, "--open": o.emu.open, "--hosts": o.hosts, "--json": o.json, "--messages": o.messages,
	}
	for _, p := range [][2]string{
		{"--check", "--watch"},
		{"--check", "--open"},
		{"--check", "--env"},
		{"--env", "--watch"},
		{"--env", "--open"},
		{"--env", "--hosts"},
		{"--env", "--json"},
		{"--env", "--messages"},
	} {
		if given[p[0]] && given[p[1]] {
			return usage(words.ErrNoPair, "a", p[0], "b", p[1])
		}
	}
	return nil
}

// args parts the scenarios from the command, which -- does.
func (o *runOptions) args(cmd *cobra.Command, args []string) error {
	at := cmd.ArgsLenAtDash()
	if at < 0 {
		at = len(args)
	}
	o.scenarios, o.command = args[:at], args[at:]
	switch {
	case o.variables && len(args) > 0:
		return failed(words.RunErrEnvCommand, "given", quoted(args[0]))
	case o.variables:
		return nil
	case len(o.command) == 0 && len(args) > 0:
		return withHint(failed(words.RunErrDash), hint(words.RunHintDash, "command", text.Line(asTyped(args))))
	case len(o.command) == 0:
		return withHint(failed(words.RunErrNoCommand), hint(words.RunHintDash, "command", "npm start"))
	case len(o.scenarios) > 0 && !o.check:
		return withHint(failed(words.RunErrScenarios, "given", quoted(o.scenarios[0])), hint(words.RunHintScenarios))
	}
	return nil
}

// asTyped is how a command is typed.
func asTyped(args []string) string {
	quotedArgs := make([]string, len(args))
	for i, arg := range args {
		if quotedArgs[i] = arg; arg == "" || strings.ContainsAny(arg, " \t\n'\"\\$`*?;&|<>()") {
			quotedArgs[i] = shellQuote(arg)
		}
	}
	return strings.Join(quotedArgs, " ")
}

// settings reads the account and checks the flags.
func (o *runOptions) settings(cmd *cobra.Command) error {
	var err error
	if o.targets, err = parseReport(o.report); err != nil {
		return err
	}
	if err := o.pairs(); err != nil {
		return err
	}
	if len(o.targets) > 0 && !o.check {
		return usage(words.RunErrReport)
	}
	if o.dir != "" && !o.variables {
		return usage(words.RunErrDir)
	}
	if o.wait <= 0 {
		return usage(words.ErrNotPositive, "flag", "--wait", "given", time.Duration(o.wait))
	}
	if err := o.emu.settings(cmd); err != nil {
		return err
	}
	if o.check && o.emu.given.URL == "" {
		return withHint(usage(words.RunErrNoURL), hint(words.HintGiveURL))
	}
	if len(o.command) > 0 {
		if _, err := exec.LookPath(o.command[0]); err != nil {
			return notStarted(o.command[0], err)
		}
	}
	if o.hosts {
		if err := run.CanHosts(); err != nil {
			return withHint(usage(words.RunErrHosts, "error", cause(err)), hint(words.RunHintHosts))
		}
	}
	return nil
}

// notStarted is a mistake of the command line: the command is none.
func notStarted(name string, err error) error {
	var not *run.NotStartedError
	var look *exec.Error
	switch {
	case errors.As(err, &not):
		err = not.Err
	case errors.As(err, &look):
		err = look.Err
	}
	switch {
	case errors.Is(err, exec.ErrNotFound) && strings.Contains(name, " "):
		return withHint(usage(words.RunErrNotFound, "command", quoted(name)), hint(words.RunHintOneWord, "command", text.Line(name)))
	case errors.Is(err, exec.ErrNotFound):
		return withHint(usage(words.RunErrNotFound, "command", quoted(name)), hint(words.RunHintNotFound))
	}
	return withHint(usage(words.RunErrStart, "command", quoted(name), "error", cause(err)), hint(words.RunHintStart, "command", text.Line(name)))
}

func runRun(ctx context.Context, o *runOptions) (err error) {
	s, err := newSession(o)
	if err != nil {
		return err
	}
	defer s.Close()
	defer func() {
		if err != nil {
			o.env.Err = s.own.env.Err // it is told among the lines of the server
		}
	}()
	serving := s.serve()
	if o.variables {
		return s.serveVariables(ctx, serving)
	}
	if o.check {
		return s.checkOnce(ctx)
	}
	return s.stay(ctx)
}

// share lets the server read the files, wherever it runs. What it waits for
// comes last.
func (s *session) share(variables string) error {
	if s.o.dir == "" {
		return nil
	}
	if err := s.kit.WriteVariables(variables); err != nil {
		return err
	}
	return s.folder.Share(s.kit.Files())
}

// serveVariables prints what the server needs that somebody else starts.
func (s *session) serveVariables(ctx context.Context, serving <-chan error) error {
	if err := s.announce(); err != nil {
		return err
	}
	var lines strings.Builder
	for _, v := range s.kit.Variables() {
		fmt.Fprintf(&lines, "export %s=%s\n", v.Name, shellQuote(v.Value))
	}
	s.say(words.RunPage, "url", s.page())
	if err := s.share(lines.String()); err != nil {
		return failed(words.RunErrFolder, "error", cause(err))
	}
	if _, err := io.WriteString(s.o.env.Plain, lines.String()); err != nil {
		return err
	}
	if err := s.ready(); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-serving:
		return err
	}
}
