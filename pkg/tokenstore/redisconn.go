package tokenstore

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"strconv"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// What a reply may be. None to the commands of this package comes near: the
// largest is a record, the only array the two numbers of TIME.
const (
	maxReply     = maxDocument
	maxReplyLine = 4 << 10 // of what is not a bulk string
	maxElements  = 16
)

// dial connects to a Redis, with TLS unless config is nil.
func dial(ctx context.Context, network, address string, config *tls.Config) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	if config != nil {
		secure := tls.Client(conn, config)
		if err := secure.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, err
		}
		conn = secure
	}
	return &checkedConn{Conn: conn, in: bufio.NewReaderSize(conn, maxReplyLine)}, nil
}

// checkedConn is a connection that gives only whole replies that keep to the
// limits. The client above it believes what it reads: it recurses as deep as
// arrays are nested, and allocates what a length announces.
type checkedConn struct {
	net.Conn
	in   *bufio.Reader
	rest []byte // of a reply, not read yet
}

// Read implements [net.Conn].
func (c *checkedConn) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		reply, err := readReply(c.in)
		if err != nil {
			return 0, err
		}
		c.rest = reply
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// readReply reads one reply of RESP2, as it is on the wire:
// https://redis.io/docs/latest/develop/reference/protocol-spec/ .
func readReply(in *bufio.Reader) ([]byte, error) {
	var reply []byte
	for missing := 1; missing > 0; missing-- {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			return nil, finding.Because(reason.RedisTooLong, "limit", maxReplyLine)
		}
		if err != nil {
			return nil, err
		}
		first := len(reply) == 0
		reply = append(reply, line...)
		switch line[0] {
		case '*':
			n, err := announced(line)
			if err != nil || !first || n > maxElements {
				return nil, finding.Because(reason.RedisArray, "limit", maxElements)
			}
			missing += max(n, 0)
		case '$':
			n, err := announced(line)
			if err != nil || n > maxReply-len(reply) {
				return nil, finding.Because(reason.RedisTooLong, "limit", maxReply)
			}
			if n < 0 { // a null
				continue
			}
			start := len(reply)
			reply = slices.Grow(reply, n+2)[:start+n+2]
			if _, err := io.ReadFull(in, reply[start:]); err != nil {
				return nil, err
			}
		}
	}
	return reply, nil
}

// announced is the length in a line such as "$5\r\n"; -1 stands for nothing.
func announced(line []byte) (int, error) {
	n, err := strconv.Atoi(string(line[1:max(len(line)-2, 1)]))
	if err == nil && n < -1 {
		err = strconv.ErrRange
	}
	return n, err
}
