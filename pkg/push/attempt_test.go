package push_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/wire"
)

// watched delivers a text to a server, and returns what OnAttempt was called with.
func watched(t *testing.T, ctx context.Context, url string, timeout time.Duration, also func(n int, ex *wire.Exchange)) (*push.Delivery, []string) {
	t.Helper()
	var calls []string
	p := &push.Pusher{URL: url, Token: token}
	p.Sender.Timeout = timeout
	p.OnAttempt = func(n int, ex *wire.Exchange) {
		switch {
		case ex == nil:
			calls = append(calls, fmt.Sprintf("%d begins", n))
		case ex.Response != nil:
			calls = append(calls, fmt.Sprintf("%d %d", n, ex.Response.Status))
		default:
			calls = append(calls, fmt.Sprintf("%d %s", n, kinds[ex.Failure()]))
		}
		if also != nil {
			also(n, ex)
		}
	}
	ready, err := p.Build(newMessage(t, "text"))
	if err != nil {
		t.Fatal(err)
	}
	return p.Deliver(ctx, ready), calls
}

var kinds = map[wire.Kind]string{
	wire.Timeout: "timeout", wire.Canceled: "canceled", wire.Refused: "refused", wire.Closed: "closed", wire.Reset: "closed",
}

// TestOnAttempt: it is called before and after each delivery, in order.
func TestOnAttempt(t *testing.T) {
	n := 0
	thirdTime := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n++; n < 3 {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		_, _ = io.WriteString(w, "success")
	}))
	defer thirdTime.Close()
	d, calls := watched(t, t.Context(), thirdTime.URL, busy.Net, func(n int, ex *wire.Exchange) {
		if ex != nil && len(ex.Sent) == 0 {
			t.Errorf("attempt %d has no bytes", n)
		}
	})
	if want := []string{"1 begins", "1 500", "2 begins", "2 500", "3 begins", "3 200"}; !slices.Equal(calls, want) {
		t.Errorf("called with %q, want %q", calls, want)
	}
	if len(d.Exchanges) != 3 {
		t.Errorf("%d exchanges", len(d.Exchanges))
	}

	slow := httptest.NewServer(silent{})
	defer slow.Close()
	_, calls = watched(t, t.Context(), slow.URL, 300*time.Millisecond, nil)
	if want := []string{"1 begins", "1 timeout", "2 begins", "2 timeout", "3 begins", "3 timeout"}; !slices.Equal(calls, want) {
		t.Errorf("a slow server: called with %q, want %q", calls, want)
	}
}

// TestOnAttemptServerEnds: of a server that a message ends there is one
// attempt, or one more that is refused.
func TestOnAttemptServerEnds(t *testing.T) {
	d, calls := watched(t, t.Context(), mortalProcess(t), busy.Net, nil)
	want := []string{"1 begins", "1 closed", "2 begins", "2 refused", "3 begins", "3 refused"}
	if len(calls) < 2 || len(calls)%2 != 0 || !slices.Equal(calls, want[:min(len(calls), len(want))]) || d.After != push.Ended {
		t.Errorf("called with %q, then the server is %q", calls, d.After)
	}
}

// TestOnAttemptCanceled: the attempt that a context ends is told of, too, and
// is the last.
func TestOnAttemptCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		wait(r)
	}))
	defer s.Close()
	d, calls := watched(t, ctx, s.URL, busy.Net, nil)
	if want := "1 begins, 1 canceled"; strings.Join(calls, ", ") != want || !d.Canceled {
		t.Errorf("called with %q, want %q; canceled %v", calls, want, d.Canceled)
	}
}
