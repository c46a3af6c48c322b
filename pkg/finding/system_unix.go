//go:build !windows

package finding

import (
	"syscall"

	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// errnoID is the reason of an error number, or "".
func errnoID(n syscall.Errno) reason.ID {
	switch n {
	case syscall.ENOENT:
		return reason.NoSuchFile
	case syscall.EEXIST:
		return reason.FileExists
	case syscall.EACCES:
		return reason.PermissionDenied
	case syscall.EPERM:
		return reason.NotPermitted
	case syscall.EISDIR:
		return reason.IsDirectory
	case syscall.ENOTDIR:
		return reason.NotDirectory
	case syscall.ENOTEMPTY:
		return reason.DirectoryNotEmpty
	case syscall.ENOSPC:
		return reason.NoSpace
	case syscall.EDQUOT:
		return reason.QuotaExceeded
	case syscall.EROFS:
		return reason.ReadOnly
	case syscall.EFBIG:
		return reason.FileTooLarge
	case syscall.ENAMETOOLONG:
		return reason.NameTooLong
	case syscall.EMFILE, syscall.ENFILE:
		return reason.TooManyFiles
	case syscall.ELOOP:
		return reason.TooManyLinks
	case syscall.EXDEV:
		return reason.OtherDevice
	case syscall.EBUSY, syscall.ETXTBSY:
		return reason.InUse
	case syscall.ENXIO, syscall.ENODEV:
		return reason.NoDevice
	case syscall.EIO:
		return reason.InputOutput
	case syscall.EINVAL:
		return reason.InvalidArgument
	case syscall.ENOMEM:
		return reason.NoMemory
	case syscall.EPIPE:
		return reason.BrokenPipe
	case syscall.EADDRINUSE:
		return reason.AddressInUse
	case syscall.EADDRNOTAVAIL:
		return reason.AddressNotHere
	case syscall.ECONNREFUSED:
		return reason.ConnectionRefused
	case syscall.ECONNRESET, syscall.ECONNABORTED:
		return reason.ConnectionReset
	case syscall.EHOSTUNREACH:
		return reason.NoRoute
	case syscall.ENETUNREACH, syscall.ENETDOWN:
		return reason.NetworkUnreachable
	case syscall.ETIMEDOUT:
		return reason.ConnectionTimedOut
	}
	return ""
}
