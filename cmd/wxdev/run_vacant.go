package main

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"time"

	"github.com/wxdev/wxdev/internal/hostname"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/wire"
)

// vacantTime is how long somebody may take to answer who should not be there.
const vacantTime = 2 * time.Second

// vacant refuses to go on when somebody serves the URL on this machine already:
// the server could not have its port, and what is checked would be another. A
// proxy whose server is not there yet says so by its code, and is only told of.
func (s *session) vacant(ctx context.Context) error {
	u, err := wire.CheckURL(s.o.emu.given.URL)
	if err != nil || !hostname.Loopback(u.Hostname()) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, vacantTime)
	defer cancel()
	c, err := new(net.Dialer).DialContext(ctx, "tcp", wire.HostPort(u))
	if err != nil {
		return nil
	}
	c.Close()
	addr := text.Line(wire.HostPort(u))
	if served(ctx, u.String()) {
		return withHint(failed(words.RunErrTaken, "addr", addr), hint(words.RunHintTaken))
	}
	s.own.warn(failed(words.RunErrFront, "addr", addr))
	return nil
}

// served reports whether a URL is answered, by more than that something behind
// it is missing.
func served(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return false
	}
	transport := &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // who it is does not matter
	}
	res, err := transport.RoundTrip(req)
	if err != nil {
		return false
	}
	res.Body.Close()
	return res.StatusCode < http.StatusInternalServerError
}
