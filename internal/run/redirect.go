package run

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Options say where calls go. API, Own and Base are required.
type Options struct {
	API  http.Handler // answers for WeChat's hosts
	Own  http.Handler // answers what is for the address of the proxy itself
	Base string       // its URL: what answers name when they name the host that was called

	Offline   bool // other names than WeChat's and local ones are refused
	LookupEnv func(string) (string, bool)
	Now       func() time.Time

	// These are called by many goroutines; they may be nil.
	Refused func(host string)            // that was called with Offline
	Broken  func(host string, err error) // a call broke off in the handshake; an [UntrustedError] or another
}

// Redirect sends the calls to WeChat's hosts to the emulator. It is an
// [http.Handler] for the port that clients take for their proxy; it is also
// asked by who knows nothing of a proxy, see [Redirect.ServeHosts].
type Redirect struct {
	Options

	authority *authority
	base      *url.URL
	upstream  proxies      // that were there before us
	plain     http.Handler // passes requests on that are not encrypted

	server *http.Server // of conns
	conns  *queue
	fresh  fresh

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	open   sync.WaitGroup
}

// NewRedirect makes the authority of this run. Close it.
func NewRedirect(o Options) (*Redirect, error) {
	base, err := url.Parse(o.Base)
	if err != nil {
		return nil, err
	}
	a, err := newAuthority(o.Now())
	if err != nil {
		return nil, err
	}
	r := &Redirect{Options: o, authority: a, base: base, upstream: readProxies(o.LookupEnv).but(base.Host), conns: newQueue()}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.plain = r.passer()
	r.server = &http.Server{
		Handler: http.HandlerFunc(r.direct), TLSConfig: a.tls(),
		ReadHeaderTimeout: headerTime, ConnState: r.state, IdleTimeout: 5 * time.Minute, ErrorLog: log.New(io.Discard, "", 0),
	}
	r.open.Go(func() { _ = r.server.Serve(r.conns) }) // ends with Close
	return r, nil
}

// Close ends every connection.
func (r *Redirect) Close() {
	r.cancel()
	_ = r.server.Close() // what it fails to close is gone already
	r.open.Wait()
}

// ServeHTTP implements [http.Handler].
func (r *Redirect) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	switch {
	case req.Method == http.MethodConnect:
		r.connect(w, req)
	case redirected(req.URL.Hostname()), req.URL.Host == "" && redirected(hostOf(req.Host)):
		r.answer(w, req)
	case req.URL.Host == "" || req.URL.Host == r.base.Host:
		r.Own.ServeHTTP(w, req)
	case !r.allowed(req.URL.Hostname()):
		r.refuse(w, req.URL.Hostname())
	default:
		// How long it may take to send is for the other server to say.
		_ = http.NewResponseController(w).SetReadDeadline(time.Time{}) // of a connection that has one
		r.plain.ServeHTTP(w, req)
	}
}

// direct answers who thinks that it is connected to the host itself. Another one
// comes here because of our hook, which cannot tell refusing from breaking, or
// it is a web page that has found the port: its browser names no host of ours.
func (r *Redirect) direct(w http.ResponseWriter, req *http.Request) {
	switch host := hostOf(req.Host); {
	case req.TLS != nil || host == "" || redirected(host):
		r.answer(w, req)
	case !r.allowed(host):
		r.refuse(w, host)
	default:
		http.Error(w, "wxdev run: this is no "+host, http.StatusMisdirectedRequest)
	}
}

// answer lets the emulator answer, as if it had been called by its own name:
// what it names in an answer, a browser will open, which knows of no redirect.
func (r *Redirect) answer(w http.ResponseWriter, req *http.Request) {
	own := req.WithContext(req.Context())
	own.Host, own.TLS = r.base.Host, nil
	u := *req.URL
	u.Scheme, u.Host = "", ""
	own.URL = &u
	r.API.ServeHTTP(w, own)
}

func (r *Redirect) refuse(w http.ResponseWriter, host string) {
	if r.Refused != nil {
		r.Refused(host)
	}
	http.Error(w, "wxdev run --offline: "+host+" is not called", http.StatusForbidden)
}

// hostOf is a Host header without its port.
func hostOf(header string) string {
	host, _, err := net.SplitHostPort(header)
	if err != nil {
		return header
	}
	return host
}

// queue is a listener whose connections are handed to it.
type queue struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newQueue() *queue { return &queue{conns: make(chan net.Conn), done: make(chan struct{})} }

// put hands a connection over, or closes it when nobody takes it any more.
func (q *queue) put(c net.Conn) {
	select {
	case q.conns <- c:
	case <-q.done:
		c.Close()
	}
}

func (q *queue) Accept() (net.Conn, error) {
	select {
	case c := <-q.conns:
		return c, nil
	case <-q.done:
		return nil, net.ErrClosed
	}
}

func (q *queue) Close() error {
	q.once.Do(func() { close(q.done) })
	return nil
}

func (q *queue) Addr() net.Addr { return &net.TCPAddr{} }
