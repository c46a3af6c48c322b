package verify_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/receiver"
)

// The servers here are wrong in the time they take. They are given the limit
// for one exchange; an eighth of it is slow.

// slowAtFirst is slow for the first n requests, of which two are timed.
func slowAtFirst(n int32, d time.Duration) http.Handler {
	var seen atomic.Int32
	good := &receiver.Handler{Token: token}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if seen.Add(1) <= n {
			time.Sleep(d)
		}
		good.ServeHTTP(w, r)
	})
}

// silentAtFirst does not answer the first n requests at all.
func silentAtFirst(n int32) http.Handler {
	var seen atomic.Int32
	good := &receiver.Handler{Token: token}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if seen.Add(1) <= n {
			<-r.Context().Done()
			return
		}
		good.ServeHTTP(w, r)
	})
}

var slowServers = []struct {
	want  string
	start func(limit time.Duration) func(*testing.T) string
}{
	{"V25 open", func(time.Duration) func(*testing.T) string {
		return rawEcho(func(c net.Conn, v values) {
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\n\r\n%s", v.echostr)
			io.Copy(io.Discard, c)
		})
	}},
	{"V28 first-slow", func(limit time.Duration) func(*testing.T) string { return handler(slowAtFirst(1, limit/2)) }},
	{"V28 first-timeout", func(time.Duration) func(*testing.T) string { return handler(silentAtFirst(1)) }},
	{"V37 always", func(time.Duration) func(*testing.T) string { return handler(silentAtFirst(1000)) }},
	{"V37 close", func(limit time.Duration) func(*testing.T) string { return handler(slowAtFirst(1000, limit/2)) }},
	{"V37 drip", func(limit time.Duration) func(*testing.T) string {
		return rawEcho(func(c net.Conn, _ values) {
			for _, b := range []byte("HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\n") {
				time.Sleep(limit / 20)
				if _, err := c.Write([]byte{b}); err != nil {
					return
				}
			}
		})
	}},
}

func TestEachSlowServerIsNamed(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for time to pass")
	}
	for _, c := range slowServers {
		t.Run(c.want, func(t *testing.T) {
			t.Parallel()
			busy.Patiently(t, time.Second, func(limit time.Duration) error {
				o := options(c.start(limit)(t)).WithSlow(limit / 8)
				o.Sender.Timeout = limit
				r := run(t, o)
				describable(t, r)
				if !names(r, c.want) {
					return fmt.Errorf("found %q, want %q", serious(r), c.want)
				}
				return nil
			})
		})
	}
}

// TestSlowBotIsNamed: one that answers the check at once, and messages when
// WeChat waits no longer.
func TestSlowBotIsNamed(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for time to pass")
	}
	t.Parallel()
	busy.Patiently(t, 600*time.Millisecond, func(limit time.Duration) error {
		late := func(http.ResponseWriter, *message.Message) bool { time.Sleep(limit * 3 / 2); return false }
		o := messageOptions(t, handler(plainBot(bot{before: late})(newCodec(t, appID)))(t), "")
		o.Sender.Timeout = limit
		r := run(t, o)
		describable(t, r)
		if !names(r, "M01 timeout") {
			return fmt.Errorf("found %q", serious(r))
		}
		return nil
	})
}
