// Package terminal is what is special about a terminal: how wide a text is, in
// [Columns]; a long one shown a screen at a time, by [Page]; and a list that grows
// while somebody moves in it, looks closer and filters: a [List], on a [Screen] by
// [Live].
package terminal

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Lookup finds a variable of the environment, as os.LookupEnv does.
type Lookup func(name string) (string, bool)

// Page shows a text on out, a terminal, through the user's pager: what PAGER
// says, else less where there is one. NO_PAGER, an empty PAGER, cat and a dumb
// terminal mean none. It reports whether the text was shown; when it was not,
// as without a pager or with one that does not start, the caller prints it.
//
// How the user leaves the pager is no error. While it runs, Ctrl-C is for it
// alone; from then on it ends the program, whoever had asked to be told.
func Page(ctx context.Context, out *os.File, env Lookup, text []byte) bool {
	command := pager(env)
	if len(command) == 0 || len(text) == 0 {
		return false
	}
	c := exec.CommandContext(ctx, command[0], command[1:]...)
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) } // it puts the terminal right first
	c.WaitDelay = time.Second
	c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(text), out, out
	c.Env = c.Environ()
	for name, value := range map[string]string{
		"LESS":        "FRX", // leave at once what fits the screen, show colours, leave the text there
		"LESSCHARSET": "utf-8",
	} {
		if _, set := env(name); !set {
			c.Env = append(c.Env, name+"="+value)
		}
	}
	if err := c.Start(); err != nil {
		return false
	}
	signal.Ignore(os.Interrupt) // after the start, or the pager would ignore it too
	defer signal.Reset(os.Interrupt)
	return !unknown(c.Wait())
}

// unknown says of an error that the shell did not find the pager, or could not
// run it.
func unknown(err error) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && (exit.ExitCode() == 126 || exit.ExitCode() == 127)
}

// forShell is what only a shell understands in a command.
const forShell = "|&;<>()$`\\\"'*?[#~=%\n"

// pager is the command to run, empty for none.
func pager(env Lookup) []string {
	if no, _ := env("NO_PAGER"); no != "" {
		return nil
	}
	if terminal, _ := env("TERM"); terminal == "dumb" {
		return nil
	}
	switch own, set := env("PAGER"); {
	case set && (strings.TrimSpace(own) == "" || own == "cat"):
		return nil
	case set && strings.ContainsAny(own, forShell) && runtime.GOOS != "windows":
		return []string{"sh", "-c", own}
	case set:
		return strings.Fields(own) // no shell between, which passes no signal on
	}
	if less, err := exec.LookPath("less"); err == nil {
		return []string{less}
	}
	return nil
}
