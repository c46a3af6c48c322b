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

	"github.com/wxdev/wxdev/internal/config"
	"github.com/wxdev/wxdev/internal/words"
)

// The exit codes of every command; `wxdev help exit-codes` explains them.
const (
	exitOK          = 0
	exitNo          = 1
	exitUsage       = 2
	exitFailed      = 3
	exitInterrupted = 130
)

// Main runs wxdev with args and returns its exit code.
func Main(args []string, env *Env) int { return mainIn(context.Background(), args, env) }

// mainIn is [Main], interrupted when ctx ends.
func mainIn(ctx context.Context, args []string, env *Env) int {
	stop := func() {}
	defer func() { stop() }()

	out := &checkedWriter{w: env.Out}
	checked := *env
	checked.Plain, checked.Stream, checked.Commands = out, env.Out, env.Err
	flush := func() {}
	if inWorkflow(env) {
		stdout, stderr := &harmless{w: out}, &harmless{w: env.Err}
		checked.Plain, checked.Err = stdout, stderr
		flush = func() { _, _ = stdout.Flush(), stderr.Flush() } // stdout's error is kept in out
	}
	checked.masked()
	env = &checked
	cobra.EnableCommandSorting = false // help shows them in the order of the table
	root, g := newRoot(env, args)
	ran, stuck := false, false
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
				var err error
				err, stuck = patiently(signalled, func() error { return run(c, args) })
				return err
			}
		}
	})
	root.SetArgs(protectNumbers(args))
	c, err := root.ExecuteContextC(context.Background())
	flush()
	if stuck {
		g.report(c, nil, exitInterrupted)
		if !out.written {
			g.reportJSON(c, failed(words.CommonInterrupted))
		}
		return exitInterrupted
	}
	code := exitCode(ctx, err, ran)
	if out.err != nil && (code == exitOK || code == exitNo || code == exitInterrupted) {
		err, code = failed(words.ErrStdout, "error", cause(out.err)), exitFailed
	}
	g.report(c, err, code)
	if code != exitOK && code != exitUsage && !out.written {
		if code == exitInterrupted {
			err = failed(words.CommonInterrupted)
		}
		g.reportJSON(c, err)
	}
	flush()
	return code
}

// patience is how long a command may take to end after the first signal. What
// it waits for may be out of reach of any context: a FIFO that nobody writes
// to, a device, a stalled file system.
const patience = 3 * time.Second

// patiently runs a command, and leaves it behind, stuck, when it goes on after a
// signal.
func patiently(signalled <-chan struct{}, run func() error) (err error, stuck bool) {
	done := make(chan error, 1)
	go func() { done <- run() }()
	select {
	case err := <-done:
		return err, false
	case <-signalled:
	}
	select {
	case err := <-done:
		return err, false
	case <-time.After(patience):
		return nil, true
	}
}

// reportJSON prints an outcome for programs, where --json has printed nothing.
func (g *globals) reportJSON(c *cobra.Command, err error) {
	if f := c.Flags().Lookup("json"); f == nil || f.Value.String() != "true" {
		return
	}
	doc := newOutcome(false)
	if doc.Error = g.failure(err); errors.Is(err, errNo) {
		doc.Error = nil
	}
	_ = writeJSON(g.env.Out, doc) // a stdout that takes nothing has its own error
}

// exitCode is the one place that decides it. A usage error is one that came
// before any command began, whatever cobra called it, or one that the command
// found in its own flags, files and settings before it tried anything.
func exitCode(ctx context.Context, err error, ran bool) int {
	var usage usageError
	var conf *config.Error
	var lost unwrittenError
	var ended childError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &ended):
		return ended.code // a command that runs another ends as that does
	case errors.As(err, &lost):
		return exitFailed // also after an interruption, which everybody has seen
	case errors.Is(err, errNo):
		return exitNo
	case ctx.Err() != nil:
		return exitInterrupted
	case !ran, errors.As(err, &usage), errors.As(err, &conf):
		return exitUsage
	}
	return exitFailed
}

func (g *globals) report(c *cobra.Command, err error, code int) {
	if ended := (childError{}); errors.As(err, &ended) {
		return // it has been said
	}
	switch code {
	case exitOK, exitNo:
		return
	case exitInterrupted:
		fmt.Fprintln(g.env.Err, "wxdev: "+g.say(words.CommonInterrupted))
		return
	}
	g.complain(err)
	if code == exitUsage && hintsOf(g.Lang(), err) == nil {
		g.advise(g.say(words.HintUsage, "command", c.CommandPath()))
	}
}

// complain tells of an error that ends the command, or one step of it.
func (g *globals) complain(err error) {
	fmt.Fprintln(g.env.Err, "wxdev: "+g.errorText(err))
	g.advise(hintsOf(g.Lang(), err)...)
}

// warn tells of what does not end the command.
func (g *globals) warn(err error) {
	fmt.Fprintln(g.env.Err, "wxdev: "+g.say(words.CommonWarning, "text", g.errorText(err)))
	g.advise(hintsOf(g.Lang(), err)...)
}

func (g *globals) advise(hints ...string) {
	for _, h := range hints {
		fmt.Fprintln(g.env.Err, g.say(words.CommonHint, "text", h))
	}
}

func walk(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, child := range c.Commands() {
		walk(child, visit)
	}
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
		if errcode.Get().MatchString(arg) {
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
