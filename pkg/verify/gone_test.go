package verify_test

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/verify"
)

// stopping is a server that a test can stop, and start again on its port.
type stopping struct {
	addr   string
	server *http.Server
	seen   atomic.Int32
}

// start begins to listen. From the request number last on, after which it
// stops, nobody does until it is started again after a while, if at all.
func (s *stopping) start(t *testing.T, last int32, again time.Duration, next http.Handler) {
	l, err := net.Listen("tcp", s.addr)
	if err != nil {
		t.Error(err)
		return
	}
	s.addr = l.Addr().String()
	s.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		if s.seen.Add(1) != last {
			return
		}
		w.(http.Flusher).Flush()
		l.Close()
		if again > 0 {
			time.AfterFunc(again, func() { s.start(t, 0, 0, next) })
		}
	})}
	go s.server.Serve(l)
}

// TestServerThatIsStartedAgain: one that is gone for a moment, for no reason of
// a request's, is right, and no check is lost; one that stays away is not.
func TestServerThatIsStartedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		again time.Duration
		want  []string
	}{
		"again": {300 * time.Millisecond, nil},
		"never": {0, []string{"M30 request-dies"}},
	} {
		for _, last := range []int32{4, 9, 15} {
			t.Run(fmt.Sprint(name, last), func(t *testing.T) {
				t.Parallel()
				s := &stopping{addr: "127.0.0.1:0"}
				s.start(t, last, c.again, textbook(right, plain))
				t.Cleanup(func() { s.server.Close() })
				r := run(t, options("http://"+s.addr+"/wechat"))
				if got := serious(r); !slices.Equal(got, c.want) {
					t.Errorf("found %q", got)
				}
				for _, check := range r.Checks {
					if check.Reason == verify.Limited {
						t.Errorf("%s is skipped as limited", check.Name)
					}
				}
			})
		}
	}
}

// TestProxyWhoseServerIsGone: from some request on the answers are a proxy's.
func TestProxyWhoseServerIsGone(t *testing.T) {
	for status, want := range map[int]string{502: "V04 gateway", 521: "V04 gateway", 522: "V04 gateway-slow", 530: "V04 gateway-lost", 525: "V04 gateway-tls"} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			var seen atomic.Int32
			good := textbook(right, plain)
			r := run(t, options(handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if seen.Add(1) > 9 {
					w.WriteHeader(status)
					return
				}
				good(w, r)
			}))(t)))
			if got := serious(r); !slices.Equal(got, []string{want}) {
				t.Errorf("found %q", got)
			}
		})
	}
}

// TestLimitFromTheStart: the first answer is a rate limit's already, or a
// proxy's; no note says that a limit came later.
func TestLimitFromTheStart(t *testing.T) {
	for code, want := range map[int]string{429: "V48 refused", 503: "V04 gateway"} {
		r := run(t, options(handler(status(code, "no"))(t)))
		if got := serious(r); !slices.Equal(got, []string{want}) {
			t.Errorf("%d: found %q", code, got)
		}
		for _, f := range r.Findings {
			if f.Variant == "rate-limited" {
				t.Errorf("%d: also %s %s", code, f.ID, f.Variant)
			}
		}
	}
}
