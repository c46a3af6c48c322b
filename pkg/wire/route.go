package wire

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"time"
)

// Route is the way to one server, looked up once.
type Route struct {
	sender    Sender
	url       *url.URL
	addresses []netip.Addr
	port      string
	heads     heads
}

// Route looks up the host of a URL. The error is an [*Error].
func (s *Sender) Route(ctx context.Context, rawURL string) (*Route, error) {
	u, err := CheckURL(rawURL)
	if err != nil {
		return nil, &Error{Kind: Dial, Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	ex := &Exchange{}
	if fail := s.resolve(ctx, ex, u.Hostname()); fail != nil {
		return nil, fail
	}
	r := &Route{sender: *s, url: u, addresses: ex.Addresses}
	_, r.port, _ = net.SplitHostPort(HostPort(u))
	return r, nil
}

// Conn returns a way to send many requests over the route, one after the other.
// With keep, those that are HTTP/1.1 share a connection for as long as the server
// keeps it; else each has one of its own.
func (r *Route) Conn(keep bool) *Conn {
	return &Conn{route: r, keep: keep, chunk: make([]byte, 2<<10)}
}

// until is a context that ends by a time, for what asks only when: it needs no
// timer.
type until struct {
	context.Context

	at time.Time
}

// Deadline implements [context.Context].
func (u until) Deadline() (time.Time, bool) { return u.at, true }
