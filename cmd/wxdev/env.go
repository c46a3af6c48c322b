package main

import (
	"crypto/rand"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// Env is all that a command may know of the world around it. Tests build
// their own; [SystemEnv] is the real one.
type Env struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer

	InTTY, OutTTY, ErrTTY bool
	Width                 int // columns of the terminal behind Out; 80 without one

	LookupEnv func(string) (string, bool)
	Now       func() time.Time
	Rand      io.Reader

	Getwd     func() (string, error)
	ConfigDir func() (string, error) // the user's, not wxdev's own folder in it
	CacheDir  func() (string, error) // the user's, too
}

// SystemEnv is the process's own environment.
func SystemEnv() *Env {
	env := &Env{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
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
	if env.OutTTY {
		if w, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil && w > 20 {
			env.Width = w
		}
	}
	return env
}

// Getenv is LookupEnv for callers that treat unset and empty alike.
func (e *Env) Getenv(name string) string {
	v, _ := e.LookupEnv(name)
	return v
}
