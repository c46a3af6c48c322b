package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// pipeSize is how much waits in a pipe that is narrowed: twenty targets or so.
const pipeSize = 16 << 10

// narrow makes a pipe hold less, so that nothing grows old in it. What is no pipe
// stays as it is.
func narrow(f *os.File) {
	if f != nil {
		_, _ = unix.FcntlInt(f.Fd(), unix.F_SETPIPE_SZ, pipeSize)
	}
}
