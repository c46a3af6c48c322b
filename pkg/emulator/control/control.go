// Package control is the control API of an emulator: what package emulator
// does for Go programs, over HTTP for programs in any language.
//
//	e, err := emulator.New(emulator.Config{})
//	http.Handle(emulator.ControlPrefix, control.New(e, nil))
//
// A GET of /__wxdev/ lists the calls: users follow, write, scan and tap;
// accounts and users are added and changed; the request log is read and waited
// for; calls fail on demand; the clock is turned; the state is saved, restored
// and reset. Answers are JSON, but for the list itself, snapshots (TOML) and
// files. What is wrong with a call is in the field error, with status 400; 404
// is what is not there, 408 a log entry that did not come in time, and 413 a body
// of more than 64 KB: snapshots, files and messages to push may be longer.
//
// Two more things are here that a browser opens: the page to which the url of
// a QR code leads, and each account's JS-SDK, see package devserver.
//
// Only callers who name the emulator by an IP address, by a local name
// (localhost, a name without a dot, one that ends in .local or .internal) or by
// one of Config.Hosts are let in: otherwise a site on the internet could point
// its own name at this machine. No page of another origin is, with an Origin or
// without; it may only lead to a QR code, and show a file whose media_id it
// has. Nobody can frame what is here.
//
// Package local puts an emulator and its control API onto one port, which is
// what most callers want; package client calls it from Go.
//
// # Compatibility
//
// The README says what a release may change. The paths and JSON keys of the
// control API are among what scripts rely on; the words in error are for
// people.
package control

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/wxdev/wxdev/internal/guard"
	"github.com/wxdev/wxdev/internal/hostname"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/h5"
	"github.com/wxdev/wxdev/pkg/jssdk/devserver"
)

// prefix begins the paths of the control API.
const prefix = emulator.ControlPrefix

// Handles reports whether a path belongs to the control API or to one of its
// pages.
func Handles(path string) bool {
	return strings.HasPrefix(path, prefix) || strings.HasPrefix(path, emulator.QRCodePath)
}

// handler is the control API of one emulator.
type handler struct {
	emulator *emulator.Emulator
	pages    *h5.Browser
	mux      *http.ServeMux

	mu         sync.Mutex
	devServers map[string]*devserver.Server // by AppID, made when asked for
}

// New returns the control API of an emulator, which opens pages in a browser that
// may be nil.
func New(e *emulator.Emulator, pages *h5.Browser) http.Handler {
	if pages == nil {
		pages = h5.New(e, nil) // which nobody serves: it says so
	}
	h := &handler{emulator: e, pages: pages, mux: http.NewServeMux(), devServers: map[string]*devserver.Server{}}
	for _, c := range calls() {
		if c.handle.run != nil {
			h.handle(c)
		}
	}
	h.handle(call{pattern: "GET deeds", handle: answering((*handler).getDeeds)})
	h.mux.HandleFunc(jssdkPrefix+"{appid}/", h.serveJSSDK)
	h.mux.HandleFunc("GET "+prefix+"events", h.serveEvents)
	h.mux.HandleFunc(prefix, func(w http.ResponseWriter, req *http.Request) {
		write(w, nil, notFound{fmt.Errorf("there is no %s %s: GET %s lists what there is", req.Method, quote(req.URL.Path), prefix)})
	})
	h.mux.HandleFunc("GET "+emulator.QRCodePath+"{id}", h.scanPage)
	h.mux.HandleFunc("POST "+emulator.QRCodePath+"{id}", h.scanForm)
	return h
}

// handle registers a call.
func (h *handler) handle(c call) {
	method, path, _ := strings.Cut(c.pattern, " ")
	h.mux.HandleFunc(method+" "+prefix+path, func(w http.ResponseWriter, req *http.Request) {
		value, err := c.handle.run(h, req)
		write(w, value, err)
	})
}

// ServeHTTP implements [http.Handler]. It lets those in who name the emulator
// by an address or by a name that no site on the internet has, and no page of
// another origin: a web page in the developer's browser could turn its own name
// to 127.0.0.1.
func (h *handler) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	header := w.Header()
	guard.Page(header, "form-action 'self'")
	header.Set("Cross-Origin-Opener-Policy", "same-origin") // a page that opened ours keeps no hold of it
	header.Set("Cache-Control", "no-store")
	switch {
	case !hostname.Unregistrable(req.Host, h.emulator.Hosts()...):
		write(w, nil, forbidden{errors.New("the control API answers only to an IP address, to localhost, to a name without a dot, or to one that it was given")})
	case guard.Foreign(req) && !open(req):
		write(w, nil, forbidden{errors.New("the control API answers no page of another origin")})
	default:
		h.serve(w, req)
	}
}

// open reports whether a page of another origin may ask, if it is not a script
// that reads the answer: for what pages link to or embed, and for the JS-SDK,
// which asks for itself who may.
func open(req *http.Request) bool {
	path := req.URL.Path
	return req.Header.Get("Origin") == "" && (req.Method == http.MethodGet || req.Method == http.MethodHead) &&
		(strings.HasPrefix(path, emulator.QRCodePath) || strings.HasPrefix(path, emulator.MediaPath) || strings.HasPrefix(path, jssdkPrefix))
}

// serve answers a call. A handler that panics is an answer too, and a line in
// the log.
func (h *handler) serve(w http.ResponseWriter, req *http.Request) {
	defer func() {
		if p := recover(); p != nil {
			write(w, nil, broken{errors.New("a mistake of the emulator's: " + h.emulator.LogPanic(req, p))})
		}
	}()
	if err := h.takeBody(w, req); err != nil {
		write(w, nil, err)
		return
	}
	h.mux.ServeHTTP(w, req)
}

func quote(s string) string { return text.Quote([]byte(s), 80) }
