package wire

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// dnsReason is what a resolver said, without its own address.
func dnsReason(err *net.DNSError) error {
	switch {
	case err.IsNotFound:
		return finding.Because(reason.NoSuchHost).Wrap(err)
	case err.IsTimeout:
		return finding.Because(reason.DNSTimeout).Wrap(err)
	case strings.Contains(err.Err, "server misbehaving"):
		return finding.Because(reason.DNSMisbehaving).Wrap(err)
	}
	return errors.New(err.Err)
}

// socketReason is what the system said of a connection; what has no reason of
// its own stays as it is.
func socketReason(err error) error {
	because := func(id reason.ID) error { return finding.Because(id).Wrap(err) }
	switch {
	case isRefused(err):
		return because(reason.ConnectionRefused)
	case isUnreachable(err):
		return because(reason.NetworkUnreachable)
	case isNoRoute(err):
		return because(reason.NoRoute)
	case isReset(err):
		return because(reason.ConnectionReset)
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return because(reason.NotConnectedInTime)
	case errors.Is(err, context.Canceled):
		return because(reason.Canceled)
	}
	return err
}
