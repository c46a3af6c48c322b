package receiver_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/wire"
)

// upstream is a server below HTTP: it keeps the bytes of each request, and
// answers with bytes.
type upstream struct {
	url    string
	answer func(c net.Conn)

	mu  sync.Mutex
	got []string
}

func (u *upstream) requests() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.got)
}

func newUpstream(t *testing.T, answer func(c net.Conn)) *upstream {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	u := &upstream{url: "http://" + l.Addr().String(), answer: answer}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go u.serve(c)
		}
	}()
	return u
}

func (u *upstream) serve(c net.Conn) {
	defer c.Close()
	var raw bytes.Buffer
	req, err := http.ReadRequest(bufio.NewReader(io.TeeReader(c, &raw)))
	if err != nil {
		return
	}
	io.Copy(io.Discard, req.Body)
	u.mu.Lock()
	u.got = append(u.got, raw.String())
	u.mu.Unlock()
	u.answer(c)
}

func says(text string) func(net.Conn) {
	return func(c net.Conn) { io.WriteString(c, text) }
}

const success = "HTTP/1.0 200 OK\r\nContent-Length: 7\r\n\r\nsuccess"

// startProxy runs a proxy before a server and returns its address.
func startProxy(t *testing.T, url string, change func(*receiver.Proxy)) (addr string, l *events) {
	t.Helper()
	l = &events{}
	p := &receiver.Proxy{
		Handler: &receiver.Handler{Token: token, Codec: codec(t, key, appID), Log: l.log},
		Pusher:  &push.Pusher{URL: url, Token: token, Codec: codec(t, key, appID), Sender: wire.Sender{Timeout: busy.Net}},
	}
	if change != nil {
		change(p)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{ReadHeaderTimeout: busy.Net, ErrorLog: log.New(io.Discard, "", 0)}
	go s.Serve(p.Attach(s, listener))
	t.Cleanup(func() { s.Close() })
	return listener.Addr().String(), l
}

// talk sends bytes and returns what comes back until the connection ends.
func talk(t *testing.T, addr, request string) string {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(busy.Net))
	io.WriteString(c, request)
	b, err := io.ReadAll(c)
	if err != nil && len(b) == 0 { // a server that refuses early may break off behind its answer
		t.Error(err)
	}
	return string(b)
}

// TestProxyKeepsBytes: what WeChat sends comes to the server as it was, and
// what the server answers to WeChat.
func TestProxyKeepsBytes(t *testing.T) {
	odd := "HTTP/1.1 200 Fine\r\nx-Odd-CASE:  value\r\nServer: nginx\r\nX-B: 2\r\nx-a: 1\r\nX-B: 3\r\ncontent-length: 7\r\n\r\nsuccess"
	u := newUpstream(t, says(odd))
	addr, l := startProxy(t, u.url, nil)
	for _, mode := range []msgcrypt.Mode{msgcrypt.Plain, msgcrypt.Compat, msgcrypt.Safe} {
		c := &push.Pusher{URL: "http://" + addr + "/we%63hat/?a=1&b=%20&c", Token: token, Mode: mode, Codec: codec(t, key, appID)}
		push, err := c.Build(text(t, "你好 & <b>"))
		if err != nil {
			t.Fatal(err)
		}
		d := c.Deliver(t.Context(), push)
		sent := string(push.Request(c.URL).Bytes())
		if got := u.requests(); len(got) == 0 || got[len(got)-1] != sent {
			t.Errorf("%s: the server got\n%q, sent was\n%q", mode, got, sent)
		}
		if got := string(d.Last().Received); got != odd {
			t.Errorf("%s: came back\n%q, the server wrote\n%q", mode, got, odd)
		}
		e := l.last(t)
		if e.Delivery == nil || !e.Delivery.OK() || e.Mode != mode || e.Message.Get("Content") != "你好 & <b>" || string(e.Answer) != "success" {
			t.Errorf("%s: logged %+v", mode, e)
		}
	}
}

func TestProxyVerification(t *testing.T) {
	u := newUpstream(t, says("HTTP/1.0 200 OK\r\n\r\n123"))
	addr, l := startProxy(t, u.url, nil)
	request := "GET /x?" + signed("1700000000", "1") + " HTTP/1.0\r\nhost: wx.example.com\r\nAccept:*/*\r\n\r\n"
	if got := talk(t, addr, request); got != "HTTP/1.0 200 OK\r\n\r\n123" {
		t.Errorf("%q", got)
	}
	want := strings.Replace(request, "Accept:*/*", "Accept: */*", 1)
	if got := u.requests(); len(got) != 1 || got[0] != want {
		t.Errorf("%q, want %q", got, want)
	}
	if e := l.last(t); e.Err != nil || e.Delivery != nil || e.Upstream == nil || e.Status != 200 || string(e.Answer) != "123" {
		t.Errorf("logged %+v", e)
	}
	// A request that nobody signed is for the server to refuse.
	if got := talk(t, addr, "GET /?echostr=1 HTTP/1.0\r\n\r\n"); !strings.HasSuffix(got, "123") {
		t.Errorf("%q", got)
	}
	if e := l.last(t); !receiver.Unsigned(e.Err) || e.Upstream == nil {
		t.Errorf("logged %v", e.Err)
	}
}

// TestProxyTarget: where a request goes, by the server's URL.
func TestProxyTarget(t *testing.T) {
	for base, want := range map[string]string{
		"":             "/a%2Fb?x=1&y=%41",
		"/":            "/a%2Fb?x=1&y=%41",
		"/wechat":      "/wechat?x=1&y=%41",
		"/wechat?k=v":  "/wechat?k=v&x=1&y=%41",
		"?k=v":         "/?k=v&x=1&y=%41",
		"/wechat/%C3/": "/wechat/%C3/?x=1&y=%41",
	} {
		u := newUpstream(t, says(success))
		addr, _ := startProxy(t, u.url+base, nil)
		talk(t, addr, "GET /a%2Fb?x=1&y=%41 HTTP/1.0\r\n\r\n")
		talk(t, addr, "GET /plain HTTP/1.0\r\n\r\n")
		if got := u.requests(); len(got) != 2 || !strings.HasPrefix(got[0], "GET "+want+" HTTP/1.0\r\n") {
			t.Errorf("%s: %q, want %q", base, got, want)
		}
	}
}

// TestProxyIsNotOpen: nobody gets anywhere but to the server.
func TestProxyIsNotOpen(t *testing.T) {
	u, other := newUpstream(t, says(success)), newUpstream(t, says(success))
	addr, l := startProxy(t, u.url, nil)
	for request, status := range map[string]string{
		"GET " + other.url + "/x HTTP/1.0\r\n\r\n":                        "400",
		"GET " + u.url + "/x HTTP/1.0\r\n\r\n":                            "400",
		"CONNECT " + other.url[7:] + " HTTP/1.1\r\nHost: x\r\n\r\n":       "405",
		"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n":      "200", // net/http's own answer
		"PUT /x HTTP/1.0\r\nContent-Length: 1\r\n\r\nx":                   "405",
		"GET /x?\u200b HTTP/1.0\r\n\r\n":                                  "400",
		"POST /x HTTP/1.0\r\nContent-Length: 9999999999999999999\r\n\r\n": "400",
	} {
		got := talk(t, addr, request)
		if _, rest, _ := strings.Cut(got, " "); !strings.HasPrefix(rest, status) {
			t.Errorf("%q: %q, want %s", request, got, status)
		}
	}
	// The name in a Host header leads nowhere else.
	talk(t, addr, "GET /x HTTP/1.0\r\nHost: "+other.url[7:]+"\r\n\r\n")
	if len(other.requests()) != 0 || len(u.requests()) != 1 {
		t.Errorf("the other server got %q, ours %q", other.requests(), u.requests())
	}
	l.last(t)
}

// TestProxyAnswersWhole: what the proxy says itself comes in one piece, which
// HTTP/1.0 needs.
func TestProxyAnswersWhole(t *testing.T) {
	addr, _ := startProxy(t, "http://"+busy.Nobody(t), nil)
	for _, method := range []string{"POST", "PUT"} {
		got := talk(t, addr, method+" /x HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		if !strings.Contains(got, "\r\nContent-Length: ") || strings.Contains(got, "chunked") {
			t.Errorf("%s: %q", method, got)
		}
	}
}

// TestProxyHopByHop: what is about one connection stays on it.
func TestProxyHopByHop(t *testing.T) {
	u := newUpstream(t, says("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nConnection: keep-alive, X-Hop\r\nKeep-Alive: timeout=5\r\nX-Kept: 1\r\n"+
		"Transfer-Encoding: chunked\r\n\r\n7\r\nsuccess\r\n0\r\n\r\n"))
	addr, _ := startProxy(t, u.url, nil)
	got := talk(t, addr, "POST /x HTTP/1.1\r\nHost: h\r\nX-First: 1\r\nTransfer-Encoding: chunked\r\nconnection: Keep-Alive, X-Secret\r\nX-Secret: 1\r\n"+
		"TE: trailers\r\nUpgrade: h2c\r\nX-Last: 2\r\n\r\n3\r\n<x>\r\n2\r\n</\r\n0\r\n\r\n")
	if want := "POST /x HTTP/1.1\r\nHost: h\r\nX-First: 1\r\nContent-Length: 5\r\nX-Last: 2\r\n\r\n<x></"; len(u.requests()) != 1 || u.requests()[0] != want {
		t.Errorf("%q, want %q", u.requests(), want)
	}
	want := "HTTP/1.1 200 OK\r\nX-Kept: 1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n7\r\nsuccess\r\n0\r\n\r\n"
	if got != want {
		t.Errorf("%q, want %q", got, want)
	}
	// A connection that is closed anyway may say so.
	talk(t, addr, "GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX: 1\r\n\r\n")
	if want := "GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX: 1\r\n\r\n"; u.requests()[1] != want {
		t.Errorf("%q, want %q", u.requests()[1], want)
	}
}

// TestProxyNeverHidesChunks: a server that answers HTTP/1.0 in chunks is
// wrong, and is to be seen so.
func TestProxyNeverHidesChunks(t *testing.T) {
	const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nsuccess\r\n0\r\n\r\n"
	u := newUpstream(t, says(chunked))
	addr, l := startProxy(t, u.url, nil)
	d := deliver(t, &push.Pusher{URL: "http://" + addr, Token: token}, text(t, "hi"))
	if string(d.Last().Received) != chunked {
		t.Errorf("%q", d.Last().Received)
	}
	if e := l.last(t); !has(e.Delivery, "V20") {
		t.Errorf("%v", e.Delivery.Findings)
	}
}

func has(d *push.Delivery, id string) bool {
	return d != nil && slices.ContainsFunc(d.Findings, func(f finding.Finding) bool { return f.ID == id })
}

// TestProxyBadServers: no answer is 502, and every answer is judged.
func TestProxyBadServers(t *testing.T) {
	hold := func(text string) func(net.Conn) {
		return func(c net.Conn) {
			io.WriteString(c, text)
			io.Copy(io.Discard, c)
		}
	}
	for name, c := range map[string]struct {
		answer func(net.Conn)
		status int
		id     string
	}{
		"slow":        {hold(""), 502, "M01"},
		"slow body":   {hold("HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\nsucc"), 502, "M01"},
		"closed":      {says(""), 502, "M30"},
		"not HTTP":    {says("SSH-2.0-x\r\n"), 502, "V38"},
		"endless":     {says("HTTP/1.0 200 OK\r\n\r\n" + strings.Repeat("x", wire.MaxBytes)), 502, "V40"},
		"large head":  {says("HTTP/1.0 200 OK\r\nX: " + strings.Repeat("x", wire.MaxHead) + "\r\n\r\n"), 502, "V38"},
		"short":       {says("HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\nsuccess"), 200, "V25"},
		"error":       {says("HTTP/1.0 500 Oops\r\n\r\nTraceback"), 500, "M19"},
		"redirect":    {says("HTTP/1.0 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n"), 302, "M18"},
		"not found":   {says("HTTP/1.0 404 Not Found\r\n\r\n"), 404, "V17"},
		"plain words": {says("HTTP/1.0 200 OK\r\n\r\nhello"), 200, "M06"},
		"unswapped": {says("HTTP/1.0 200 OK\r\n\r\n<xml><ToUserName>a</ToUserName><FromUserName>b</FromUserName><CreateTime>1</CreateTime>" +
			"<MsgType>text</MsgType><Content>x</Content></xml>"), 200, "M14"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newUpstream(t, c.answer)
			limit := busy.Net
			if c.id == "M01" {
				limit = 300 * time.Millisecond
			}
			busy.Patiently(t, limit, func(limit time.Duration) error {
				addr, l := startProxy(t, u.url, func(p *receiver.Proxy) { p.Pusher.Sender.Timeout = limit })
				d := deliver(t, &push.Pusher{URL: "http://" + addr, Token: token}, text(t, "hi"))
				if res := d.Last().Response; res == nil || res.Status != c.status {
					return fmt.Errorf("%+v, %v", res, d.Last().Err)
				}
				e := l.last(t)
				if !has(e.Delivery, c.id) || e.Delivery.OK() || e.Status != c.status {
					return fmt.Errorf("%d, %+v", e.Status, e.Delivery)
				}
				return nil
			})
		})
	}
	t.Run("absent", func(t *testing.T) {
		addr, log := startProxy(t, "http://"+busy.Nobody(t), nil)
		d := deliver(t, &push.Pusher{URL: "http://" + addr, Token: token}, text(t, "hi"))
		if e := log.last(t); d.Last().Response.Status != 502 || !has(e.Delivery, "V04") {
			t.Errorf("%d, %v", d.Last().Response.Status, e.Delivery.Findings)
		}
	})
}

// TestProxyToServerThatEnds: its last request is told from those that nobody
// answers.
func TestProxyToServerThatEnds(t *testing.T) {
	var s *httptest.Server
	s = httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		s.Listener.Close()
		panic(http.ErrAbortHandler)
	}))
	defer s.Close()
	addr, l := startProxy(t, s.URL, nil)
	deliver(t, &push.Pusher{URL: "http://" + addr, Token: token}, text(t, "hi"))
	if d := l.last(t).Delivery; !has(d, "M30") || d.After != push.Ended {
		t.Errorf("%q: %+v", d.After, d.Findings)
	}
}

// TestProxyReadsReplies: the reply is judged in the mode of the message.
func TestProxyReadsReplies(t *testing.T) {
	behind, _ := start(t, &receiver.Handler{Token: token, Codec: codec(t, key, appID), SafeOnly: true, Reply: echo})
	addr, l := startProxy(t, behind, nil)
	c := &push.Pusher{URL: "http://" + addr, Token: token, Mode: msgcrypt.Safe, Codec: codec(t, key, appID)}
	m := text(t, "hi")
	d := deliver(t, c, m)
	e := l.last(t)
	if d.Reply.Text() != "you said: hi" || e.Delivery.Reply.Text() != "you said: hi" || e.Delivery.Envelope == nil || e.Repeated {
		t.Errorf("%v, logged %v", d.Reply, e.Delivery.Reply)
	}
	if !bytes.Equal(e.Answer, d.Plain) {
		t.Errorf("logged %q, not %q", e.Answer, d.Plain)
	}
	deliver(t, c, m)
	if e := l.last(t); !e.Repeated {
		t.Error("the repetition is not marked")
	}

	// Who has no key sees a compatible push, and not into its reply.
	addr, l = startProxy(t, behind, func(p *receiver.Proxy) { p.Handler.Codec, p.Pusher.Codec = nil, nil })
	c.URL, c.Mode = "http://"+addr, msgcrypt.Compat
	deliver(t, c, text(t, "hi"))
	if e := l.last(t); !e.Delivery.OK() || e.Delivery.Reply.Type != reply.TypeEncrypted || e.Message.Get("Content") != "hi" {
		t.Errorf("%v", e.Delivery)
	}
}

// TestProxyLimits: too much is refused before it goes on.
func TestProxyLimits(t *testing.T) {
	u := newUpstream(t, says(success))
	addr, _ := startProxy(t, u.url, nil)
	large := strings.Repeat("x", message.MaxBody+1)
	if got := talk(t, addr, fmt.Sprintf("POST /x HTTP/1.0\r\nContent-Length: %d\r\n\r\n%s", len(large), large)); !strings.HasPrefix(got, "HTTP/1.0 413") {
		t.Errorf("%.80q", got)
	}
	if got := talk(t, addr, "GET /x HTTP/1.0\r\nX: "+large[:wire.MaxHead]+"\r\n\r\n"); !strings.Contains(got, " 431 ") {
		t.Errorf("%.80q", got)
	}
	if len(u.requests()) != 0 {
		t.Errorf("%.80q went on", u.requests())
	}
	// Many lines, within the limit, come through in their order.
	var head strings.Builder
	for i := range 200 {
		fmt.Fprintf(&head, "x-%d: %d\r\n", 199-i, i)
	}
	talk(t, addr, "GET /x HTTP/1.0\r\n"+head.String()+"\r\n")
	if got := u.requests(); len(got) != 1 || got[0] != "GET /x HTTP/1.0\r\n"+head.String()+"\r\n" {
		t.Errorf("%q", got)
	}
}

// TestProxyWait: a server that is shut down has logged what it answered.
func TestProxyWait(t *testing.T) {
	release := make(chan struct{})
	u := newUpstream(t, func(c net.Conn) {
		<-release
		io.WriteString(c, success)
	})
	var p *receiver.Proxy
	addr, l := startProxy(t, u.url, func(proxy *receiver.Proxy) { p = proxy })
	answered := make(chan string)
	go func() { answered <- talk(t, addr, "GET /x HTTP/1.0\r\n\r\n") }()
	for len(u.requests()) == 0 {
		time.Sleep(time.Millisecond)
	}
	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	p.Wait(short)
	l.mu.Lock()
	early := len(l.list)
	l.mu.Unlock()
	if short.Err() == nil || early != 0 {
		t.Errorf("Wait did not wait: %d logged", early)
	}
	close(release)
	p.Wait(t.Context())
	if e := l.last(t); e.Status != 200 || <-answered != success {
		t.Errorf("logged %+v", e)
	}
}
