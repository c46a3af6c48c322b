package wire

import (
	"context"
	"net"
	"net/url"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// HostPort is the host and port that a URL of [CheckURL] leads to, the port of
// its scheme where it names none.
func HostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// The pauses between the tries of [Sender.Await].
const (
	firstPause   = 20 * time.Millisecond
	longestPause = 500 * time.Millisecond
)

// Await returns nil as soon as somebody answers at the address of a URL: takes
// the connection and, over TLS, says something in the handshake, be the
// certificate right or not. It sends no request. When the context ends first,
// it returns the [*Error] that kept the last try from it.
func (s *Sender) Await(ctx context.Context, rawURL string) error {
	u, err := CheckURL(rawURL)
	if err != nil {
		return &Error{Kind: Dial, Err: err}
	}
	var last *Error
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		fail := s.knock(ctx, u)
		switch {
		case fail == nil:
			return nil
		case last == nil || !ended(ctx): // one that the end cut short says less
			last = fail
		}
		select {
		case <-ctx.Done():
			return last
		case <-time.After(pause):
		}
	}
}

// ended reports whether the context's time is over: a connection with the same
// deadline may find out before the context does.
func ended(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && !time.Now().Before(deadline)
}

// knock is one try.
func (s *Sender) knock(ctx context.Context, u *url.URL) *Error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	deadline, _ := ctx.Deadline()
	ex := &Exchange{}
	conn, fail := s.open(ctx, ex, u, deadline)
	if fail != nil {
		return fail
	}
	defer conn.Close()
	if u.Scheme != "https" {
		return nil
	}
	// What forwards a port takes connections before anybody serves behind it.
	heard := &hearing{Conn: conn}
	_, fail = s.handshake(ctx, ex, heard, u.Hostname())
	switch {
	case heard.any:
		return nil
	case fail == nil || fail.Kind != Timeout:
		return &Error{Kind: Closed, Err: finding.Because(reason.ClosedWithoutAnswer)}
	}
	return fail
}

// hearing is a connection that knows whether a byte came.
type hearing struct {
	net.Conn
	any bool
}

func (h *hearing) Read(b []byte) (int, error) {
	n, err := h.Conn.Read(b)
	h.any = h.any || n > 0
	return n, err
}
