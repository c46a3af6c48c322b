//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// outliveReader lets a write to a pipe without a reader fail, where it would end
// the process.
func outliveReader() { signal.Ignore(syscall.SIGPIPE) }
