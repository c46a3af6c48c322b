package wire_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/wire"
)

// doPipe gives r the answer, in writes of n bytes, without a socket.
func doPipe(t testing.TB, r *wire.Request, answer string, n int) *wire.Exchange {
	s := pipe(answer, n)
	return s.Do(t.Context(), r)
}

// pipe is a sender to a server that writes the answer in segments of n bytes.
func pipe(answer string, n int) wire.Sender {
	return wire.Sender{Timeout: busy.Net, Dial: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go func() {
			defer server.Close()
			server.Read(make([]byte, 4096)) // the request
			for chunk := range slices.Chunk([]byte(answer), n) {
				if _, err := server.Write(chunk); err != nil {
					return
				}
			}
		}()
		return client, nil
	}}
}

func TestExchangeIsRecorded(t *testing.T) {
	t.Parallel()
	addr := serve(t, saysAndHolds(ok("Content-Length: 19\r\n", echo)))
	s := wire.Sender{Timeout: busy.Net, Resolve: named("::2", "127.0.0.1", "127.0.0.1", "127.0.0.2", "127.0.0.1", "::ffff:127.0.0.2")}
	_, port, _ := net.SplitHostPort(addr)
	r := get("http://wx.example.com:" + port + "/wechat")
	ex := s.Do(t.Context(), r)
	sound(t, ex)
	if ex.Err != nil {
		t.Fatal(ex.Err)
	}
	want := []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.2"), netip.MustParseAddr("::2")}
	if !slices.Equal(ex.Addresses, want) || ex.Address != addr {
		t.Errorf("%v, connected to %s", ex.Addresses, ex.Address)
	}
	if ex.Request != r || string(ex.Sent) != string(r.Bytes()) || string(ex.Received) != ok("Content-Length: 19\r\n", echo) {
		t.Errorf("sent %q, received %q", ex.Sent, ex.Received)
	}
	if ex.TLS != "" || ex.Certs != nil {
		t.Errorf("TLS %q on plain http", ex.TLS)
	}
	times := ex.Times
	if times.DNS <= 0 || times.Connect <= 0 || times.FirstByte <= 0 || times.TLS != 0 ||
		times.Total < times.DNS+times.Connect+times.FirstByte {
		t.Errorf("%+v", times)
	}
}

// TestEnds: how an answer ends that the server does not end properly.
func TestEnds(t *testing.T) {
	for name, c := range map[string]struct {
		server func(*net.TCPConn)
		want   wire.End
	}{
		"open":                    {saysAndHolds(ok("", echo)), wire.EndTimeout},
		"length, too little":      {saysAndHolds(ok("Content-Length: 20\r\n", echo)), wire.EndTimeout},
		"length, open":            {saysAndHolds(ok("Content-Length: 19\r\n", echo)), wire.EndLength},
		"chunked to 1.0, open":    {saysAndHolds(ok("Transfer-Encoding: chunked\r\n", "13\r\n"+echo+"\r\n0\r\n\r\n")), wire.EndLength},
		"reset":                   {saysAndBreaks(ok("", echo)), wire.EndReset},
		"reset before the end":    {saysAndBreaks(ok("Content-Length: 20\r\n", echo)), wire.EndShort},
		"reset behind the end":    {saysAndBreaks(ok("Content-Length: 19\r\n", echo)), wire.EndLength},
		"reset without a pause":   {func(c *net.TCPConn) { io.WriteString(c, ok("Content-Length: 19\r\n", echo)); c.SetLinger(0) }, wire.EndLength},
		"exactly the limit":       {says(ok("", strings.Repeat("x", wire.MaxBytes-len(ok("", ""))))), wire.EndEOF},
		"one byte too many":       {says(ok("", strings.Repeat("x", wire.MaxBytes-len(ok("", ""))+1))), wire.EndLimit},
		"without end":             {endless("x"), wire.EndLimit},
		"chunked without end":     {endless("1\r\nx\r\n"), wire.EndLimit},
		"a length of 100 MB, all": {says(ok("Content-Length: 104857600\r\n", strings.Repeat("x", 100<<20))), wire.EndLimit},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limit := busy.Net
			if c.want == wire.EndTimeout {
				limit = 400 * time.Millisecond
			}
			busy.Patiently(t, limit, func(limit time.Duration) error {
				ex := do(t, wire.Sender{Timeout: limit}, c.server)
				sound(t, ex)
				if ex.Err != nil || ex.End != c.want {
					return fmt.Errorf("%v, end %d, want %d", ex.Err, ex.End, c.want)
				}
				if body := string(ex.Response.Decoded); !strings.HasPrefix(body, "x") && body != echo {
					return fmt.Errorf("body %q", body)
				}
				return nil
			})
		})
	}
}

// endless answers with chunks, or what looks like them, until it is stopped.
func endless(unit string) func(*net.TCPConn) {
	return func(c *net.TCPConn) {
		head := ""
		if strings.Contains(unit, "\r\n") {
			head = "Transfer-Encoding: chunked\r\n"
		}
		_, err := io.WriteString(c, ok(head, ""))
		for block := strings.Repeat(unit, 10_000); err == nil; {
			_, err = io.WriteString(c, block)
		}
	}
}

// TestConnect: whoever listens is connected to, and hears nothing.
func TestConnect(t *testing.T) {
	heard := make(chan []byte, 1)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		b, _ := io.ReadAll(c)
		heard <- b
	}()
	var s wire.Sender
	if err := s.Connect(t.Context(), l.Addr().String()); err != nil {
		t.Error(err)
	}
	if b := <-heard; len(b) > 0 {
		t.Errorf("the server heard %q", b)
	}
	var fail *wire.Error
	if err := s.Connect(t.Context(), busy.Nobody(t)); !errors.As(err, &fail) || fail.Kind != wire.Refused {
		t.Errorf("nobody: %v", err)
	}
}

func TestKinds(t *testing.T) {
	failing := func(err error) func(context.Context, string) ([]netip.Addr, error) {
		return func(context.Context, string) ([]netip.Addr, error) { return nil, err }
	}
	silent := func(ctx context.Context, _, _ string) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }
	const quick = 200 * time.Millisecond // at first: only who meets it has a limit
	for name, c := range map[string]struct {
		url    string
		sender wire.Sender
		want   wire.Kind
	}{
		"no such name":      {"http://wx.example.com/", wire.Sender{Resolve: failing(&net.DNSError{Err: "no such host", Server: "10.9.8.7:53"})}, wire.DNS},
		"no address":        {"http://wx.example.com/", wire.Sender{Resolve: named()}, wire.DNS},
		"a slow resolver":   {"http://wx.example.com/", wire.Sender{Timeout: quick, Resolve: waitDNS}, wire.DNS},
		"refused":           {"http://" + busy.Nobody(t) + "/", wire.Sender{}, wire.Refused},
		"not connected":     {"http://127.0.0.1/", wire.Sender{Timeout: quick, Dial: silent}, wire.Dial},
		"for another cause": {"http://127.0.0.1/", wire.Sender{Dial: dialFails}, wire.Dial},
		"not a URL":         {"http://127.0.0.1:0/", wire.Sender{}, wire.Dial},
		"no answer":         {"http://" + serve(t, saysAndHolds("")) + "/", wire.Sender{Timeout: quick}, wire.Timeout},
		"half a head":       {"http://" + serve(t, saysAndHolds("HTTP/1.1 200 OK\r\nA: ")) + "/", wire.Sender{Timeout: quick}, wire.Timeout},
		"reset":             {"http://" + serve(t, saysAndBreaks("")) + "/", wire.Sender{}, wire.Reset},
		"reset in the head": {"http://" + serve(t, saysAndBreaks("HTTP/1.1 20")) + "/", wire.Sender{}, wire.Reset},
		"closed":            {"http://" + serve(t, says("")) + "/", wire.Sender{}, wire.Closed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limit := busy.Net
			if c.sender.Timeout > 0 {
				limit = c.sender.Timeout
			}
			busy.Patiently(t, limit, func(limit time.Duration) error {
				s := c.sender
				s.Timeout = limit
				ex := s.Do(t.Context(), get(c.url))
				sound(t, ex)
				if ex.Err != nil && strings.Contains(ex.Err.Error(), "10.9.8.7") {
					t.Errorf("the resolver's address is in %q", ex.Err)
				}
				if ex.Failure() != c.want || ex.Times.Total > limit+busy.Net {
					return fmt.Errorf("%v, kind %d, want %d, after %v of %v", ex.Err, ex.Failure(), c.want, ex.Times.Total, limit)
				}
				return nil
			})
		})
	}
}

func waitDNS(ctx context.Context, _ string) ([]netip.Addr, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func dialFails(context.Context, string, string) (net.Conn, error) {
	return nil, &net.OpError{Op: "dial", Err: errors.New("operation not permitted")}
}

// TestSlowAnswers: a drip and a trickle end at the deadline, not before, and
// do not go on until the server is done.
func TestSlowAnswers(t *testing.T) {
	drip := func(head string) func(*net.TCPConn) {
		return func(c *net.TCPConn) {
			_, err := io.WriteString(c, head)
			for ; err == nil; time.Sleep(20 * time.Millisecond) {
				_, err = c.Write([]byte("x"))
			}
		}
	}
	for name, c := range map[string]struct {
		server func(*net.TCPConn)
		err    bool
	}{
		"head": {drip("HTTP/1.1 200 OK\r\nA: "), true},
		"body": {drip(ok("", "")), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			busy.Patiently(t, 300*time.Millisecond, func(limit time.Duration) error {
				ex := do(t, wire.Sender{Timeout: limit}, c.server)
				sound(t, ex)
				if c.err != (ex.Failure() == wire.Timeout) || !c.err && ex.End != wire.EndTimeout {
					return fmt.Errorf("%v, end %d", ex.Err, ex.End)
				}
				if took := ex.Times.Total; took < limit || took > limit+busy.Net {
					t.Errorf("took %v of %v", took, limit)
				}
				return nil
			})
		})
	}
}

// TestCancel: a caller who gives up waits no longer, whatever is under way.
func TestCancel(t *testing.T) {
	silent := func(ctx context.Context, _, _ string) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }
	plain := "http://" + serve(t, saysAndHolds("HTTP/1.1 200")) + "/"
	mute, err := net.Listen("tcp", "127.0.0.1:0") // takes connections, says nothing
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mute.Close() })
	for name, c := range map[string]struct {
		url    string
		sender wire.Sender
	}{
		"resolving": {"http://wx.example.com/", wire.Sender{Resolve: waitDNS}},
		"dialling":  {"http://127.0.0.1/", wire.Sender{Dial: silent}},
		"handshake": {"https://" + mute.Addr().String() + "/", wire.Sender{}},
		"reading":   {plain, wire.Sender{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(50*time.Millisecond, cancel)
			c.sender.Timeout = 2 * busy.Net
			start := time.Now()
			ex := c.sender.Do(ctx, get(c.url))
			sound(t, ex)
			if ex.Failure() != wire.Canceled || !errors.Is(ex.Err, context.Canceled) {
				t.Errorf("%v of kind %d", ex.Err, ex.Failure())
			}
			if took := time.Since(start); took > busy.Net {
				t.Errorf("took %v", took)
			}
		})
	}
}

// TestCancelWithinBody: an answer that the caller no longer wants is not one
// that was late.
func TestCancelWithinBody(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	ex := (&wire.Sender{}).Do(ctx, get("http://"+serve(t, saysAndHolds(ok("Content-Length: 20\r\n", echo)))+"/"))
	sound(t, ex)
	if ex.Err != nil || ex.End != wire.EndCanceled {
		t.Errorf("%v, end %d", ex.Err, ex.End)
	}
}

// TestCancelWhileConnecting: giving up just as the connection stands is not
// forgotten over setting its deadline.
func TestCancelWhileConnecting(t *testing.T) {
	t.Parallel()
	addr := serve(t, saysAndHolds(""))
	for range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		s := wire.Sender{Timeout: 2 * busy.Net, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			c, err := net.Dial(network, addr)
			cancel()
			runtime.Gosched()
			return c, err
		}}
		start := time.Now()
		if ex := s.Do(ctx, get("http://127.0.0.1/")); ex.Failure() != wire.Canceled || time.Since(start) > busy.Net {
			t.Fatalf("%v after %v", ex.Err, time.Since(start))
		}
	}
}

// TestAddresses: each address gets its share of the time; the first that
// answers is taken, and if none does the first one's failure is told.
func TestAddresses(t *testing.T) {
	t.Parallel()
	addr := serve(t, says(ok("", echo)))
	_, port, _ := net.SplitHostPort(addr)
	var mu sync.Mutex
	var tried []string
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		mu.Lock()
		tried = append(tried, address)
		mu.Unlock()
		if address == addr {
			return new(net.Dialer).DialContext(ctx, network, address)
		}
		<-ctx.Done()
		return nil, ctx.Err()
	}
	s := wire.Sender{Dial: dial, Resolve: named("2001:db8::1", "192.0.2.1", "127.0.0.1")}
	busy.Patiently(t, 600*time.Millisecond, func(limit time.Duration) error {
		s.Timeout, tried = limit, nil
		ex := s.Do(t.Context(), get("http://wx.example.com:"+port+"/"))
		if ex.Err != nil || ex.Address != addr || ex.Times.Connect < limit/4 {
			return fmt.Errorf("%v, connected to %q in %v", ex.Err, ex.Address, ex.Times.Connect)
		}
		if want := []string{"192.0.2.1:" + port, addr}; !slices.Equal(tried, want) {
			return fmt.Errorf("tried %q, want %q", tried, want)
		}
		return nil
	})

	s.Resolve = named("2001:db8::1", "192.0.2.1")
	s.Timeout = 200 * time.Millisecond
	ex := s.Do(t.Context(), get("http://wx.example.com:"+port+"/"))
	if ex.Failure() != wire.Dial || ex.Address != "192.0.2.1:"+port {
		t.Errorf("%v of %q", ex.Err, ex.Address)
	}

	s.Only, s.Timeout = netip.MustParseAddr("127.0.0.1"), busy.Net
	ex = s.Do(t.Context(), get("http://wx.example.com:"+port+"/"))
	if ex.Err != nil || !slices.Equal(ex.Addresses, []netip.Addr{s.Only}) || ex.Times.DNS != 0 {
		t.Errorf("Only: %v, %v", ex.Err, ex.Addresses)
	}
}

func TestDefaultPorts(t *testing.T) {
	for url, want := range map[string]string{
		"http://127.0.0.1/": "127.0.0.1:80", "https://127.0.0.1/": "127.0.0.1:443", "http://[::1]/": "[::1]:80", "HTTPS://[::1]:8443/": "[::1]:8443",
	} {
		ex := (&wire.Sender{Dial: dialFails}).Do(t.Context(), get(url))
		if ex.Address != want {
			t.Errorf("%s goes to %q, want %q", url, ex.Address, want)
		}
	}
}

// TestEarlyAnswer: a server that refuses before it has read everything is
// heard, though it closes the connection on the rest.
func TestEarlyAnswer(t *testing.T) {
	t.Parallel()
	addr := serve(t, func(c *net.TCPConn) {
		io.WriteString(c, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
		c.CloseWrite()
		io.Copy(io.Discard, c)
	})
	r := wire.NewRequest("POST", "http://"+addr+"/", make([]byte, 4<<20))
	ex := (&wire.Sender{Timeout: busy.Net}).Do(t.Context(), r)
	if ex.Err != nil || ex.Response.Status != 413 {
		t.Errorf("%v, %+v", ex.Err, ex.Response)
	}
}

// TestMemory: what is kept of a large answer is bounded, and so is what is
// needed on the way.
func TestMemory(t *testing.T) {
	block := []byte(strings.Repeat("x", 1<<20))
	addr := serve(t, func(c *net.TCPConn) {
		io.WriteString(c, ok("Content-Length: 104857600\r\n", ""))
		for range 100 {
			if _, err := c.Write(block); err != nil {
				return
			}
		}
	})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var kept []*wire.Exchange
	for range 5 {
		kept = append(kept, (&wire.Sender{Timeout: busy.Net}).Do(t.Context(), get("http://"+addr+"/")))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	for _, ex := range kept {
		if ex.End != wire.EndLimit || len(ex.Received) != wire.MaxBytes {
			t.Errorf("%v, end %d, %d bytes", ex.Err, ex.End, len(ex.Received))
		}
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 16<<20 {
		t.Errorf("the heap grew by %d bytes over 5 answers of 100 MB", grown)
	}
}
