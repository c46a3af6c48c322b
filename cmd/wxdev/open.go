package main

import (
	"errors"
	"os/exec"
	"runtime"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/words"
)

// openers start the browser of who works here, by operating system; all others
// have the first.
var openers = lazy.Value[map[string][]string]{Make: func() map[string][]string {
	return map[string][]string{
		"":        {"xdg-open"},
		"darwin":  {"open"},
		"windows": {"rundll32", "url.dll,FileProtocolHandler"},
	}
}}

// openPage shows a page in the browser. It does not wait: some openers stay as
// long as the browser does.
func openPage(url string) error {
	args := openers.Get()[runtime.GOOS]
	if args == nil {
		args = openers.Get()[""]
	}
	cmd := exec.Command(args[0], append(args[1:len(args):len(args)], url)...)
	if err := cmd.Start(); err != nil {
		return noOpener(args[0], err)
	}
	go func() { _ = cmd.Wait() }() // what the browser says of itself is not ours
	return nil
}

// noOpener says why the browser was not started.
func noOpener(command string, err error) error {
	if errors.Is(err, exec.ErrNotFound) {
		return failed(words.RunErrNotFound, "command", quoted(command))
	}
	return err
}
