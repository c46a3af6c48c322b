package wire

import (
	"errors"
	"slices"
	"syscall"
)

// Windows has error numbers of its own for sockets; those of package syscall
// with the Unix names never occur.
func isErrno(err error, numbers ...syscall.Errno) bool {
	var n syscall.Errno
	return errors.As(err, &n) && slices.Contains(numbers, n)
}

func isRefused(err error) bool { return isErrno(err, 10061) }
func isNoRoute(err error) bool { return isErrno(err, 10049, 10051, 10065) }
func isReset(err error) bool   { return isErrno(err, 10053, 10054) }

func isUnreachable(err error) bool { return isErrno(err, 10051) }
