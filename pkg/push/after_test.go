package push_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/reply"
	"github.com/wxdev/wxdev/pkg/wire"
)

// TestMain is a server that a message ends, when a test starts it as one.
func TestMain(m *testing.M) {
	if os.Getenv("WXDEV_TEST_MORTAL") == "" {
		os.Exit(m.Run())
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(l.Addr())
	_ = http.Serve(l, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		os.Exit(1)
	}))
}

// mortalProcess starts a server that a message ends, and returns its URL.
func mortalProcess(t *testing.T) string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "WXDEV_TEST_MORTAL=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	addr, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return "http://" + strings.TrimSpace(addr) + "/"
}

// TestProcessEnds: a process that a message ends is said to have died of it.
func TestProcessEnds(t *testing.T) {
	d := pushTo(t, mortalProcess(t), wire.Sender{})
	if ids(d) != "M30 dies" || d.After != push.Ended || d.Seen != reply.SeenFault {
		t.Errorf("%s, %s, seen %s: %v", ids(d), d.After, d.Seen, d.Last().Err)
	}
	if text := evidence(t, d); text != "after the message text the server accepts no more connections" {
		t.Errorf("the evidence is %q", text)
	}
}

// mortal is a server whose listener opens and closes at what a test chooses
// among the connections that are made to it.
type mortal struct {
	t      *testing.T
	addr   string
	answer func(m *mortal, attempt int, c net.Conn) // to a request
	before func(m *mortal, dial int)                // any connection, the first being 1
	after  func(m *mortal, dial int, err error)

	mu       sync.Mutex
	l        net.Listener
	dials    int
	requests int
}

func (m *mortal) open() {
	m.mu.Lock()
	defer m.mu.Unlock()
	l, err := net.Listen("tcp", m.addr)
	if err != nil {
		m.t.Error(err)
		return
	}
	m.l = l
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go m.talk(c)
		}
	}()
}

func (m *mortal) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	_ = m.l.Close()
}

func (m *mortal) talk(c net.Conn) {
	defer c.Close()
	r, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return // it was but looked for
	}
	_, _ = io.Copy(io.Discard, r.Body)
	m.mu.Lock()
	m.requests++
	n := m.requests
	m.mu.Unlock()
	m.answer(m, n, c)
}

func (m *mortal) dial(ctx context.Context, network, address string) (net.Conn, error) {
	m.dials++ // one at a time
	if m.before != nil {
		m.before(m, m.dials)
	}
	c, err := new(net.Dialer).DialContext(ctx, network, address)
	if m.after != nil {
		m.after(m, m.dials, err)
	}
	return c, err
}

// dies closes the listener, then the connection.
func dies(m *mortal, _ int, _ net.Conn) { m.close() }

func drops(*mortal, int, net.Conn) {}

// restarts opens the listener once it was seen to be closed.
func restarts(m *mortal, _ int, err error) {
	if err != nil {
		m.open()
	}
}

func answersFrom(attempt int) func(*mortal, int, net.Conn) {
	return func(m *mortal, n int, c net.Conn) {
		if n < attempt {
			m.close()
			return
		}
		_, _ = io.WriteString(c, "HTTP/1.0 200 OK\r\n\r\nsuccess")
	}
}

// TestAfter: what is said of a server that left a push without an answer, by
// whether it still listens.
func TestAfter(t *testing.T) {
	for name, c := range map[string]struct {
		*mortal
		attempts int // 0 is three
		timeout  time.Duration
		ids      string
		after    push.State
		severity finding.Severity
		sent     int // attempts that were made
	}{
		"dies": {&mortal{answer: dies}, 0, 0, "M30 dies", push.Ended, finding.Error, 1},
		"dies within its answer": {&mortal{answer: func(m *mortal, _ int, c net.Conn) {
			m.close()
			_, _ = io.WriteString(c, "HTTP/1.0 200 OK\r\nContent-Length: 100\r\n\r\n<xml>")
		}}, 0, 0, "M30 dies", push.Ended, finding.Error, 1},
		"dies a little later": {&mortal{answer: drops, before: func(m *mortal, dial int) {
			if dial == 3 { // the second look
				m.close()
			}
		}}, 0, 0, "M30 dies", push.Ended, finding.Error, 1},
		"dies much later": {&mortal{answer: drops, before: func(m *mortal, dial int) {
			if dial == 4 { // the second attempt
				m.close()
			}
		}}, 0, 0, "M30 dies", push.Ended, finding.Error, 2},
		"hangs, then dies": {&mortal{answer: func(m *mortal, _ int, c net.Conn) { _, _ = c.Read(make([]byte, 1)) }, before: func(m *mortal, dial int) {
			if dial == 2 {
				m.close()
			}
		}}, 1, 300 * time.Millisecond, "M30 dies", push.Ended, finding.Error, 1},
		"drops it":               {&mortal{answer: drops}, 0, 0, "M30 no-answer", push.Serving, finding.Error, 3},
		"hangs":                  {&mortal{answer: func(_ *mortal, _ int, c net.Conn) { _, _ = c.Read(make([]byte, 1)) }}, 1, 300 * time.Millisecond, "M01 timeout", push.Serving, finding.Error, 1},
		"restarts":               {&mortal{answer: dies, after: restarts}, 0, 0, "M30 restarts", push.Restarted, finding.Error, 3},
		"restarts, sent once":    {&mortal{answer: dies, after: restarts}, 1, 0, "M30 restarts", push.Restarted, finding.Error, 1},
		"restarts, then answers": {&mortal{answer: answersFrom(2), after: restarts}, 0, 0, "M30 restarts", push.Restarted, finding.Warning, 2},
		"restarts, then fails": {&mortal{answer: func(m *mortal, n int, c net.Conn) {
			if n == 1 {
				m.close()
				return
			}
			_, _ = io.WriteString(c, "HTTP/1.0 500 Oh\r\n\r\nNullPointerException")
		}, after: restarts}, 0, 0, "M30 restarts, M19 error-status", push.Restarted, finding.Error, 3},
		"restarts, then drops": {&mortal{answer: func(m *mortal, n int, _ net.Conn) {
			if n == 1 {
				m.close()
			}
		}, after: restarts}, 0, 0, "M30 restarts", push.Restarted, finding.Error, 3},
		"was not there yet": {&mortal{answer: answersFrom(1), before: func(m *mortal, dial int) {
			if dial == 1 {
				m.close()
			}
		}, after: restarts}, 0, 0, "M01 failed-first", "", finding.Warning, 2},
		"was never there": {&mortal{before: func(m *mortal, dial int) { m.close() }}, 0, 0, "V04 refused", "", finding.Error, 3},
		"fails":           {&mortal{answer: func(_ *mortal, _ int, c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.0 500 Oh\r\n\r\n") }}, 0, 0, "M19 error-status", "", finding.Error, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := c.mortal
			m.t, m.addr = t, busy.Free(t)
			m.open()
			t.Cleanup(m.close)
			p := &push.Pusher{URL: "http://" + m.addr + "/", Token: token, Attempts: c.attempts}
			p.Sender.Timeout, p.Sender.Dial = max(c.timeout, busy.Net), m.dial
			if c.timeout > 0 {
				p.Sender.Timeout = c.timeout
			}
			built, err := p.Build(newMessage(t, "text"))
			if err != nil {
				t.Fatal(err)
			}
			d := p.Deliver(t.Context(), built)
			if ids(d) != c.ids || d.After != c.after || len(d.Exchanges) != c.sent {
				t.Errorf("%s, %q after %d attempts: %v", ids(d), d.After, len(d.Exchanges), d.Last().Err)
			}
			seen := reply.SeenFault
			if c.severity == finding.Warning {
				seen = reply.SeenNothing // success was answered
			}
			if len(d.Findings) == 0 || d.Findings[0].Severity != c.severity || d.Seen != seen {
				t.Errorf("seen %s: %+v", d.Seen, d.Findings)
			}
		})
	}
}

// TestAfterNothing: a context that ends says nothing about a server, and an
// answer needs no look.
func TestAfterNothing(t *testing.T) {
	addr := serve(t, func(*net.TCPConn) {})
	ex := pushTo(t, "http://"+addr+"/", wire.Sender{}).Last()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if state := push.StateAfter(ctx, &wire.Sender{}, ex); state != "" {
		t.Errorf("canceled: %q", state)
	}
	if state := push.StateAfter(t.Context(), &wire.Sender{}, ex); state != push.Serving {
		t.Errorf("still there: %q", state)
	}
	right := pushTo(t, "http://"+serve(t, writes("HTTP/1.0 200 OK\r\n\r\nsuccess"))+"/", wire.Sender{})
	if state := push.StateAfter(t.Context(), &wire.Sender{}, right.Last()); state != "" || right.After != "" {
		t.Errorf("answered: %q, %q", state, right.After)
	}
}
