package wire

import (
	"context"
	"errors"
	"os"
	"slices"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// is reports whether the system gives one of these reasons for err.
func is(err error, ids ...reason.ID) bool {
	r := finding.System(err)
	return r != nil && slices.Contains(ids, r.ID)
}

func isReset(err error) bool { return is(err, reason.ConnectionReset, reason.BrokenPipe) }

// systemReason is what the system said of a connection; what has no reason of
// its own stays as it is.
func systemReason(err error) error {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return finding.Because(reason.NotConnectedInTime).Wrap(err)
	}
	if r := finding.System(err); r != nil {
		return r
	}
	return err
}
