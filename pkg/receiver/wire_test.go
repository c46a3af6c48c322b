package receiver_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/signature"
)

func TestOtherMethods(t *testing.T) {
	url, l := start(t, &receiver.Handler{Token: token})
	for _, method := range []string{"PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE"} {
		req, err := http.NewRequestWithContext(t.Context(), method, url+"?"+signed("1700000000", "1"), nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusMethodNotAllowed || res.Header.Get("Allow") != "GET, POST" {
			t.Errorf("%s: %s, Allow %q", method, res.Status, res.Header.Get("Allow"))
		}
		if e := l.last(t); !errors.Is(e.Err, receiver.ErrMethod) {
			t.Errorf("%s: logged %v", method, e.Err)
		}
	}
}

func signed(timestamp, nonce string) string {
	return query("signature", signature.Access(token, timestamp, nonce), "timestamp", timestamp, "nonce", nonce, "echostr", "123")
}

// TestHTTP10 reads the bytes: an old client takes no chunks, and waits for the
// end of the connection.
func TestHTTP10(t *testing.T) {
	url, _ := start(t, &receiver.Handler{Token: token})
	addr := strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/wechat")
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(busy.Net))
	fmt.Fprintf(conn, "GET /?%s HTTP/1.0\r\n\r\n", signed("1700000000", "1"))
	got, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	head, body, _ := strings.Cut(string(got), "\r\n\r\n")
	if !strings.HasPrefix(head, "HTTP/1.0 200 OK\r\n") || !strings.Contains(head, "\r\nContent-Length: 3") || body != "123" {
		t.Errorf("%q", got)
	}
	if strings.Contains(strings.ToLower(head), "transfer-encoding") {
		t.Errorf("chunked to an HTTP/1.0 client: %q", head)
	}
}

// TestCutBody: a client that promises more than it sends.
func TestCutBody(t *testing.T) {
	url, l := start(t, &receiver.Handler{Token: token})
	addr := strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/wechat")
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST /?%s HTTP/1.0\r\nContent-Length: 100\r\n\r\n<xml>", signed("1700000000", "1"))
	conn.(*net.TCPConn).CloseWrite()
	defer conn.Close()
	got, _ := io.ReadAll(conn)
	if e := l.last(t); !strings.HasPrefix(string(got), "HTTP/1.0 400") || !errors.Is(e.Err, receiver.ErrBody) {
		t.Errorf("%q, %v", got, e.Err)
	}
}
