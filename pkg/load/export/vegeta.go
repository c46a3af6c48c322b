package export

import (
	"encoding/base64"
	"errors"
	"io"

	"github.com/wxdev/wxdev/internal/wxjson"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/wire"
)

// Vegeta writes targets for `vegeta attack -lazy -format json`, one a line, each
// a message that next makes, signed and encrypted for p at the moment it is
// written. It goes on until the reader of w is gone, which is no error.
//
// It makes no more than w takes: what waits in a pipe grows old, and a server may
// compare timestamps with its clock.
func Vegeta(w io.Writer, p *push.Pusher, next func() *message.Message) error {
	var lines []byte
	for {
		built, err := p.Build(next())
		if err != nil {
			return err
		}
		req := built.Request(p.URL)
		for _, f := range p.Header {
			req = req.With(f.Name, f.Value)
		}
		lines = appendTarget(lines, req)
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

// appendTarget appends a request as vegeta reads it. What a client of HTTP writes
// by itself is left out.
func appendTarget(dst []byte, r *wire.Request) []byte {
	dst = append(dst, `{"method":"POST","url":`...)
	dst = wxjson.AppendString(dst, r.URL)
	dst = append(dst, `,"header":{`...)
	first := true
	for _, f := range r.Header {
		if f.Name == "Host" || f.Name == "Content-Length" {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = wxjson.AppendString(dst, f.Name)
		dst = append(dst, ":["...)
		dst = wxjson.AppendString(dst, f.Value)
		dst = append(dst, ']')
	}
	dst = append(dst, `},"body":"`...)
	dst = base64.StdEncoding.AppendEncode(dst, r.Body)
	return append(dst, "\"}\n"...)
}
