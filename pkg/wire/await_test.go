package wire_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/wire"
)

// TestAwait waits for what answers, and not for more than that.
func TestAwait(t *testing.T) {
	http1, https := httptest.NewServer(http.NotFoundHandler()), httptest.NewTLSServer(http.NotFoundHandler())
	defer http1.Close()
	defer https.Close()
	for name, url := range map[string]string{
		"a server":               http1.URL + "/wechat",
		"a bad certificate":      https.URL,
		"plain text for TLS":     "https" + http1.URL[len("http"):],
		"TLS for plain text":     "http" + https.URL[len("https"):],
		"a name of two families": "http://localhost:" + port(t, http1.Listener.Addr().String()),
	} {
		ctx, cancel := context.WithTimeout(t.Context(), busy.Net)
		if err := new(wire.Sender).Await(ctx, url); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		cancel()
	}
	if err := new(wire.Sender).Await(t.Context(), "ftp://x"); err == nil {
		t.Error("a URL that leads nowhere was reached")
	}
}

// TestAwaitLater has the server come after some tries.
func TestAwaitLater(t *testing.T) {
	tries := 0
	s := wire.Sender{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		if tries++; tries < 4 {
			return dialFails(ctx, network, address)
		}
		c, _ := net.Pipe()
		return c, nil
	}}
	if err := s.Await(t.Context(), "http://127.0.0.1/"); err != nil || tries != 4 {
		t.Errorf("%d tries: %v", tries, err)
	}
}

// TestAwaitInVain gives up with the context: where nobody listens, where a
// forwarded port takes the connection and closes it, and where a name is
// unknown.
func TestAwaitInVain(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	for name, c := range map[string]struct {
		url  string
		kind wire.Kind
	}{
		"nobody":             {"http://" + busy.Nobody(t) + "/", wire.Refused},
		"nobody behind TLS":  {"https://" + busy.Nobody(t) + "/", wire.Refused},
		"a forwarder for it": {"https://" + l.Addr().String() + "/", wire.Closed},
	} {
		busy.Patiently(t, 100*time.Millisecond, func(limit time.Duration) error {
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			err := new(wire.Sender).Await(ctx, c.url)
			if fail, ok := err.(*wire.Error); !ok || fail.Kind != c.kind {
				return fmt.Errorf("%s: %v", name, err)
			}
			return nil
		})
	}
}

func port(t *testing.T, address string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return port
}
