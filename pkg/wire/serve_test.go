package wire_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/wire"
)

// serve runs a server below HTTP on loopback and returns its address. It is
// given each connection, once the request's head was read.
func serve(t testing.TB, f func(c *net.TCPConn)) string {
	t.Helper()
	return listen(t, "127.0.0.1:0", f)
}

func listen(t testing.TB, addr string, f func(c *net.TCPConn)) string {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
					f(c.(*net.TCPConn))
				}
			}()
		}
	}()
	return l.Addr().String()
}

// says is a server that writes text and closes the connection.
func says(text string) func(*net.TCPConn) {
	return func(c *net.TCPConn) { io.WriteString(c, text) }
}

// saysAndHolds is a server that writes text and leaves the connection open.
func saysAndHolds(text string) func(*net.TCPConn) {
	return func(c *net.TCPConn) {
		io.WriteString(c, text)
		io.Copy(io.Discard, c) // until the client closes
	}
}

// saysAndBreaks is a server that writes text and resets the connection, after
// the client has read it.
func saysAndBreaks(text string) func(*net.TCPConn) {
	return func(c *net.TCPConn) {
		io.WriteString(c, text)
		time.Sleep(20 * time.Millisecond)
		c.SetLinger(0)
	}
}

func get(url string) *wire.Request { return wire.NewRequest("GET", url, nil) }

// do sends a GET to a server that does f.
func do(t testing.TB, s wire.Sender, f func(*net.TCPConn)) *wire.Exchange {
	t.Helper()
	if s.Timeout == 0 {
		s.Timeout = busy.Net
	}
	return s.Do(t.Context(), get("http://"+serve(t, f)+"/"))
}

// named resolves every name to the addresses.
func named(addrs ...string) func(context.Context, string) ([]netip.Addr, error) {
	return func(context.Context, string) ([]netip.Addr, error) {
		var all []netip.Addr
		for _, a := range addrs {
			all = append(all, netip.MustParseAddr(a))
		}
		return all, nil
	}
}

// sound demands of an exchange what holds for all.
func sound(t testing.TB, ex *wire.Exchange) {
	t.Helper()
	if (ex.Response == nil) != (ex.Err != nil) {
		t.Errorf("response %v together with error %v", ex.Response, ex.Err)
	}
	if (ex.End == wire.EndNone) != (ex.Response == nil) {
		t.Errorf("response %v ended with %d", ex.Response, ex.End)
	}
	if len(ex.Received) > wire.MaxBytes {
		t.Errorf("%d bytes were kept", len(ex.Received))
	}
	if ex.Err != nil && (ex.Failure() == 0 || errors.Unwrap(ex.Err) == nil || ex.Err.Error() == "") {
		t.Errorf("an error without kind or text: %#v", ex.Err)
	}
	if r := ex.Response; r != nil && len(r.Decoded) > len(ex.Received) {
		t.Errorf("a body of %d bytes in an answer of %d", len(r.Decoded), len(ex.Received))
	}
}
