package h5

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/hostname"
)

// The limits of a request and its answer.
const (
	maxBody     = 8 << 20
	maxTime     = 30 * time.Second
	maxInFlight = 128
)

// transport connects to sites. It takes no proxy from the environment, and does
// not verify the certificate of a server on this machine: there is nobody between,
// and it is one that the developer made.
func (b *Browser) transport() http.RoundTripper {
	t := &http.Transport{
		DialContext: b.dial, DisableCompression: true, ResponseHeaderTimeout: maxTime, TLSHandshakeTimeout: maxTime,
		IdleConnTimeout: 10 * time.Second, MaxIdleConnsPerHost: 4, MaxResponseHeaderBytes: 256 << 10,
	}
	local := t.Clone()
	local.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // see above
	return byPlace{local, t}
}

// byPlace takes one transport for this machine and another one for elsewhere.
type byPlace struct{ here, elsewhere http.RoundTripper }

func (p byPlace) RoundTrip(req *http.Request) (*http.Response, error) {
	if hostname.Loopback(req.URL.Hostname()) {
		return p.here.RoundTrip(req)
	}
	return p.elsewhere.RoundTrip(req)
}

// errTooLarge is the error of an answer that is over the limit.
var errTooLarge = errors.New("the answer is too large")

// forward asks the site.
func (b *Browser) forward(w http.ResponseWriter, req *http.Request, s *session) {
	select {
	case b.inFlight <- struct{}{}:
		defer func() { <-b.inFlight }()
	default:
		b.page(w, req, s, http.StatusServiceUnavailable, pageWords.busy)
		return
	}
	if req.Header.Get("Upgrade") == "" { // a WebSocket lasts as long as its page
		conn := http.NewResponseController(w)
		_ = conn.SetReadDeadline(time.Now().Add(2 * maxTime)) // of a recorder in a test there is none
		req.Body = http.MaxBytesReader(w, req.Body, maxBody)
	}
	m := b.mapping(s)
	proxy := httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { b.outgoing(r, s) },
		ModifyResponse: func(res *http.Response) error { return b.incoming(res, s, m) },
		Transport:      b.sites,
		FlushInterval:  -1,
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if errors.Is(err, context.Canceled) {
				return
			}
			b.failed(w, r, s, err)
		},
		ErrorLog: quiet(),
	}
	proxy.ServeHTTP(w, req)
}

// outgoing makes a request one of WeChat's browser on the site itself.
func (b *Browser) outgoing(r *httputil.ProxyRequest, s *session) {
	out := r.Out
	out.URL.Scheme, out.URL.Host = s.target.scheme, s.target.address()
	out.Host = s.target.address()
	h := out.Header
	fromHere := b.sessionOf(h.Get("Referer")) != nil
	for _, name := range []string{"Origin", "Referer"} {
		b.asSite(h, name)
	}
	if dest := h.Get("Sec-Fetch-Dest"); dest == "iframe" && h.Get("Sec-Fetch-Mode") == "navigate" { // in WeChat there is no frame
		h.Set("Sec-Fetch-Dest", "document")
		if !fromHere && h.Get("Sec-Fetch-Site") == "cross-site" {
			h.Set("Sec-Fetch-Site", "none")
		}
	}
	for name := range h {
		if strings.HasPrefix(name, "Sec-Ch-") {
			h.Del(name)
		}
	}
	h.Set("User-Agent", userAgent)
	h.Set("Accept-Encoding", "gzip") // which can be read here
	if isDocument(r.In) {            // it gets a new script each time
		h.Del("If-None-Match")
		h.Del("If-Modified-Since")
	}
}

// asSite puts the site's own origin into a header that names a session's.
func (b *Browser) asSite(h http.Header, name string) {
	u, err := url.Parse(h.Get(name))
	if err != nil {
		return
	}
	if s := b.sessionOf(u.String()); s != nil {
		u.Scheme, u.Host = s.target.scheme, s.target.address()
		h.Set(name, u.String())
		return
	}
	if name == "Referer" && h.Get(name) != "" { // the phone's page
		h.Del(name)
	}
}

// isDocument reports whether a browser asks for a page, and not for a part of one.
func isDocument(req *http.Request) bool {
	switch req.Header.Get("Sec-Fetch-Dest") {
	case "document", "iframe", "frame":
		return true
	case "":
		return req.Method == http.MethodGet && strings.Contains(req.Header.Get("Accept"), "text/html")
	}
	return false
}

// limited ends a body that is too long or too slow.
type limited struct {
	io.ReadCloser
	left  int64
	timer *time.Timer
}

// limit holds an answer to the limits; a stream of events has no end that it could
// miss.
func limit(res *http.Response) {
	l := &limited{ReadCloser: res.Body, left: maxBody}
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		body := res.Body
		l.timer = time.AfterFunc(maxTime, func() { _ = body.Close() })
	}
	res.Body = l
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left < 0 {
		return 0, errTooLarge
	}
	n, err := l.ReadCloser.Read(p[:min(int64(len(p)), l.left+1)])
	if l.left -= int64(n); l.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

func (l *limited) Close() error {
	if l.timer != nil {
		l.timer.Stop()
	}
	return l.ReadCloser.Close()
}
