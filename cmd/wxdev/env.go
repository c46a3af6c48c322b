package main

import (
	"context"
	"crypto/rand"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/wxdev/wxdev/internal/redact"
)

// Env is all that a command may know of the world around it. Tests build
// their own; [SystemEnv] is the real one.
type Env struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer

	Known    *redact.Redactor // the secrets that Out, Err and Commands hide; the config's, as soon as it is read
	Plain    io.Writer        // Out, but it hides no secret: for what is made to show one, and for bytes that must arrive as they are
	Stream   io.Writer        // Out as it is, and unchecked: for what has no end but that of its reader; nil is Plain
	Commands io.Writer        // for what a CI runner is to obey: Err, but for [harmless]

	Std [3]*os.File // stdin, stdout and stderr as they are, for a program that is run; nil where Env is made up

	InTTY, OutTTY, ErrTTY bool
	Keyboard              *os.File // stdin where it is a terminal, for what is not to be shown
	Screen                *os.File // stdout where it is a terminal, for what takes all of it
	Width                 int      // columns of Out's terminal; 80 without one

	LookupEnv func(string) (string, bool)
	Now       func() time.Time
	Rand      io.Reader

	Open      func(name string) (*os.File, error) // opens what the command line names; nil is [os.Open]
	Getwd     func() (string, error)
	ConfigDir func() (string, error) // the user's, not wxdev's own folder in it
	CacheDir  func() (string, error) // the user's, too
}

// SystemEnv is the process's own environment.
func SystemEnv() *Env {
	env := &Env{
		Std: [3]*os.File{os.Stdin, os.Stdout, os.Stderr},
		In:  os.Stdin, Out: os.Stdout, Err: os.Stderr,
		InTTY:     term.IsTerminal(int(os.Stdin.Fd())),
		OutTTY:    term.IsTerminal(int(os.Stdout.Fd())),
		ErrTTY:    term.IsTerminal(int(os.Stderr.Fd())),
		Width:     80,
		LookupEnv: os.LookupEnv,
		Now:       time.Now,
		Rand:      rand.Reader,
		Getwd:     os.Getwd,
		ConfigDir: os.UserConfigDir,
		CacheDir:  os.UserCacheDir,
	}
	if env.InTTY {
		env.Keyboard = os.Stdin
	}
	if env.OutTTY {
		env.Screen = os.Stdout
		if w, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil && w > 20 {
			env.Width = w
		}
	}
	return env
}

// Asks reports whether somebody is there to be asked. CI systems say so in CI,
// and some of them give a job a terminal.
func (e *Env) Asks() bool { return e.InTTY && e.ErrTTY && e.Getenv("CI") == "" }

// interruptible ends with ctx: a read from a terminal or a pipe does not end
// by itself on Ctrl-C, so it is left behind then.
type interruptible struct {
	ctx context.Context
	in  io.Reader
}

func (r interruptible) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	type result struct {
		n   int
		err error
	}
	b, done := make([]byte, len(p)), make(chan result, 1) // p is not ours once Read has returned
	go func() {
		n, err := r.in.Read(b)
		done <- result{n, err}
	}()
	select {
	case got := <-done:
		return copy(p, b[:got.n]), got.err
	case <-r.ctx.Done():
		return 0, r.ctx.Err()
	}
}

// Getenv is LookupEnv for callers that treat unset and empty alike.
func (e *Env) Getenv(name string) string {
	v, _ := e.LookupEnv(name)
	return v
}
