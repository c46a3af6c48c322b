//go:build unix

package run

import "golang.org/x/sys/unix"

// setForeground makes a process group the one that the terminal belongs to.
func setForeground(fd, group int) error { return unix.IoctlSetPointerInt(fd, unix.TIOCSPGRP, group) }
