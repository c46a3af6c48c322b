package wire

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// Sender delivers requests. The zero value does it as WeChat does.
type Sender struct {
	Timeout time.Duration  // for the whole exchange; 0 is [DefaultTimeout]
	Only    netip.Addr     // connect to this address alone, whatever the name says
	Roots   *x509.CertPool // nil is the system's
	MaxTLS  uint16         // the newest TLS version to offer, such as tls.VersionTLS12; 0 is any
	NoSNI   bool           // leave the host name out of the TLS handshake

	// Resolve and Dial stand in for the system's, in tests.
	Resolve func(ctx context.Context, host string) ([]netip.Addr, error)
	Dial    func(ctx context.Context, network, address string) (net.Conn, error)
}

// Do delivers r on a new connection. It always returns an exchange; what went
// wrong is in its Err and End.
func (s *Sender) Do(ctx context.Context, r *Request) *Exchange {
	start := time.Now()
	deadline := start.Add(s.timeout())
	bounded, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()

	ex := &Exchange{Request: r}
	if fail := s.exchange(bounded, deadline, ex); fail != nil {
		ex.Err = fail // a nil *Error would make an Err that is not nil
	}
	ex.Times.Total = time.Since(start)
	switch { // a deadline in the past looks like one that passed
	case ctx.Err() == nil:
	case ex.Err != nil:
		ex.Err = &Error{Kind: Canceled, Err: ctx.Err()}
	case ex.End == EndTimeout:
		ex.End = EndCanceled
	}
	return ex
}

// Connect opens a connection to the address of an exchange, closes it again
// without having sent a byte, and returns nil, or the [*Error] that kept it from
// that. It is for asking whether anybody still listens.
func (s *Sender) Connect(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	conn, err := s.connect(ctx, address)
	if err != nil {
		return dialError(err)
	}
	_ = conn.Close()
	return nil
}

func (s *Sender) timeout() time.Duration {
	if s.Timeout > 0 {
		return s.Timeout
	}
	return DefaultTimeout
}

// dialer sends no probes: no connection is kept for as long as that takes.
var dialer = net.Dialer{KeepAlive: -1}

func (s *Sender) connect(ctx context.Context, address string) (net.Conn, error) {
	if s.Dial != nil {
		if at, ok := ctx.Deadline(); ok {
			bounded, cancel := context.WithDeadline(ctx, at) // an until has no Done of its own
			defer cancel()
			ctx = bounded
		}
		return s.Dial(ctx, "tcp", address)
	}
	return dialer.DialContext(ctx, "tcp", address)
}

func (s *Sender) exchange(ctx context.Context, deadline time.Time, ex *Exchange) *Error {
	u, err := CheckURL(ex.Request.URL)
	if err != nil {
		return &Error{Kind: Dial, Err: err}
	}
	conn, fail := s.open(ctx, ex, u, deadline)
	if fail != nil {
		return fail
	}
	defer conn.Close()
	if err := conn.SetDeadline(deadline); err != nil {
		return &Error{Kind: Dial, Err: err}
	}
	// A deadline in the past ends any read that the caller no longer wants.
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	stream := conn
	if u.Scheme == "https" {
		tlsConn, fail := s.handshake(ctx, ex, conn, u.Hostname())
		if fail != nil {
			return fail
		}
		stream = tlsConn
	}

	ex.Sent = ex.Request.Bytes()
	sent, err := write(ctx, stream, ex.Request, ex.Sent)
	if err != nil && !isReset(err) {
		return readError(err)
	}
	// After a reset while writing, an answer may still be waiting: a server
	// that refuses early says so before it has read everything.
	return receive(stream, ex, sent)
}

// open connects to the server of a URL.
func (s *Sender) open(ctx context.Context, ex *Exchange, u *url.URL, deadline time.Time) (net.Conn, *Error) {
	_, port, _ := net.SplitHostPort(HostPort(u))
	if fail := s.resolve(ctx, ex, u.Hostname()); fail != nil {
		return nil, fail
	}
	return s.dial(ctx, ex, port, deadline)
}

func (s *Sender) resolve(ctx context.Context, ex *Exchange, host string) *Error {
	if s.Only.IsValid() {
		ex.Addresses = []netip.Addr{s.Only}
		return nil
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		ex.Addresses = []netip.Addr{ip}
		return nil
	}
	start := time.Now()
	resolve := s.Resolve
	if resolve == nil {
		resolve = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	addrs, err := resolve(ctx, host)
	ex.Times.DNS = time.Since(start)
	if err == nil && len(addrs) == 0 {
		err = finding.Because(reason.NoAddress, "host", host)
	}
	if err != nil {
		var dns *net.DNSError
		if errors.As(err, &dns) {
			err = systemReason(dns)
		}
		return &Error{Kind: DNS, Err: err}
	}
	for _, a := range addrs {
		if a = a.Unmap(); !slices.Contains(ex.Addresses, a) {
			ex.Addresses = append(ex.Addresses, a)
		}
	}
	// IPv4 first: what is known of WeChat's calls is all IPv4.
	slices.SortStableFunc(ex.Addresses, func(a, b netip.Addr) int {
		switch {
		case a.Is4() == b.Is4():
			return 0
		case a.Is4():
			return -1
		}
		return 1
	})
	return nil
}

// dial connects to the first address that answers. Each may take its share
// of the time that is left.
func (s *Sender) dial(ctx context.Context, ex *Exchange, port string, deadline time.Time) (net.Conn, *Error) {
	var first *Error
	start := time.Now()
	for i, a := range ex.Addresses {
		now := time.Now()
		share := deadline.Sub(now) / time.Duration(len(ex.Addresses)-i)
		address := net.JoinHostPort(a.String(), port)
		conn, err := s.connect(until{ctx, now.Add(share)}, address)
		if err == nil {
			ex.Address = address
			ex.Times.Connect = time.Since(start)
			return conn, nil
		}
		if first == nil {
			ex.Address = address
			first = dialError(err)
		}
	}
	ex.Times.Connect = time.Since(start)
	return nil, first
}

func dialError(err error) *Error {
	kind := Dial
	switch {
	case is(err, reason.ConnectionRefused):
		kind = Refused
	case is(err, reason.NoRoute, reason.NetworkUnreachable, reason.AddressNotHere):
		kind = NoRoute
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Err != nil {
		err = op.Err
	}
	return &Error{Kind: kind, Err: systemReason(err)}
}

// readError classifies what ended a connection before the head was complete.
func readError(err error) *Error {
	var timeout net.Error
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return &Error{Kind: Timeout, Err: finding.Because(reason.TimedOut)}
	case isReset(err):
		return &Error{Kind: Reset, Err: finding.Because(reason.ConnectionReset)}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &Error{Kind: Closed, Err: finding.Because(reason.ClosedWithoutAnswer)}
	}
	return &Error{Kind: Reset, Err: systemReason(err)}
}

// receive reads the answer to its end, as a client of the request's HTTP
// version finds it.
func receive(conn io.Reader, ex *Exchange, sent time.Time) *Error {
	p := parser{http11: ex.Request.Proto == "HTTP/1.1"}
	chunk := chunks.Get().(*[chunkSize]byte)
	defer chunks.Put(chunk)
	return p.receive(conn, ex, chunk[:], sent)
}

func (p *parser) receive(conn io.Reader, ex *Exchange, chunk []byte, sent time.Time) *Error {
	for {
		n, err := conn.Read(chunk)
		if n > 0 && len(ex.Received) == 0 && !sent.IsZero() {
			ex.Times.FirstByte = time.Since(sent)
		}
		room := MaxBytes - len(ex.Received)
		ex.Received = append(ex.Received, chunk[:min(n, room)]...)
		fail := p.feed(ex.Received)
		ex.Response = p.response
		switch {
		case fail != nil:
			return fail
		case p.done:
			ex.End = EndLength
			return nil
		case n > room:
			ex.End = EndLimit
			return nil // the head is far smaller than MaxBytes, so there is a response
		}
		if err != nil {
			return p.end(ex, err)
		}
	}
}

// What is read goes through a chunk, which would be most of what an exchange
// allocates.
const chunkSize = 16 << 10

var chunks = sync.Pool{New: func() any { return new([chunkSize]byte) }}

// end settles an answer that the server or the deadline ended.
func (p *parser) end(ex *Exchange, err error) *Error {
	fail := readError(err)
	if p.response == nil {
		if fail.Kind == Closed && len(ex.Received) > 0 {
			return &Error{Kind: BadHead, Err: finding.Because(reason.ClosedWithinHeaders)}
		}
		return fail
	}
	switch {
	case fail.Kind == Timeout:
		ex.End = EndTimeout
	case p.promised() > len(p.response.Body) || p.response.Chunked && p.http11:
		ex.End = EndShort
	case fail.Kind != Closed:
		ex.End = EndReset
	default:
		ex.End = EndEOF
	}
	return nil
}

// parser takes a response apart while it comes in.
type parser struct {
	http11   bool
	heads    *heads    // those that were taken apart before; may be nil
	room     *Response // for the response; nil makes one
	response *Response
	body     int  // offset of the body
	length   int  // Content-Length, -1 without
	keeps    bool // the server does not close the connection
	chunks   dechunker
	done     bool
	size     int // of all of it, once it is done
}

// ReadResponse is the response in the bytes that were received of an exchange,
// or nil where none has come.
func ReadResponse(received []byte) *Response {
	var p parser
	_ = p.feed(received) // what is wrong with it was said of the exchange
	return p.response
}

func (p *parser) promised() int { return max(p.length, 0) }

// feed is given all bytes received so far.
func (p *parser) feed(b []byte) *Error {
	for p.response == nil {
		rest := b[p.body:]
		if len(rest) == 0 {
			return nil
		}
		if n := min(len(rest), 5); string(rest[:n]) != "HTTP/"[:n] {
			return &Error{Kind: NotHTTP, Err: finding.Because(reason.NotHTTP)}
		}
		size := headSize(rest)
		// Interim heads count too, or they could go on for ever.
		if p.body+size > MaxHead || size == 0 && len(b) > MaxHead {
			return &Error{Kind: BadHead, Err: finding.Because(reason.HeadersTooLarge, "limit", MaxHead)}
		}
		if size == 0 {
			return nil
		}
		h, err := p.heads.read(rest[:size])
		if err != nil {
			return &Error{Kind: BadHead, Err: err}
		}
		p.body += size
		if h.response.Status/100 == 1 { // an interim answer: the real one follows
			continue
		}
		if p.room == nil {
			p.room = new(Response)
		}
		*p.room = h.response
		p.response, p.length, p.keeps = p.room, h.length, h.keeps
	}
	p.takeBody(b[p.body:])
	return nil
}

func (p *parser) takeBody(b []byte) {
	r := p.response
	if p.length >= 0 {
		b = b[:min(len(b), p.length)]
		r.Body, r.Decoded = b, b
		p.done, p.size = len(b) == p.length, p.body+p.length
		return
	}
	r.Body, r.Decoded = b, b
	if r.Chunked {
		var size int
		r.Decoded, size = p.chunks.feed(b)
		if p.done = size > 0; p.done {
			r.Body, p.size = b[:size], p.body+size
		}
		if p.http11 {
			r.Body = r.Decoded
		}
	}
}

// dechunker removes the framing of the chunked coding.
type dechunker struct {
	at   int    // offset of the first chunk that has not come whole
	body []byte // of the chunks before it
}

// feed is given all bytes of the coded body received so far, and returns what
// they hold as far as the coding is right. The size is that of all of it, or 0
// while its end has not come.
func (d *dechunker) feed(b []byte) (body []byte, size int) {
	for {
		line, after, ok := bytes.Cut(b[d.at:], []byte("\r\n"))
		digits, _, _ := bytes.Cut(line, []byte(";"))
		number, err := strconv.ParseUint(string(bytes.TrimSpace(digits)), 16, 30)
		if !ok || err != nil {
			return d.body, 0
		}
		n := int(number)
		if n == 0 { // trailers and a blank line end it
			end := bytes.Index(b[d.at+len(line):], []byte("\r\n\r\n"))
			if end < 0 {
				return d.body, 0
			}
			return d.body, d.at + len(line) + end + 4
		}
		if len(after) < n+2 || string(after[n:n+2]) != "\r\n" {
			return append(d.body, after[:min(n, len(after))]...), 0
		}
		d.body = append(d.body, after[:n]...)
		d.at += len(line) + n + 4
	}
}
