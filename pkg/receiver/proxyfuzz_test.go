package receiver_test

import (
	"bufio"
	"bytes"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/wire"
)

// quiet is what a server's ErrorLog gets, for a test to look at.
type quiet struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (q *quiet) Write(p []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.text.Write(p)
}

func (q *quiet) take() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	defer q.text.Reset()
	return q.text.String()
}

// FuzzProxy sends raw bytes to the proxy. Nothing makes it panic, whatever it
// answers is HTTP, and the server behind it gets one request or none: no bytes
// become a second one.
func FuzzProxy(f *testing.F) {
	const post = "POST /wechat?signature=x&timestamp=1&nonce=2 HTTP/1.1\r\nHost: a\r\n"
	for _, s := range []string{
		"", "GET / HTTP/1.0\r\n\r\n", "GET /?echostr=1&signature=x&timestamp=1&nonce=2 HTTP/1.0\r\nHost: a\r\n\r\n", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
		post + "Content-Length: 5\r\n\r\n<xml>", post + "Transfer-Encoding: chunked\r\n\r\n5\r\n<xml>\r\n0\r\n\r\n",
		post + "Content-Length: 0\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\n\r\n", post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\n\r\n",
		post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n<xml>", post + "X: a\r\n b\r\nConnection: close, X, Content-Length\r\nContent-Length: 5\r\n\r\n<xml>",
		"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", "GET http://other.example/ HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n", post + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n<xml>",
		post + "Content-Length: 5\nX : y\r\n\r\n<xml>", post + "Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", post + ": x\r\n\r\n",
	} {
		f.Add([]byte(s))
	}
	var mu sync.Mutex
	var got [][]byte // whole connections
	open := 0        // that are not over
	behind, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.Fatal(err)
	}
	defer behind.Close()
	go func() {
		for {
			c, err := behind.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open++
			mu.Unlock()
			go func() {
				defer c.Close()
				var raw bytes.Buffer
				in := bufio.NewReader(io.TeeReader(c, &raw))
				if r, err := http.ReadRequest(in); err == nil {
					_, _ = io.Copy(io.Discard, r.Body)
				}
				_, _ = io.WriteString(c, success)
				_ = c.(*net.TCPConn).CloseWrite()
				_ = c.SetReadDeadline(time.Now().Add(busy.Net))
				_, _ = io.Copy(io.Discard, in) // until the proxy has closed it
				mu.Lock()
				defer mu.Unlock()
				got = append(got, raw.Bytes())
				open--
			}()
		}
	}()
	p := &receiver.Proxy{
		Handler: &receiver.Handler{Token: token, Codec: codec(f, key, appID)},
		Pusher:  &push.Pusher{URL: "http://" + behind.Addr().String(), Token: token, Codec: codec(f, key, appID), Sender: wire.Sender{Timeout: busy.Net}},
	}
	front, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.Fatal(err)
	}
	var said quiet
	s := &http.Server{ReadHeaderTimeout: busy.Net, ErrorLog: log.New(&said, "", 0)}
	go s.Serve(p.Attach(s, front))
	defer s.Close()
	f.Fuzz(func(t *testing.T, data []byte) {
		mu.Lock()
		got = nil
		mu.Unlock()
		c, err := net.Dial("tcp", front.Addr().String())
		if err != nil {
			t.Skip(err) // out of ports
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(busy.Net))
		_, _ = c.Write(data)
		_ = c.(*net.TCPConn).CloseWrite()
		answer, _ := io.ReadAll(c) // it may be broken off where more was sent than read
		p.Wait(t.Context())
		for over := false; !over; time.Sleep(10 * time.Microsecond) {
			mu.Lock()
			over = open == 0
			mu.Unlock()
		}
		if text := said.take(); strings.Contains(text, "panic") {
			t.Fatalf("%q: %s", data, text)
		}
		if len(answer) > 0 && !bytes.HasPrefix(answer, []byte("HTTP/1.")) {
			t.Errorf("%q is answered by %q", data, answer)
		}
		mu.Lock()
		defer mu.Unlock()
		if len(got) > 1 {
			t.Fatalf("%q became %d requests", data, len(got))
		}
		for _, raw := range got {
			in := bufio.NewReader(bytes.NewReader(raw))
			r, err := http.ReadRequest(in)
			if err != nil {
				t.Fatalf("%q became %q: %v", data, raw, err)
			}
			_, _ = io.Copy(io.Discard, r.Body)
			if rest, _ := io.ReadAll(in); len(rest) > 0 {
				t.Fatalf("%q became %q, with %q behind the request", data, raw, rest)
			}
		}
	})
}
