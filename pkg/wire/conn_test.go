package wire_test

import (
	"bufio"
	"context"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/wire"
)

// conn is a way to send to a server of the test's.
func conn(t testing.TB, s wire.Sender, addr string, keep bool) *wire.Conn {
	t.Helper()
	if s.Timeout == 0 {
		s.Timeout = busy.Net
	}
	route, err := s.Route(t.Context(), "http://"+addr+"/")
	if err != nil {
		t.Fatal(err)
	}
	c := route.Conn(keep)
	t.Cleanup(c.Close)
	return c
}

// post is a request that a connection may be kept for.
func post(addr string) *wire.Request {
	r := wire.NewRequest("POST", "http://"+addr+"/", []byte("hello"))
	r.Proto = "HTTP/1.1"
	return r
}

func send(t testing.TB, c *wire.Conn, r *wire.Request) *wire.Exchange {
	t.Helper()
	return c.Do(t.Context(), r, r.Bytes())
}

// requests runs a server that answers each request of a connection: f is given
// how many came before on it, and ends the connection when it returns false. It
// counts the connections.
func requests(t testing.TB, f func(c *net.TCPConn, n int) bool) (addr string, opened *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	opened = new(atomic.Int64)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			opened.Add(1)
			go func() {
				defer c.Close()
				in := bufio.NewReader(c)
				for n := 0; ; n++ {
					r, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, r.Body)
					if !f(c.(*net.TCPConn), n) {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String(), opened
}

// same demands that a Conn found what a Sender did.
func same(t testing.TB, what string, want, got *wire.Exchange) {
	t.Helper()
	sound(t, got)
	if want.End != got.End || want.Failure() != got.Failure() || string(want.Sent) != string(got.Sent) {
		t.Errorf("%s: end %d, %v, %q; want %d, %v, %q", what, got.End, got.Err, got.Received, want.End, want.Err, want.Received)
	}
	if !reflect.DeepEqual(want.Response, got.Response) {
		t.Errorf("%s: %+v, want %+v", what, got.Response, want.Response)
	}
}

// TestConnReadsAsSender: whatever the answer, the first time and when its head is
// known.
func TestConnReadsAsSender(t *testing.T) {
	for _, answer := range []string{
		"", "HTT", "SSH-2.0-x\r\n", ok("", echo), ok("Content-Length: 19\r\n", echo), ok("Content-Length: 19\r\n", echo+"more"), ok("Content-Length: 99\r\n", echo),
		"HTTP/1.0 200\n\n" + echo, ok("Transfer-Encoding: chunked\r\n", "13\r\n"+echo+"\r\n0\r\n\r\n"), ok("Transfer-Encoding: chunked\r\n", "2;a=b\r\n4\r\n"),
		"HTTP/1.1 100 Continue\r\n\r\n" + ok("A: b\r\n c\r\n", echo), "HTTP/1.1 204 No Content\r\n\r\nx", ok("Content-Length: -1\r\n", echo),
		ok("Content-Length: 1\r\nContent-Length: 2\r\n", "a"), "HTTP/1.1 500 Oh\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n", ok(": \r\n", ""),
	} {
		addr := serve(t, says(answer))
		for _, r := range []*wire.Request{get("http://" + addr + "/"), post(addr)} {
			c := conn(t, wire.Sender{}, addr, true)
			want := (&wire.Sender{Timeout: busy.Net}).Do(t.Context(), r)
			same(t, answer, want, send(t, c, r))
			same(t, answer+" again", want, send(t, c, r))
		}
	}
}

// TestConnIsKept: one connection carries all requests, if they are HTTP/1.1, and
// the answers are their own.
func TestConnIsKept(t *testing.T) {
	answer := func(c *net.TCPConn, n int) bool {
		body := "answer " + string(rune('a'+n))
		io.WriteString(c, ok("Content-Length: 8\r\n", body))
		return true
	}
	addr, opened := requests(t, answer)
	c := conn(t, wire.Sender{}, addr, true)
	for n := range 5 {
		if ex := send(t, c, post(addr)); ex.Err != nil || string(ex.Response.Body) != "answer "+string(rune('a'+n)) {
			t.Fatalf("%v %q", ex.Err, ex.Received)
		}
	}
	if n := opened.Load(); n != 1 {
		t.Errorf("%d connections", n)
	}
	old := post(addr)
	old.Proto = "HTTP/1.0"
	for name, f := range map[string]func(){
		"not kept": func() { send(t, conn(t, wire.Sender{}, addr, false), post(addr)) },
		"HTTP/1.0": func() {
			c := conn(t, wire.Sender{}, addr, true)
			send(t, c, old) // the server answers in 1.1, and might keep it
			send(t, c, old)
		},
	} {
		before := opened.Load()
		f()
		if n := opened.Load() - before; n == 0 {
			t.Errorf("%s: no new connection", name)
		}
	}
}

// TestConnEndsWithItsAnswer: a connection that the answer does not leave clean is
// not used again.
func TestConnEndsWithItsAnswer(t *testing.T) {
	for name, answer := range map[string]string{
		"close":              ok("Connection: close\r\nContent-Length: 0\r\n", ""),
		"1.0":                "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
		"more than promised": ok("Content-Length: 1\r\n", "ab"),
		"malformed":          ok("Content-Length: x\r\n", "ab"),
	} {
		addr, opened := requests(t, func(c *net.TCPConn, _ int) bool { io.WriteString(c, answer); return true })
		c := conn(t, wire.Sender{}, addr, true)
		for range 3 {
			send(t, c, post(addr))
		}
		if n := opened.Load(); n != 3 {
			t.Errorf("%s: %d connections for 3 requests", name, n)
		}
	}
}

// TestDeadConnIsReplaced: a kept connection that the server has closed, or resets,
// is no error; one that breaks on a new connection is.
func TestDeadConnIsReplaced(t *testing.T) {
	for name, end := range map[string]func(c *net.TCPConn){
		"closed":          func(*net.TCPConn) {},
		"reset":           func(c *net.TCPConn) { c.SetLinger(0) },
		"closed too late": func(c *net.TCPConn) { io.ReadFull(c, make([]byte, 1)) },
	} {
		addr, opened := requests(t, func(c *net.TCPConn, n int) bool {
			io.WriteString(c, ok("Content-Length: 0\r\n", ""))
			if n == 1 {
				end(c)
			}
			return n < 1
		})
		c := conn(t, wire.Sender{}, addr, true)
		for range 6 {
			if ex := send(t, c, post(addr)); ex.Err != nil {
				t.Errorf("%s: %v", name, ex.Err)
			}
			time.Sleep(5 * time.Millisecond) // for the end of a connection to arrive, or not
		}
		if n := opened.Load(); n != 3 {
			t.Errorf("%s: %d connections", name, n)
		}
	}
	addr, opened := requests(t, func(c *net.TCPConn, _ int) bool { return false })
	if ex := send(t, conn(t, wire.Sender{}, addr, true), post(addr)); ex.Failure() != wire.Closed || opened.Load() != 1 {
		t.Errorf("%v after %d connections", ex.Err, opened.Load())
	}
}

// TestConnHearsLate: a request that is cut off for its time looks to the server as
// if the client were gone, and its answer is heard all the same.
func TestConnHearsLate(t *testing.T) {
	gone := make(chan error, 1)
	addr := serve(t, func(c *net.TCPConn) {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Le")
		_, err := io.Copy(io.Discard, c) // until the client is gone
		gone <- err
		io.WriteString(c, "ngth: 19\r\n\r\n"+echo)
	})
	c := conn(t, wire.Sender{Timeout: 50 * time.Millisecond}, addr, false)
	r := get("http://" + addr + "/")
	ex := send(t, c, r)
	if ex.Failure() != wire.Timeout {
		t.Fatal(ex.Err)
	}
	late := c.Detach()
	if late == nil || c.Detach() != nil {
		t.Fatal("it is given away once")
	}
	whole := late.Hear(time.Now().Add(busy.Net))
	if err := <-gone; err != nil {
		t.Errorf("the server saw %v", err)
	}
	if !whole.Echoes(echo) || ex.Failure() != wire.Timeout || ex.Response != nil {
		t.Errorf("%v %q; before %v", whole.Err, whole.Received, ex.Err)
	}
	silent := serve(t, saysAndHolds(ok("Content-Length: 19\r\n", "4")))
	c = conn(t, wire.Sender{Timeout: 50 * time.Millisecond}, silent, false)
	if ex := send(t, c, get("http://"+silent+"/")); ex.End != wire.EndTimeout {
		t.Fatal(ex.Err, ex.End)
	}
	if ex := c.Detach().Hear(time.Now().Add(busy.Net)); ex.End != wire.EndShort {
		t.Errorf("end %d, %v", ex.End, ex.Err)
	}
}

// TestConnAborts: Abort ends what goes on and what comes later.
func TestConnAborts(t *testing.T) {
	came := make(chan bool, 1)
	addr := serve(t, func(c *net.TCPConn) { came <- true; io.Copy(io.Discard, c) })
	c := conn(t, wire.Sender{}, addr, false)
	go func() { <-came; c.Abort() }()
	start := time.Now()
	for range 2 {
		if ex := send(t, c, post(addr)); ex.Failure() != wire.Canceled {
			t.Errorf("%v", ex.Err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c = conn(t, wire.Sender{Timeout: busy.Net}, addr, false)
	if ex := c.Do(ctx, post(addr), nil); ex.Err == nil {
		t.Error("connected in an ended context")
	}
	if time.Since(start) > busy.Net {
		t.Errorf("took %v", time.Since(start))
	}
}

// TestConnKeep: an exchange that was kept does not change any more.
func TestConnKeep(t *testing.T) {
	addr, _ := requests(t, func(c *net.TCPConn, n int) bool {
		io.WriteString(c, ok("Content-Length: 1\r\n", string(rune('a'+n))))
		return true
	})
	c := conn(t, wire.Sender{}, addr, true)
	first := send(t, c, post(addr))
	c.Keep()
	second := send(t, c, post(addr))
	if string(first.Response.Body) != "a" || string(second.Response.Body) != "b" {
		t.Errorf("%q and %q", first.Response.Body, second.Response.Body)
	}
}

// TestConnTLS: the handshake is judged as a Sender's, and the connection kept.
func TestConnTLS(t *testing.T) {
	trusting, server := secure(t, nil)
	url := at("wx.example.com", server.Listener.Addr().String())
	distrusting := trusting
	distrusting.Roots = x509.NewCertPool()
	for _, s := range []wire.Sender{trusting, distrusting} {
		route, err := s.Route(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		c := route.Conn(true)
		defer c.Close()
		for range 2 {
			r := wire.NewRequest("POST", url, nil)
			r.Proto = "HTTP/1.1"
			ex := send(t, c, r)
			if fault := ex.Failure() == wire.TLSFault; fault == (s.Roots == trusting.Roots) || !fault && ex.TLS != "TLS 1.3" {
				t.Errorf("%v %s", ex.Err, ex.TLS)
			}
			if c.Detach() != nil {
				t.Error("there is nothing to hear")
			}
		}
	}
}
