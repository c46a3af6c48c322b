package export

import (
	"errors"
	"io"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/push"
)

// Vegeta writes targets for `vegeta attack -lazy -format json`, one a line, each
// a message that next makes, signed and encrypted for p at the moment it is
// written. It goes on until the reader of w is gone, which is no error.
//
// It makes no more than w takes: what waits in a pipe grows old, and a server may
// compare timestamps with its clock.
func Vegeta(w io.Writer, p *push.Pusher, next func() *message.Message) error {
	var lines []byte
	made := forms{pusher: p, known: map[kind]form{}}
	for {
		built, err := p.Build(next())
		if err != nil {
			return err
		}
		lines = made.append(lines, built)
		if len(lines) < chunk {
			continue
		}
		if _, err := w.Write(lines); err != nil {
			if readerGone(err) {
				return nil
			}
			return err
		}
		lines = lines[:0]
	}
}

// chunk is how much is written at once: a system call for each target would
// take longer than making it.
const chunk = 2 << 10

// readerGone reports whether a pipe has nobody at its other end.
func readerGone(err error) bool {
	why := finding.System(err)
	return errors.Is(err, io.ErrClosedPipe) || why != nil && why.ID == reason.BrokenPipe
}
