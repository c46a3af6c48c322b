package main

import (
	"errors"
	"net"
	"os"

	"github.com/wxdev/wxdev/internal/hostname"
	"github.com/wxdev/wxdev/internal/run"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/wire"
)

// ownHosts lets the server find WeChat on this machine by its names. Whoever
// listens at all addresses of it keeps us from a port: without that of https
// there is nothing, that of http is rarely called.
func (s *session) ownHosts() error {
	const http = "80"
	for _, port := range run.HostsPorts {
		addr := net.JoinHostPort(run.HostsIP, port)
		if port == s.ownPort() {
			if port == http {
				s.own.warn(failed(words.RunErrHostsHTTP, "addr", addr, "error", s.o.say(words.RunPortOwn)))
				continue
			}
			return usage(words.RunErrHosts, "error", s.o.say(words.RunPortOwn))
		}
		l, err := net.Listen("tcp", addr)
		switch {
		case err == nil:
			go func() { _ = s.redirect.ServeHosts(l) }() // ends with the redirect
		case port == http:
			s.own.warn(failed(words.RunErrHostsHTTP, "addr", addr, "error", cause(err)))
		default:
			return withHint(failed(words.ErrListen, "addr", addr, "error", cause(err)), hostsHint(err))
		}
	}
	var err error
	if s.hosts, err = s.kit.HostsFile(); err != nil {
		return failed(words.RunErrFolder, "error", cause(err))
	}
	return nil
}

// hostsHint says what lets wxdev listen where WeChat does.
func hostsHint(err error) finding.Fact {
	if !errors.Is(err, os.ErrPermission) {
		return hint(words.RunHintHostsTaken)
	}
	program, err := os.Executable()
	if err != nil {
		program = "wxdev"
	}
	return hint(words.RunHintHostsPort, "program", shellQuote(program))
}

// ownPort is the port of the server, when its URL says that it is on this machine.
func (s *session) ownPort() string {
	u, err := wire.CheckURL(s.o.emu.given.URL)
	if err != nil || !hostname.Loopback(u.Hostname()) {
		return ""
	}
	_, port, _ := net.SplitHostPort(wire.HostPort(u)) // of what has both
	return port
}
