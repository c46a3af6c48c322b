package jssdk

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
)

// Desk is the server half of a page's wx.config, for the developer's own
// browser: an [http.Handler] that signs, and that judges what others signed.
//
//	GET /sign?url=…  the object for wx.config, signed for that page
//	GET /jweixin.js  a stand-in for WeChat's script: its wx.config asks /check
//	POST /check      says what is wrong with a config on a page, never what is right
//	GET /            a page to try both
//
// To put it below a path, hand it over with [http.StripPrefix]; it finds its
// parts by itself. AppID and Ticket must be set.
//
// Whoever can ask /sign has a signature of the account, so the Desk belongs on
// the loopback interface, and it answers only those who name it by an address,
// as localhost or by one of Hosts: a site on the internet could turn its own
// name to 127.0.0.1. Pages of other origins are refused, except for Origin.
// The ticket is in no answer.
type Desk struct {
	AppID  string
	Ticket func(context.Context) (string, error) // the valid jsapi ticket
	Others func(context.Context) []Named         // tickets taken by mistake; may be nil
	Origin string                                // of the pages that may ask besides the Desk's own: "http://localhost:3000"
	Hosts  []string                              // names by which it may be called besides localhost
	APIs   []string                              // the jsApiList of /sign; nil is all of [APIs]

	Now  func() time.Time // nil is time.Now
	Rand io.Reader        // nil is crypto/rand
	Log  func(Visit)      // is told of every signature, check and refusal; may be nil

	mu    sync.Mutex
	pages []string // checked last: a signature may have been made for one of them
}

// Visit is something that happened at a [Desk]. URL and Reason come from
// outside and are not fit to print.
type Visit struct {
	What   string // "sign", "check" or "refused"
	URL    string // of the page; of a refusal what was asked for
	Found  []Mistake
	Reason string // of a refusal: who asked
	Err    error  // there was no ticket
}

// OK says whether WeChat would accept the config of a check.
func (v Visit) OK() bool {
	return v.Err == nil && !slices.ContainsFunc(v.Found, func(m Mistake) bool { return m.Severity() == finding.Error })
}

// maxURL is how long the URL of a page may be.
const maxURL = 8 << 10

//go:embed standin
var standin embed.FS

func standinFile(name string) string {
	b, err := standin.ReadFile("standin/" + name)
	if err != nil {
		panic(err) // embedded
	}
	return string(b)
}

// ServeHTTP implements [http.Handler].
func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Add("Vary", "Origin, Accept-Language")
	path := "/" + strings.TrimPrefix(r.URL.Path, "/")
	route, known := map[string]struct {
		method string
		open   bool // nothing in it is worth hiding
		serve  func(*Desk, http.ResponseWriter, *http.Request)
	}{
		"/":           {"GET", true, (*Desk).page},
		"/page.js":    {"GET", true, (*Desk).pageScript},
		"/jweixin.js": {"GET", true, (*Desk).script},
		"/sign":       {"GET", false, (*Desk).sign},
		"/check":      {"POST", false, (*Desk).check},
	}[path]
	switch {
	case !d.named(r.Host):
		d.refuse(w, r, r.Host)
	case !known:
		http.NotFound(w, r)
	case !route.open && !d.mayAsk(w, r):
		d.refuse(w, r, r.Header.Get("Origin"))
	case r.Method == http.MethodOptions && !route.open:
		preflight(w, r, route.method)
	case r.Method != route.method && !(r.Method == http.MethodHead && route.method == http.MethodGet):
		h.Set("Allow", route.method)
		http.Error(w, r.Method+" is not for this path", http.StatusMethodNotAllowed)
	default:
		route.serve(d, w, r)
	}
}

// named says whether the Desk is called by a name that is its own.
func (d *Desk) named(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	_, err = netip.ParseAddr(host)
	return err == nil || host == "localhost" || strings.HasSuffix(host, ".localhost") || slices.Contains(d.Hosts, host)
}

// mayAsk lets in the Desk's own pages, those of Origin, and programs, which
// are no browsers and send neither header.
func (d *Desk) mayAsk(w http.ResponseWriter, r *http.Request) bool {
	origin := r.Header.Get("Origin")
	switch site := r.Header.Get("Sec-Fetch-Site"); {
	case origin == "":
		return site == "" || site == "none" || site == "same-origin"
	case strings.EqualFold(origin, "http://"+r.Host), strings.EqualFold(origin, "https://"+r.Host):
		return true
	case d.Origin == "" || origin != d.Origin:
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
		h.Set("Access-Control-Allow-Private-Network", "true") // mayAsk knows who it is
	}
	w.WriteHeader(http.StatusNoContent)
}

func (d *Desk) refuse(w http.ResponseWriter, r *http.Request, who string) {
	d.log(Visit{What: "refused", URL: r.URL.Path, Reason: who})
	fail(w, http.StatusForbidden, words[language(r)].refused)
}

// remember returns the pages that were checked before, and adds one to them.
func (d *Desk) remember(page string) []string {
	const most = 20
	d.mu.Lock()
	defer d.mu.Unlock()
	before := slices.Clone(d.pages)
	if !slices.Contains(d.pages, page) {
		d.pages = append(d.pages[max(0, len(d.pages)-most+1):], page)
	}
	return before
}

func (d *Desk) log(v Visit) {
	if d.Log != nil {
		d.Log(v)
	}
}

// ticket gets the ticket, or answers that there is none. Why is for whoever
// runs the Desk: an error of the API may tell more than a page should know.
func (d *Desk) ticket(w http.ResponseWriter, r *http.Request, what, url string) (string, bool) {
	t, err := d.Ticket(r.Context())
	if err == nil && t == "" {
		err = errors.New("the ticket is empty")
	}
	if err != nil {
		d.log(Visit{What: what, URL: url, Err: err})
		fail(w, http.StatusBadGateway, words[language(r)].noTicket)
	}
	return t, err == nil
}

func (d *Desk) sign(w http.ResponseWriter, r *http.Request) {
	page := CleanURL(r.URL.Query().Get("url"))
	if page == "" || len(page) > maxURL {
		fail(w, http.StatusBadRequest, words[language(r)].noURL)
		return
	}
	ticket, ok := d.ticket(w, r, "sign", page)
	if !ok {
		return
	}
	nonce, err := NewNonce(d.Rand)
	if err != nil {
		fail(w, http.StatusInternalServerError, "no random number")
		return
	}
	now := time.Now
	if d.Now != nil {
		now = d.Now
	}
	apis := d.APIs
	if apis == nil {
		apis = APIs()
	}
	d.log(Visit{What: "sign", URL: page})
	reply(w, http.StatusOK, NewConfig(d.AppID, ticket, page, nonce, strconv.FormatInt(now().Unix(), 10), apis...))
}

// NewNonce returns 16 letters and digits for a signature; a nil r is
// crypto/rand.
func NewNonce(r io.Reader) (string, error) {
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
	if r == nil {
		r = rand.Reader
	}
	b := make([]byte, 16)
	if _, err := io.ReadFull(r, b); err != nil {
		return "", err
	}
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)] // it need not be even
	}
	return string(b), nil
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
