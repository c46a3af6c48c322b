package run

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	handshakeTime = 20 * time.Second // for the client's side of a redirected connection
	headerTime    = 10 * time.Second // for a request, after which it is we who hang up
)

// take serves a connection to a redirected host, encrypted or not.
func (r *Redirect) take(c net.Conn, host string) {
	p, ok := c.(*peeked)
	if !ok {
		p = &peeked{Conn: c, r: bufio.NewReader(c)}
	}
	stop := context.AfterFunc(r.ctx, func() { c.Close() })
	defer stop()
	_ = c.SetDeadline(time.Now().Add(handshakeTime))
	first, err := p.r.Peek(1)
	if err != nil {
		c.Close()
		return
	}
	const handshake = 0x16 // the first byte of a TLS record with a ClientHello
	if first[0] != handshake {
		_ = c.SetDeadline(time.Time{})
		r.conns.put(p)
		return
	}
	config := r.server.TLSConfig.Clone()
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if hello.ServerName == "" {
			return nil, nil
		}
		if host = canonical(hello.ServerName); !redirected(host) {
			return nil, r.strange()
		}
		return nil, nil
	}
	secure := tls.Server(p, config)
	if err := secure.HandshakeContext(r.ctx); err != nil {
		c.Close()
		r.broken(host, err)
		return
	}
	_ = c.SetDeadline(time.Time{})
	r.fresh.add(secure, host)
	r.conns.put(secure)
}

// A handshake with another host than ours: with Offline it is our hook that has
// led it here.
var (
	errRefused = errors.New("it is not called with --offline")
	errStrange = errors.New("the client asks for another host than the one it has called")
)

func (r *Redirect) strange() error {
	if r.Offline {
		return errRefused
	}
	return errStrange
}

// UntrustedError is of a client that has a mind of its own of whom to trust: it
// does not trust the authority of this run, or it has pinned WeChat's own.
type UntrustedError struct{ Err error } // nil of one that hung up without a word

func (e *UntrustedError) Error() string {
	if e.Err == nil {
		return "it hung up when it had seen the certificate"
	}
	return e.Err.Error()
}

func (e *UntrustedError) Unwrap() error { return e.Err }

// broken tells of a handshake that failed.
func (r *Redirect) broken(host string, err error) {
	switch {
	case r.ctx.Err() != nil:
		return
	case errors.Is(err, errRefused):
		if r.Refused != nil {
			r.Refused(host)
		}
		return
	case r.Broken == nil:
		return
	}
	var alert *net.OpError // how crypto/tls has the other side's
	switch {
	case !errors.As(err, &alert):
	case alert.Op == "remote error" && strings.Contains(alert.Err.Error(), "certificate"):
		err = &UntrustedError{alert.Err}
	case alert.Op == "local error" && strings.Contains(alert.Err.Error(), "bad record MAC"):
		err = &UntrustedError{} // OpenSSL says it in clear, which crypto/tls takes for garbage
	}
	r.Broken(host, err)
}

// fresh are the encrypted connections on which no request has come yet. Who
// looks at a certificate only after the handshake, as Node does and OkHttp with
// a pin, says nothing: it hangs up.
type fresh struct {
	mu      sync.Mutex
	conns   map[net.Conn]freshConn
	trusted map[string]bool // hosts that were asked for something
}

type freshConn struct {
	host  string
	since time.Time
}

func (f *fresh) add(c net.Conn, host string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.conns == nil {
		f.conns, f.trusted = map[net.Conn]freshConn{}, map[string]bool{}
	}
	f.conns[c] = freshConn{host, time.Now()}
}

// take forgets a connection, and returns it; asked says that a request came.
func (f *fresh) take(c net.Conn, asked bool) (host string, hungUp bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	known, ok := f.conns[c]
	if !ok {
		return "", false
	}
	delete(f.conns, c)
	if asked {
		f.trusted[known.host] = true
	}
	return known.host, !f.trusted[known.host] && time.Since(known.since) < headerTime
}

// state is told what becomes of connections.
func (r *Redirect) state(c net.Conn, s http.ConnState) {
	switch s {
	case http.StateActive:
		r.fresh.take(c, true)
	case http.StateClosed:
		if host, hungUp := r.fresh.take(c, false); hungUp {
			r.broken(host, &UntrustedError{})
		}
	}
}
