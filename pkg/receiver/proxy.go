package receiver

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/wire"
)

// Proxy is an inspecting reverse proxy. It passes every GET and POST on to one
// server, and that server's answer back, byte for byte; it reads both, and
// judges the answer to a message by the rules of package push. Requests that
// WeChat did not sign are passed on as well: refusing them is the server's job.
//
// The server has as much time as WeChat gives it. If it does not answer, the
// client gets status 502.
//
//	s := &http.Server{ReadHeaderTimeout: 10 * time.Second}
//	err := s.Serve(proxy.Attach(s, listener))
type Proxy struct {
	// Handler has the keys to read messages with, and the Log. Its Reply is not
	// used.
	Handler *Handler

	// Pusher is the server, and judges its answers. A URL without a path gets
	// requests at their own path; one with a path gets all of them there, with
	// their query.
	Pusher *push.Pusher

	busy sync.WaitGroup // requests that are under way
}

// Attach makes s serve the proxy. s must be used with the returned listener,
// which keeps what the proxy passes on: the order and spelling of headers.
func (p *Proxy) Attach(s *http.Server, l net.Listener) net.Listener {
	s.Handler = http.HandlerFunc(p.serve)
	s.ConnContext = keepConn
	s.MaxHeaderBytes = wire.MaxHead / 2
	s.SetKeepAlivesEnabled(false) // a tapped connection carries one request
	return tapListener{l}
}

// Wait returns when all requests are answered and logged, or the context ends.
// Call it after the server's Shutdown, which does not wait for hijacked
// connections.
func (p *Proxy) Wait(ctx context.Context) {
	done := make(chan struct{})
	go func() { p.busy.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

func (p *Proxy) serve(w http.ResponseWriter, req *http.Request) {
	p.busy.Add(1)
	defer p.busy.Done()
	e := p.Handler.read(w, req)
	if req.Method == http.MethodGet {
		// A GET has no body; if one does, it is passed on, too.
		body, err := readBody(w, req)
		if e.Body = body; err != nil {
			e.Err = err
		}
	}
	out, ok := p.request(e)
	if !ok {
		a := refusal(e.Err)
		p.finish(w, e, a.status, a)
		return
	}
	// A client that hangs up does not end the exchange: WeChat does that after
	// its 5 seconds, and the finding is about just that.
	ctx := context.WithoutCancel(req.Context())
	ex := p.Pusher.Sender.Do(ctx, out)
	e.Upstream = ex
	p.judge(ctx, e, ex)
	if ex.Response == nil || ex.End == wire.EndLimit || ex.End == wire.EndTimeout {
		p.finish(w, e, http.StatusBadGateway, plainAnswer(http.StatusBadGateway, "the server did not answer\n"))
		return
	}
	e.Status, e.Answer = ex.Response.Status, ex.Response.Decoded
	if e.Delivery != nil && e.Delivery.Plain != nil {
		e.Answer = e.Delivery.Plain
	}
	e.Took = time.Since(e.Time)
	copyAnswer(w, req, ex)
	p.Handler.log(e)
}

// finish answers in the proxy's own name.
func (p *Proxy) finish(w http.ResponseWriter, e *Event, status int, a answer) {
	e.Status, e.Answer, e.Took = status, a.body, time.Since(e.Time)
	send(w, a)
	p.Handler.log(e)
}

// request is the request as it is passed on. It reports false if it may not be,
// and the event's Err says why.
func (p *Proxy) request(e *Event) (*wire.Request, bool) {
	req := e.Request
	switch {
	case req.Method != http.MethodGet && req.Method != http.MethodPost:
		e.Err = ErrMethod
		return nil, false
	case e.Body == nil: // it did not come whole
		return nil, false
	case !strings.HasPrefix(req.RequestURI, "/"): // some other host's URL: this is not an open proxy
		e.Err = ErrTarget
		return nil, false
	}
	out := &wire.Request{
		Method: req.Method, URL: p.target(req.RequestURI), Proto: "HTTP/1.0",
		Header: endToEnd(headerOf(req), req, len(e.Body)), Body: e.Body,
	}
	if req.ProtoAtLeast(1, 1) {
		out.Proto = "HTTP/1.1"
	}
	if _, err := wire.CheckURL(out.URL); err != nil {
		e.Err = ErrTarget
		return nil, false
	}
	return out, true
}

// target is the URL that a request with this target goes to. Both are joined
// as text, so that nothing in them is written anew.
func (p *Proxy) target(asked string) string {
	scheme, rest, _ := strings.Cut(p.Pusher.URL, "://")
	host, own := rest, ""
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		host, own = rest[:i], rest[i:]
	}
	base := scheme + "://" + host
	if own == "" || own == "/" {
		return base + asked
	}
	_, query, ok := strings.Cut(asked, "?")
	switch {
	case !ok:
		return base + own
	case strings.Contains(own, "?"):
		return base + own + "&" + query
	}
	return base + own + "?" + query
}

// judge judges the answer to a message. What is not a message of WeChat's is
// for the server to refuse, in whatever way.
func (p *Proxy) judge(ctx context.Context, e *Event, ex *wire.Exchange) {
	if e.Message == nil {
		return
	}
	_, e.Repeated = p.Handler.recent.do(e.Message.DedupKey(), func() *message.Message { return nil })
	push := &push.Push{
		Message: e.Message, Plain: e.Plain, Body: e.Body, Mode: e.Mode,
		Timestamp: e.Query.Get("timestamp"), Nonce: e.Query.Get("nonce"), OpenID: e.Query.Get("openid"),
	}
	e.Delivery = p.Pusher.Judge(ctx, push, ex)
}

// copyAnswer writes the answer to the client's connection.
func copyAnswer(w http.ResponseWriter, req *http.Request, ex *wire.Exchange) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return // the client is gone, or the server not one that Attach was given
	}
	defer conn.Close()
	if conn.SetDeadline(time.Now().Add(wire.DefaultTimeout)) != nil {
		return
	}
	_, _ = conn.Write(answerBytes(ex, req.ProtoAtLeast(1, 1))) // as in finish
}
