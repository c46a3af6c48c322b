package finding

import (
	"syscall"

	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// errnoID is the reason of an error number, or "". Windows has numbers of its
// own, for sockets too: those of package syscall with the Unix names never
// occur.
func errnoID(n syscall.Errno) reason.ID {
	switch n {
	case 2, 3:
		return reason.NoSuchFile
	case 80, 183:
		return reason.FileExists
	case 5:
		return reason.PermissionDenied
	case 1314:
		return reason.NotPermitted
	case 267:
		return reason.NotDirectory
	case 145:
		return reason.DirectoryNotEmpty
	case 39, 112:
		return reason.NoSpace
	case 19:
		return reason.ReadOnly
	case 206:
		return reason.NameTooLong
	case 4:
		return reason.TooManyFiles
	case 17:
		return reason.OtherDevice
	case 32, 33:
		return reason.InUse
	case 87, 123:
		return reason.InvalidArgument
	case 8, 14:
		return reason.NoMemory
	case 109, 232:
		return reason.BrokenPipe
	case 10048:
		return reason.AddressInUse
	case 10049:
		return reason.AddressNotHere
	case 10061:
		return reason.ConnectionRefused
	case 10053, 10054:
		return reason.ConnectionReset
	case 10065:
		return reason.NoRoute
	case 10050, 10051:
		return reason.NetworkUnreachable
	case 10060:
		return reason.ConnectionTimedOut
	case 10013:
		return reason.PermissionDenied
	}
	return ""
}
