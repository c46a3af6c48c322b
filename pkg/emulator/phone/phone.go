// Package phone is the page of an emulator: a phone in the browser that chats
// with the account's server, and beside it why each thing happened, down to the
// byte. It has no power of its own: all it does are calls of the control API.
//
//	e, err := emulator.New(emulator.Config{})
//	http.Handle("/", phone.New(e))
//
// The page is at / for those who accept text/html, and what it loads under
// /__wxdev/phone/: modules and styles as they are in the folder web, without a
// build. Package local puts it onto the emulator's port.
//
// Who may see it is who may call the control API: see package control. It loads
// nothing from elsewhere but pictures of the accounts' own servers, runs nothing
// that stands in the page, and cannot be framed.
//
// # Compatibility
//
// The README says what a release may change. How the page looks, and the files
// that it loads, may change with any.
package phone

import (
	"net/http"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/guard"
	"github.com/wxdev/wxdev/internal/hostname"
	"github.com/wxdev/wxdev/pkg/emulator"
)

// prefix begins the paths of what the page loads.
const prefix = emulator.ControlPrefix + "phone/"

// Handles reports whether a request is for the page, or for a part of it. Who
// asks for / and takes anything, as HTTP clients do, is no browser.
func Handles(req *http.Request) bool {
	if strings.HasPrefix(req.URL.Path, prefix) {
		return true
	}
	return req.URL.Path == "/" && (req.Method == http.MethodGet || req.Method == http.MethodHead) &&
		strings.Contains(req.Header.Get("Accept"), "text/html")
}

// handler serves the page of one emulator.
type handler struct {
	emulator *emulator.Emulator
	frames   []string
}

// New returns the page of an emulator. Pages are framed from the sources frames,
// as a Content-Security-Policy names them; from none without any.
func New(e *emulator.Emulator, frames ...string) http.Handler { return &handler{e, frames} }

// ServeHTTP implements [http.Handler].
func (h *handler) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	header := w.Header()
	guard.Page(header, h.policy())
	header.Set("Cross-Origin-Opener-Policy", "same-origin") // a page that opened ours keeps no hold of it
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	switch {
	case !hostname.Unregistrable(req.Host, h.emulator.Hosts()...):
		http.Error(w, "the page is only shown at an IP address, at localhost, at a name without a dot, or at one that it was given", http.StatusForbidden)
	case guard.Foreign(req):
		http.Error(w, "the page is not shown to a page of another origin", http.StatusForbidden)
	case req.Method != http.MethodGet && req.Method != http.MethodHead:
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "the page can only be read", http.StatusMethodNotAllowed)
	case req.URL.Path == "/":
		header.Set("Cache-Control", "no-store") // its policy changes with the accounts
		serve(w, req, "index.html")
	default:
		header.Set("Cache-Control", "no-cache")
		serve(w, req, strings.TrimPrefix(req.URL.Path, prefix))
	}
}

// policy is what the page may load and run. The pictures of articles are often
// on the account's own server, which the browser may ask.
func (h *handler) policy() string {
	images := []string{"'self'", "data:", "blob:"}
	for _, a := range h.emulator.Accounts() {
		if !slices.Contains(images, a.ServerOrigin) && plain(a.ServerOrigin) {
			images = append(images, a.ServerOrigin)
		}
	}
	frames := []string{"'none'"}
	if len(h.frames) > 0 {
		frames = h.frames
	}
	return "script-src 'self'; style-src 'self'; connect-src 'self'; img-src " + strings.Join(images, " ") +
		"; frame-src " + strings.Join(frames, " ") +
		"; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
}

// plain reports whether an origin can stand in a policy: it ends no source and no
// directive.
func plain(origin string) bool {
	return origin != "" && !strings.ContainsFunc(origin, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(";,'\"*", r)
	})
}
