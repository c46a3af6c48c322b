package wire

import (
	"bytes"
	"context"
	"net"
	"sync/atomic"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// Conn does what [Sender.Do] does with memory that it uses again: a load test
// sends with it. One goroutine may use it, but for Abort. Of the times of its
// exchanges only the total is known.
type Conn struct {
	route *Route
	keep  bool
	chunk []byte

	stream  net.Conn // nil without a connection
	socket  atomic.Pointer[net.Conn]
	aborted atomic.Bool
	spent   bool     // stream is not for another request
	opened  Exchange // what is known of the connection

	ex     *Exchange // the last one
	given  bool      // it was given away
	buffer []byte    // for what it received
	parser parser
}

// Do sends a request, of which all holds the bytes, and reads its answer. The
// exchange and all that is in it are valid until the next call, or for good if
// Keep is called. The Cuts of the request are not made.
//
// A request that finds its kept connection closed, before a byte of an answer, is
// sent on a new one within the same time.
func (c *Conn) Do(ctx context.Context, r *Request, all []byte) *Exchange {
	start := time.Now()
	deadline := start.Add(c.route.sender.timeout())
	if c.spent {
		c.Close()
	}
	kept := c.stream != nil
	fail := c.exchange(ctx, deadline, r, all)
	if fail != nil && kept && (fail.Kind == Closed || fail.Kind == Reset) && len(c.ex.Received) == 0 {
		c.Close()
		fail = c.exchange(ctx, deadline, r, all)
	}
	ex := c.ex
	if fail != nil {
		ex.Err = fail
	}
	ex.Times.Total = time.Since(start)
	switch {
	case !c.aborted.Load():
	case ex.Err != nil:
		ex.Err = canceled()
	case ex.End == EndTimeout:
		ex.End = EndCanceled
	}
	return ex
}

func canceled() *Error { return &Error{Kind: Canceled, Err: context.Canceled} }

// exchange leaves the connection as it is after a timeout, for Detach.
func (c *Conn) exchange(ctx context.Context, deadline time.Time, r *Request, all []byte) *Error {
	c.begin(r, all)
	if c.stream == nil {
		if fail := c.open(ctx, deadline); fail != nil {
			return fail
		}
	}
	ex := c.ex
	ex.Address, ex.Addresses, ex.TLS, ex.Certs = c.opened.Address, c.opened.Addresses, c.opened.TLS, c.opened.Certs
	c.spent = true
	fail := c.talk(deadline, all)
	switch {
	case fail != nil && fail.Kind == Timeout, fail == nil && ex.End == EndTimeout:
	case fail == nil && c.lasts():
		c.spent = false
	default:
		c.Close()
	}
	return fail
}

// begin prepares the memory for an exchange.
func (c *Conn) begin(r *Request, all []byte) {
	if c.ex == nil || c.given {
		c.given = false
		c.ex, c.buffer, c.parser.room = new(Exchange), make([]byte, 0, 1<<10), new(Response)
	}
	*c.ex = Exchange{Request: r, Sent: all, Received: c.buffer[:0]}
	c.parser = parser{http11: r.Proto == "HTTP/1.1", heads: &c.route.heads, room: c.parser.room}
}

func (c *Conn) talk(deadline time.Time, all []byte) *Error {
	if err := c.stream.SetDeadline(deadline); err != nil {
		return &Error{Kind: Dial, Err: err}
	}
	if c.aborted.Load() { // before its deadline was undone
		return canceled()
	}
	if _, err := c.stream.Write(all); err != nil && !isReset(err) {
		return readError(err)
	}
	return c.receive()
}

func (c *Conn) receive() *Error {
	fail := c.parser.receive(c.stream, c.ex, c.chunk, time.Time{})
	c.buffer = c.ex.Received
	return fail
}

// lasts reports whether the connection serves for another request.
func (c *Conn) lasts() bool {
	return c.keep && c.ex.End == EndLength && c.parser.keeps && len(c.ex.Received) == c.parser.size
}

// open connects.
func (c *Conn) open(ctx context.Context, deadline time.Time) *Error {
	r := c.route
	c.opened = Exchange{Addresses: r.addresses}
	ctx = until{ctx, deadline}
	conn, fail := r.sender.dial(ctx, &c.opened, r.port, deadline)
	if fail != nil {
		c.ex.Address = c.opened.Address
		return fail
	}
	c.stream = conn
	c.socket.Store(&conn)
	if r.url.Scheme != "https" {
		return nil
	}
	if err := conn.SetDeadline(deadline); err != nil {
		return &Error{Kind: Dial, Err: err}
	}
	secured, fail := r.sender.handshake(ctx, &c.opened, conn, r.url.Hostname())
	if fail != nil {
		c.ex.Address, c.ex.TLS, c.ex.Certs = c.opened.Address, c.opened.TLS, c.opened.Certs
		c.Close()
		return fail
	}
	c.stream = secured
	return nil
}

// Keep gives the last exchange away: it stays as it is.
func (c *Conn) Keep() { c.given = true }

// Close closes the connection, if there is one. What is sent later opens another.
// A connection whose answer has come leaves nothing to wait for behind: a load on
// new connections would use up the ports of this machine.
func (c *Conn) Close() {
	if c.stream == nil {
		return
	}
	if tcp, ok := c.stream.(*net.TCPConn); ok && c.ex != nil && c.ex.Complete() {
		_ = tcp.SetLinger(0)
	}
	_ = c.stream.Close()
	c.stream, c.spent = nil, false
	c.socket.Store(nil)
}

// Abort ends what Do is waiting for, now and later. Any goroutine may call it.
func (c *Conn) Abort() {
	c.aborted.Store(true)
	if conn := c.socket.Load(); conn != nil {
		_ = (*conn).SetDeadline(time.Unix(1, 0))
	}
}

// Late is the connection of an exchange that was cut off for its time.
type Late struct{ conn *Conn }

// Detach gives away the connection of the last exchange, which timed out. It is closed for sending, which is what the server
// sees of a client that closes it. It returns nil where there is nothing to hear:
// no connection was made, or it was TLS.
func (c *Conn) Detach() *Late {
	tcp, ok := c.stream.(*net.TCPConn)
	if !ok || !c.spent || tcp.CloseWrite() != nil {
		return nil
	}
	ex, p := *c.ex, c.parser
	ex.Received = bytes.Clone(ex.Received)
	if p.response != nil {
		response := *p.response
		p.response, ex.Response = &response, &response
	}
	l := &Late{&Conn{route: c.route, chunk: make([]byte, 2<<10), stream: c.stream, ex: &ex, parser: p}}
	l.conn.socket.Store(c.socket.Load())
	c.stream, c.spent = nil, false
	c.socket.Store(nil)
	return l
}

// Hear reads on until the answer is whole, or the time is over, and closes the
// connection. The exchange is that which timed out, with what came since.
func (l *Late) Hear(deadline time.Time) *Exchange {
	c := l.conn
	defer c.Close()
	c.ex.Err, c.ex.End = nil, EndNone
	fail := &Error{Kind: Timeout, Err: finding.Because(reason.TimedOut)}
	if c.stream.SetDeadline(deadline) == nil && !c.aborted.Load() {
		fail = c.receive()
	}
	if fail != nil {
		c.ex.Err = fail
	}
	return c.ex
}

// Abort ends Hear.
func (l *Late) Abort() { l.conn.Abort() }
