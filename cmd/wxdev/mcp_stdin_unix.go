//go:build unix

package main

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// apart moves stdin to a descriptor of its own and leaves an empty one in its
// place, so that a tool that is told to read /dev/stdin does not take the messages
// of the client. Without a file, otherwise is what is read.
func apart(stdin *os.File, otherwise io.Reader) (io.Reader, error) {
	if stdin == nil {
		return otherwise, nil
	}
	own, err := unix.FcntlInt(stdin.Fd(), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, err
	}
	empty, err := os.Open(os.DevNull)
	if err != nil {
		return nil, err
	}
	defer empty.Close()
	if err := unix.Dup2(int(empty.Fd()), int(stdin.Fd())); err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(own), stdin.Name()), nil
}
