// Package devserver is the server half of a page's wx.config, for the
// developer's own browser: it signs pages, and it judges what others signed.
//
//	s := &devserver.Server{AppID: appID, Ticket: ticket}
//	http.Handle("/wx/", http.StripPrefix("/wx", s))
//
// [Server] answers
//
//	GET /sign?url=…  the object for wx.config, signed for that page
//	GET /jweixin.js  a stand-in for WeChat's script: its wx.config asks /check
//	POST /check      says what is wrong with a config on a page, never what is right
//	GET /            a page to try both
//
// A page that loads jweixin.js from here instead of from res.wx.qq.com shows
// what is wrong with its wx.config, without a phone. The scripts find /check by
// their own address, so the handler may be below any path.
//
// Whoever can ask /sign gets signatures of the account. The server therefore
// belongs on the loopback interface, and it answers only requests that name it
// by an address, as localhost or by one of Hosts: otherwise a site on the
// internet could point its own name at 127.0.0.1. Pages of other origins are
// refused, except for Origin. No answer contains the ticket.
//
// The rules it judges by are those of package jssdk. What a function of the
// SDK does on a phone is not imitated: it gives back what Answer says.
//
// # Compatibility
//
// The README says what a release may change. /sign, its JSON and /jweixin.js
// are among what scripts rely on. What the stand-in and /check say to each
// other is not: they are always of the same release.
package devserver

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wxdev/wxdev/internal/guard"
	"github.com/wxdev/wxdev/internal/hostname"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/jssdk"
)

// Server is an [http.Handler]; see the package comment for its routes. AppID and
// Ticket must be set.
type Server struct {
	AppID  string
	Ticket func(context.Context) (string, error) // the valid jsapi ticket
	Others func(context.Context) []jssdk.Named   // tickets that may have been used by mistake; may be nil
	Origin string                                // of the pages that may ask besides the server's own: "http://localhost:3000"
	Hosts  []string                              // names it may be called by besides localhost
	APIs   []string                              // the jsApiList of /sign; nil is all of [jssdk.APIs]

	// Lang is for whoever asks for neither English nor Chinese, as programs do;
	// empty is English. Pages are in the language of the browser.
	Lang finding.Lang

	// Answer is what a function of the SDK gives back, as if a phone had done it.
	// It gets every call, the refused ones too, and may wait; nil answers none.
	Answer func(context.Context, Call) Result
	Beside bool // the verdict on a config is shown beside the page, not on it

	// Real is the address that a page has where it comes from, of the one at which
	// the browser sees it through a proxy; nil: they are the same. A config may be
	// signed for either.
	Real func(string) string

	Now  func() time.Time // nil is time.Now
	Rand io.Reader        // nil is crypto/rand
	Log  func(Event)      // gets every signature, check and refusal; may be nil

	mu    sync.Mutex
	pages []string // checked last: a signature may have been made for one of them
}

// Event is a request to a [Server] and what came of it. URL and Reason come from
// outside and are not fit to print.
type Event struct {
	What   string // "sign", "check", "call" or "refused"
	URL    string // of the page; of a refusal what was asked for
	Found  []jssdk.Mistake
	Reason string // of a refusal: who asked
	Err    error  // there was no ticket
	Call   string // of a call: "scanQRCode"
	Said   string // what the page was told, of a check too: "scanQRCode:ok"
}

// OK says whether WeChat would accept the config of a check.
func (e Event) OK() bool {
	return e.Err == nil && !slices.ContainsFunc(e.Found, func(m jssdk.Mistake) bool { return m.Severity == finding.Error })
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	guard.Page(h, "")
	h.Add("Vary", "Origin, Accept-Language")
	path := "/" + strings.TrimPrefix(r.URL.Path, "/")
	route, known := map[string]struct {
		method string
		open   bool // nothing in it is worth hiding
		serve  func(*Server, http.ResponseWriter, *http.Request)
	}{
		"/":           {"GET", true, (*Server).page},
		"/page.js":    {"GET", true, (*Server).pageScript},
		"/jweixin.js": {"GET", true, (*Server).script},
		"/sign":       {"GET", false, (*Server).sign},
		"/check":      {"POST", false, (*Server).check},
		"/call":       {"POST", false, (*Server).call},
	}[path]
	switch {
	case !hostname.Pinned(r.Host, s.Hosts...):
		s.refuse(w, r, r.Host)
	case !known:
		fail(w, http.StatusNotFound, words.Get()[s.language(r)].noPath)
	case !route.open && !s.allowed(w, r):
		s.refuse(w, r, r.Header.Get("Origin"))
	case r.Method == http.MethodOptions && !route.open:
		preflight(w, r, route.method)
	case r.Method != route.method && !(r.Method == http.MethodHead && route.method == http.MethodGet):
		h.Set("Allow", route.method)
		fail(w, http.StatusMethodNotAllowed, words.Get()[s.language(r)].method)
	default:
		route.serve(s, w, r)
	}
}

// allowed lets in the server's own pages, those of Origin, and programs, which
// are not browsers and send neither header.
func (s *Server) allowed(w http.ResponseWriter, r *http.Request) bool {
	origin := r.Header.Get("Origin")
	switch {
	case !guard.Foreign(r):
		return true
	case s.Origin == "" || origin != s.Origin:
		return false
	}
	w.Header().Set("Access-Control-Allow-Origin", origin)
	return true
}

func preflight(w http.ResponseWriter, r *http.Request, method string) {
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", method)
	h.Set("Access-Control-Allow-Headers", "Content-Type")
	h.Set("Access-Control-Max-Age", "600")
	if r.Header.Get("Access-Control-Request-Private-Network") == "true" {
		h.Set("Access-Control-Allow-Private-Network", "true") // allowed knows who it is
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) refuse(w http.ResponseWriter, r *http.Request, who string) {
	s.log(Event{What: "refused", URL: r.URL.Path, Reason: who})
	fail(w, http.StatusForbidden, words.Get()[s.language(r)].refused)
}

// remember returns the pages that were checked before, and adds one to them.
func (s *Server) remember(page string) []string {
	const most = 20
	s.mu.Lock()
	defer s.mu.Unlock()
	before := slices.Clone(s.pages)
	if !slices.Contains(s.pages, page) {
		s.pages = append(s.pages[max(0, len(s.pages)-most+1):], page)
	}
	return before
}

func (s *Server) log(e Event) {
	if s.Log != nil {
		s.Log(e)
	}
}

func reply(w http.ResponseWriter, status int, value any) {
	b, err := json.Marshal(value)
	if err != nil {
		panic(err) // they are our own types, which always marshal
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n')) // the client may have gone
}

func fail(w http.ResponseWriter, status int, text string) {
	reply(w, status, map[string]string{"error": text})
}
