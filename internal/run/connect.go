package run

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"

	"github.com/wxdev/wxdev/internal/hostname"
)

const (
	dialTime    = 30 * time.Second      // for a connection that is passed on
	acceptPause = 20 * time.Millisecond // after one that could not be taken
)

// connect opens a tunnel: to the emulator, or to where the client wants to go.
func (r *Redirect) connect(w http.ResponseWriter, req *http.Request) {
	host, _, err := net.SplitHostPort(req.Host)
	switch {
	case err != nil:
		http.Error(w, "wxdev run: CONNECT takes a host and a port", http.StatusBadRequest)
	case redirected(host):
		if c := hijack(w); c != nil {
			r.open.Go(func() { r.take(c, canonical(host)) })
		}
	case !r.allowed(host):
		r.refuse(w, host)
	default:
		r.pass(w, req.Host)
	}
}

// allowed reports whether other hosts may be called: with Offline only those of
// this machine and its network.
func (r *Redirect) allowed(host string) bool { return !r.Offline || hostname.Local(host) }

// pass is a tunnel through which the bytes go as they are.
func (r *Redirect) pass(w http.ResponseWriter, addr string) {
	ctx, cancel := context.WithTimeout(r.ctx, dialTime)
	defer cancel()
	there, err := r.upstream.dial(ctx, "https", addr)
	if err != nil {
		http.Error(w, "wxdev run: "+err.Error(), http.StatusBadGateway)
		return
	}
	here := hijack(w)
	if here == nil {
		there.Close()
		return
	}
	r.open.Go(func() {
		stop := context.AfterFunc(r.ctx, func() { here.Close(); there.Close() })
		defer stop()
		join(here, there)
	})
}

// hijack tells the client that its tunnel is open.
func hijack(w http.ResponseWriter) net.Conn {
	c, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "wxdev run: CONNECT needs HTTP/1", http.StatusNotImplemented)
		return nil
	}
	_ = c.SetDeadline(time.Time{}) // the server's
	if _, err := io.WriteString(c, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		c.Close()
		return nil
	}
	return &peeked{Conn: c, r: buffered.Reader}
}

// peeked is a connection of which something has been read.
type peeked struct {
	net.Conn
	r *bufio.Reader
}

func (c *peeked) Read(p []byte) (int, error) { return c.r.Read(p) }

// CloseWrite lets the other side know that no more will come.
func (c *peeked) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return c.Conn.Close()
}

// join copies both ways until both ends have had enough.
func join(a, b net.Conn) {
	done := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{a, b}, {b, a}} {
		go func() {
			_, _ = io.Copy(way[0], way[1]) // a tunnel ends when it ends
			if half, ok := way[0].(interface{ CloseWrite() error }); ok {
				_ = half.CloseWrite()
			} else {
				way[0].Close()
			}
			done <- struct{}{}
		}()
	}
	<-done
	<-done
	a.Close()
	b.Close()
}

// ServeHosts takes connections of clients that know of no proxy: they think that
// they are connected to one of the hosts, at whichever of its ports. It returns
// when the listener is closed.
func (r *Redirect) ServeHosts(l net.Listener) error {
	stop := context.AfterFunc(r.ctx, func() { l.Close() })
	defer stop()
	for {
		c, err := l.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return nil
		case err != nil && r.ctx.Err() != nil:
			return err
		case err != nil: // such as too many open files: it passes, and the clients wait
			time.Sleep(acceptPause)
			continue
		}
		r.open.Go(func() { r.take(c, hosts[0]) })
	}
}

// passer passes on requests that are not encrypted, upgrades included.
func (r *Redirect) passer() http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) { p.Out.Host = p.In.Host },
		Transport: &http.Transport{
			Proxy:              func(req *http.Request) (*url.URL, error) { return r.upstream.of("http", req.URL.Host), nil },
			DialContext:        (&net.Dialer{Timeout: dialTime}).DialContext,
			DisableCompression: true, // the bytes are the client's
		},
		FlushInterval: -1,
		ErrorLog:      log.New(io.Discard, "", 0),
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, "wxdev run: "+err.Error(), http.StatusBadGateway)
		},
	}
}
