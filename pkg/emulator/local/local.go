// Package local puts an emulator together: the API of package emulator, the
// control API of package control and the page of package phone, on one port of
// this machine.
//
// In tests, [NewServer] puts one on a free port:
//
//	s, err := local.NewServer(emulator.Config{})
//	defer s.Close()
//	client.BaseURL = s.URL // instead of https://api.weixin.qq.com
//
// A program that listens by itself takes [New], which is an [http.Handler].
// What either can do is in the methods of [emulator.Emulator].
//
// # Compatibility
//
// The README says what a release may change; packages emulator and control say
// more of what is on the port.
package local

import (
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/control"
	"github.com/wxdev/wxdev/pkg/emulator/h5"
	"github.com/wxdev/wxdev/pkg/emulator/phone"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// Emulator is an emulator that answers its control API and shows its page, too.
type Emulator struct {
	*emulator.Emulator
	Pages         *h5.Browser // of the phone; it has a port of its own
	control, page http.Handler
}

// New returns an emulator, or says what is wrong with the Config.
func New(cfg emulator.Config) (*Emulator, error) {
	e, err := emulator.New(cfg)
	if err != nil {
		return nil, err
	}
	pages := h5.New(e, cfg.H5Hosts)
	return &Emulator{e, pages, control.New(e, pages), phone.New(e)}, nil
}

// ServeHTTP implements [http.Handler].
func (e *Emulator) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	switch {
	case phone.Handles(req):
		e.page.ServeHTTP(w, req)
	case control.Handles(req.URL.Path):
		e.control.ServeHTTP(w, req)
	default:
		e.Emulator.ServeHTTP(w, req)
	}
}

// ServePages serves the pages of the phone on a free port of the loopback interface
// until the server that it returns is closed; it is called before anything else is
// served. The emulator's own port may be on another interface; a page is for the
// browser of who develops it.
func (e *Emulator) ServePages() (*http.Server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, finding.Because(reason.LoopbackListen, "error", err)
	}
	e.Pages.Listening(l.Addr())
	e.page = phone.New(e.Emulator, e.Pages.FrameSource())
	s := &http.Server{Handler: e.Pages, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.Serve(l) }() // it ends with Close
	return s, nil
}

// Server is an Emulator on a port of the loopback interface.
type Server struct {
	*Emulator
	URL string // without a slash at the end

	http, pages *http.Server
	done        chan struct{}
}

// NewServer starts an emulator on a free port of the loopback interface, for
// tests. Close it.
func NewServer(cfg emulator.Config) (*Server, error) {
	e, err := New(cfg)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, finding.Because(reason.LoopbackListen, "error", err)
	}
	s := &Server{Emulator: e, URL: "http://" + l.Addr().String(), done: make(chan struct{})}
	if s.pages, err = e.ServePages(); err != nil {
		_ = l.Close() // nobody has connected to it
		return nil, err
	}
	s.http = &http.Server{Handler: e, ReadHeaderTimeout: 10 * time.Second}
	e.PushTickets()
	go func() {
		defer close(s.done)
		if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			e.Close() // the listener is gone: nobody can be served
		}
	}()
	return s, nil
}

// Close stops the server and what it has under way.
func (s *Server) Close() {
	_ = s.http.Close() // what it fails to close is gone already
	_ = s.pages.Close()
	<-s.done
	s.Emulator.Close()
}
