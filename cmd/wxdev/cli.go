package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/finding"
)

// The exit codes of every command; `wxdev help exit-codes` explains them.
const (
	exitOK          = 0
	exitNo          = 1
	exitUsage       = 2
	exitFailed      = 3
	exitInterrupted = 130
)

// errNo is returned by a command whose check ran and whose answer is no: the
// report is already on stdout, so nothing more is printed.
var errNo = errors.New("the answer is no")

// usageError is a mistake in the command line that only the command itself
// could see, after flags were parsed.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

// hintedError carries, below the error, lines that say what to do.
type hintedError struct {
	error
	hints []string
}

func (e hintedError) Unwrap() error { return e.error }

// withHint adds hints below those that err has already.
func withHint(err error, hints ...string) error {
	var inner hintedError
	if errors.As(err, &inner) {
		hints = slices.Concat(inner.hints, hints)
	}
	return hintedError{err, hints}
}

// fileError makes a mistake in a TOML file one of the command line: nothing
// was tried.
func fileError(err error) error {
	var at *finding.FileError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &at) && at.Hint != "":
		return withHint(usageError{err}, at.Hint)
	}
	return usageError{err}
}

// Main runs wxdev with args and returns its exit code.
func Main(args []string, env *Env) int {
	ctx, stop := context.Background(), func() {}
	defer func() { stop() }()

	out := &checkedWriter{w: env.Out}
	checked := *env
	checked.Out, checked.Commands = out, env.Err
	flush := func() {}
	if inWorkflow(env) {
		stdout, stderr := &harmless{w: out}, &harmless{w: env.Err}
		checked.Out, checked.Err = stdout, stderr
		flush = func() { _, _ = stdout.Flush(), stderr.Flush() } // stdout's error is kept in out
	}
	env = &checked
	cobra.EnableCommandSorting = false // help shows them in the order of the table
	root := newRoot(env, args)
	ran := false
	signalled := make(chan struct{})
	walk(root, func(c *cobra.Command) {
		if run := c.RunE; run != nil {
			c.RunE = func(c *cobra.Command, args []string) error {
				ran = true
				// Only from here on is there something to interrupt; help and
				// the version do not pay for it.
				ctx, stop = signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
				context.AfterFunc(ctx, func() {
					stop() // a second Ctrl-C ends the process at once
					close(signalled)
				})
				c.SetContext(ctx)
				env.In = interruptible{ctx, env.In}
				return run(c, args)
			}
		}
	})
	root.SetArgs(protectNumbers(args))
	c, err, ended := runRoot(root, signalled)
	flush()
	if !ended {
		report(env, c, nil, exitInterrupted)
		return exitInterrupted
	}
	code := exitCode(ctx, err, ran)
	if out.err != nil && (code == exitOK || code == exitNo) {
		err, code = fmt.Errorf("write to stdout: %w", out.err), exitFailed
	}
	report(env, c, err, code)
	if code == exitFailed && !out.written {
		reportJSON(env, c, err)
	}
	flush()
	return code
}

// patience is how long a command may take to end after the first signal. What
// it waits for may be out of reach of any context: a FIFO that nobody writes
// to, a device, a stalled file system.
const patience = 3 * time.Second

// runRoot runs the command. It reports false for one that a signal did not end.
func runRoot(root *cobra.Command, signalled <-chan struct{}) (c *cobra.Command, err error, ended bool) {
	done := make(chan struct{})
	var ran *cobra.Command
	var failed error
	go func() {
		defer close(done)
		ran, failed = root.ExecuteContextC(context.Background())
	}()
	select {
	case <-done:
		return ran, failed, true
	case <-signalled:
	}
	select {
	case <-done:
		return ran, failed, true
	case <-time.After(patience):
		return root, nil, false
	}
}

// failureJSON is what --json prints when it could not be done.
type failureJSON struct {
	SchemaVersion int          `json:"schema_version"`
	OK            bool         `json:"ok"`
	Error         failureCause `json:"error"`
}

type failureCause struct {
	Code    int      `json:"errcode,omitempty"` // of the API
	Rid     string   `json:"rid,omitempty"`
	Message string   `json:"message"`
	Hints   []string `json:"hints,omitempty"`
}

// reportJSON prints an error for programs, where --json has printed nothing.
func reportJSON(env *Env, c *cobra.Command, err error) {
	if f := c.Flags().Lookup("json"); f == nil || f.Value.String() != "true" {
		return
	}
	doc := failureJSON{SchemaVersion: schemaVersion, Error: failureCause{Message: err.Error()}}
	var hinted hintedError
	if errors.As(err, &hinted) {
		doc.Error.Hints = hinted.hints
	}
	var failed *api.Error
	if errors.As(err, &failed) {
		doc.Error.Code, doc.Error.Rid = failed.Code, failed.Rid
	}
	_ = writeJSON(env.Out, doc) // a stdout that takes nothing has its own error
}

// exitCode is the one place that decides it. A usage error is one that came
// before any command began, whatever cobra called it, or one that the command
// found in its own flags, files and settings before it tried anything.
func exitCode(ctx context.Context, err error, ran bool) int {
	var usage usageError
	var conf *config.Error
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errNo):
		return exitNo
	case ctx.Err() != nil:
		return exitInterrupted
	case !ran, errors.As(err, &usage), errors.As(err, &conf):
		return exitUsage
	}
	return exitFailed
}

func report(env *Env, c *cobra.Command, err error, code int) {
	switch code {
	case exitOK, exitNo:
		return
	case exitInterrupted:
		fmt.Fprintln(env.Err, "wxdev: interrupted")
		return
	}
	fmt.Fprintf(env.Err, "wxdev: %v\n", err)
	var hinted hintedError
	var conf *config.Error
	switch {
	case errors.As(err, &hinted):
		for _, h := range hinted.hints {
			fmt.Fprintf(env.Err, "hint: %s\n", h)
		}
	case errors.As(err, &conf) && conf.Hint != "":
		fmt.Fprintf(env.Err, "hint: %s\n", conf.Hint)
	case code == exitUsage:
		fmt.Fprintf(env.Err, "hint: '%s --help' shows how it is used\n", c.CommandPath())
	}
}

func walk(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, child := range c.Commands() {
		walk(child, visit)
	}
}

// flagError names the flag that was probably meant.
func flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) || len(unknown.GetSpecifiedName()) < 2 {
		return err
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if best := text.Nearest(unknown.GetSpecifiedName(), names); best != "" {
		return withHint(err, "did you mean --"+best+"?")
	}
	return err
}

// protectNumbers lets `wxdev explain -40001` be typed: a negative code is no
// flag. Codes go after all flags, where nothing is taken for one.
func protectNumbers(args []string) []string {
	at := commandAt(args)
	if at >= len(args) || args[at] != "explain" || slices.Contains(args, "--") {
		return args
	}
	rest, codes := slices.Clone(args[:at]), []string{"--"}
	for _, arg := range args[at:] {
		if errcode().MatchString(arg) {
			codes = append(codes, arg)
		} else {
			rest = append(rest, arg)
		}
	}
	if len(codes) == 1 {
		return args
	}
	return append(rest, codes...)
}

// commandAt is the index of the command's name: the flags that every command
// has may come before it.
func commandAt(args []string) int {
	i := 0
	for i < len(args) && strings.HasPrefix(args[i], "-") {
		if name := strings.TrimPrefix(args[i], "--"); slices.Contains([]string{"config", "profile", "lang", "color"}, name) {
			i++ // its value
		}
		i++
	}
	return i
}

// oneValue is for commands that take a thing and its text, which the shell
// splits where it is in no quotes.
func oneValue(example string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > 2 {
			return withHint(fmt.Errorf("unexpected argument %q", args[2]), "put the text in quotes: "+example)
		}
		return nil
	}
}

// exactly is for commands whose arguments have names.
func exactly(names ...string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return fmt.Errorf("there is no %s", names[len(args)])
		case len(args) > len(names):
			return fmt.Errorf("unexpected argument %q", args[len(names)])
		}
		return nil
	}
}

// noArgs is for commands that take none; a URL among them was meant for --url.
func noArgs(c *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case strings.Contains(args[0], "://") && c.Flags().Lookup("url") != nil:
		return withHint(fmt.Errorf("unexpected argument %q", args[0]), "give the URL with --url")
	}
	return fmt.Errorf("unexpected argument %q", args[0])
}

// helpArgs gives help of what does not exist an error, where cobra would print
// that of the root and succeed.
func helpArgs(c *cobra.Command, args []string) error {
	found, rest, err := c.Root().Find(args)
	if err == nil && len(rest) == 0 {
		return nil
	}
	err = groupArgs(found, append(rest, args...)[:1])
	if hinted := (hintedError{}); !errors.As(err, &hinted) {
		err = withHint(err, "'"+found.CommandPath()+" --help' lists the commands")
	}
	return err
}

// groupArgs gives a mistyped subcommand an error where cobra would print
// help and succeed.
func groupArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := fmt.Errorf("unknown command %q for %q", args[0], c.CommandPath())
	c.SuggestionsMinimumDistance = 2 // letters that differ
	if s := c.SuggestionsFor(args[0]); len(s) > 0 {
		return withHint(err, "did you mean "+strings.Join(s, " or ")+"?")
	}
	return err
}
