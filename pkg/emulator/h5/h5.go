// Package h5 shows the pages of an account's server in the phone of an emulator:
// as WeChat's browser would, and with its answers.
//
//	pages := h5.New(e, nil)
//	l, err := net.Listen("tcp", "127.0.0.1:0")
//	pages.Listening(l.Addr())
//	go http.Serve(l, pages)
//	s, err := pages.Open(ctx, h5.Ask{User: "alice", URL: "http://127.0.0.1:8080/shop"})
//	// s.Address is http://s1.localhost:PORT/shop, for the src of a frame
//
// Everything is on one port of the loopback interface. Each user on each site has
// a host name of its own there, so that cookies and storage are apart; a
// request to it is forwarded to the site with the User-Agent of WeChat. What comes
// back is changed where a page would notice that it is not in WeChat, or not be
// shown at all: X-Frame-Options and frame-ancestors, the page of web authorisation
// on open.weixin.qq.com, which is the emulator's, the script jweixin, which is the
// stand-in of package devserver, and navigator.userAgent. What a page calls is an
// event ([emulator.H5Call]), and waits for [Browser.Answer] where a phone would ask
// its user.
//
// It forwards to what somebody opened and to the account's own server, on this
// machine unless the host was let in, and never follows what it finds in a page.
// A site in the phone is another origin than the emulator, whose control API it
// cannot reach, through here neither.
//
// # Compatibility
//
// The README says what a release may change. What is below /__wxdev_h5/ of a site
// is between the pages and this package.
package h5

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/jssdk"
)

// The limits of what is kept.
const (
	maxSessions = 100
	maxURL      = 8 << 10
)

// ErrNoPort is the error of a page that is opened while nobody serves.
var ErrNoPort = errors.New("there is no port for pages: this emulator was started without one")

var errOwn = errors.New("the emulator itself is no page for the phone")

// Browser shows pages. Make one with [New].
type Browser struct {
	emulator *emulator.Emulator
	hosts    []string // that may be elsewhere, in lower case
	lookup   func(context.Context, string) ([]netip.Addr, error)
	sites    http.RoundTripper
	inFlight chan struct{}

	mu       sync.Mutex
	port     string
	own      []string   // ports of the emulator
	sessions []*session // the one used last is last
	number   int
	callID   int64
}

// New returns a browser for the users of an emulator. Pages come from this
// machine, and from hosts, which are names or addresses.
func New(e *emulator.Emulator, hosts []string) *Browser {
	b := &Browser{emulator: e, inFlight: make(chan struct{}, maxInFlight)}
	for _, h := range hosts {
		b.hosts = append(b.hosts, strings.ToLower(strings.Trim(h, "[] ")))
	}
	b.lookup = func(ctx context.Context, host string) ([]netip.Addr, error) {
		return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	}
	b.sites = b.transport()
	return b
}

// Listening tells the browser its port, before a page is opened.
func (b *Browser) Listening(addr net.Addr) {
	_, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return // it is no TCP port, so nobody finds pages there
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.port = port
	b.own = append(b.own, port)
}

// FrameSource is where frames of the phone's page come from, for its
// Content-Security-Policy: "http://*.localhost:PORT"; empty while nobody serves.
func (b *Browser) FrameSource() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.port == "" {
		return ""
	}
	return "http://*.localhost:" + b.port
}

// Ask says what is to be opened.
type Ask struct {
	AppID   string   // empty is the first account's
	User    string   // a name or an OpenID
	URL     string   // http or https
	Phone   string   // the origin of the page that frames it: "http://127.0.0.1:8900"; empty is none
	Reached net.Addr // where the emulator was asked: no page comes from there; may be nil
}

// Session is a page that was opened.
type Session struct {
	Session string `json:"session"` // s7: one user on one site
	Address string `json:"address"` // for the frame
}

// session is one user on one site.
type session struct {
	label         string
	appid, openid string
	target        origin
	phone         string     // the origin that may frame it
	calls         []*pending // the newest is last
	stand         http.Handler
	oauthUser     string // who answered the page of web authorisation last
}

// Open makes an address for a page. The errors are [ErrNoPort], that of a user
// who is not there ([emulator.ErrNotFound]), and those of addresses that no page
// may come from.
func (b *Browser) Open(ctx context.Context, q Ask) (Session, error) {
	account, err := b.emulator.Account(q.AppID)
	if err != nil {
		return Session{}, err
	}
	user, err := b.emulator.View(account.AppID, q.User, finding.English)
	if err != nil {
		return Session{}, err
	}
	u, o, err := readURL(q.URL)
	if err != nil {
		return Session{}, err
	}
	if s := b.bySite(o); s != nil { // it was copied out of the phone
		o, u.Scheme, u.Host = s.target, s.target.scheme, s.target.address()
	}
	b.learn(q.Reached)
	if err := b.checkHost(ctx, o); err != nil {
		return Session{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.port == "" {
		return Session{}, ErrNoPort
	}
	s := b.session(account.AppID, user.OpenID, o)
	s.phone = cmp.Or(cleanOrigin(q.Phone), s.phone)
	return Session{s.label, b.at(s) + pathOf(u)}, nil
}

// readURL checks the address of a page.
func readURL(address string) (*url.URL, origin, error) {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxURL {
		return nil, origin{}, fmt.Errorf("%s is no URL of a page", quote(address))
	}
	o, ok := originOf(u)
	if !ok || u.User != nil || u.Opaque != "" {
		return nil, origin{}, fmt.Errorf("%s is no URL of a page: it takes http://host:port/path", quote(address))
	}
	return u, o, nil
}

// pathOf is what follows the host.
func pathOf(u *url.URL) string {
	v := url.URL{Path: cmp.Or(u.Path, "/"), RawPath: u.RawPath, RawQuery: u.RawQuery, ForceQuery: u.ForceQuery, Fragment: u.Fragment, RawFragment: u.RawFragment}
	path := v.String()
	if strings.HasPrefix(path, "//") || !strings.HasPrefix(path, "/") { // it would begin another host's address
		return "/." + path
	}
	return path
}

// cleanOrigin is an origin that can stand in a header, or "".
func cleanOrigin(given string) string {
	u, err := url.Parse(given)
	if err != nil {
		return ""
	}
	o, ok := originOf(u)
	if !ok {
		return ""
	}
	return o.String()
}

// session finds or makes one. The caller holds the lock.
func (b *Browser) session(appid, openid string, o origin) *session {
	i := slices.IndexFunc(b.sessions, func(s *session) bool {
		return s.appid == appid && s.openid == openid && s.target.same(o)
	})
	if i >= 0 {
		s := b.sessions[i]
		b.sessions = append(slices.Delete(b.sessions, i, i+1), s)
		return s
	}
	b.number++
	s := &session{label: "s" + strconv.Itoa(b.number), appid: appid, openid: openid, target: o, oauthUser: openid}
	s.stand = b.standIn(s)
	if len(b.sessions) >= maxSessions {
		b.sessions = b.sessions[1:]
	}
	b.sessions = append(b.sessions, s)
	return s
}

// at is the origin of a session's pages in the browser. The caller holds the lock.
func (b *Browser) at(s *session) string { return "http://" + s.label + ".localhost:" + b.port }

// here is at for those who do not hold the lock.
func (b *Browser) here(s *session) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.at(s)
}

// byLabel finds a session, or nil.
func (b *Browser) byLabel(label string) *session {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.sessions {
		if s.label == label {
			return s
		}
	}
	return nil
}

// bySite finds the session whose pages have an origin in the browser, or nil.
func (b *Browser) bySite(o origin) *session {
	b.mu.Lock()
	port := b.port
	b.mu.Unlock()
	label, ok := strings.CutSuffix(o.host, ".localhost")
	if !ok || o.scheme != "http" || o.port != port {
		return nil
	}
	return b.byLabel(label)
}

// learn remembers a port of the emulator's.
func (b *Browser) learn(addr net.Addr) {
	if addr == nil {
		return
	}
	_, port, err := net.SplitHostPort(addr.String())
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil && !slices.Contains(b.own, port) {
		b.own = append(b.own, port)
	}
}

func (b *Browser) isOwn(port string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Contains(b.own, port)
}

// ServeHTTP implements [http.Handler]: the host says which session is meant.
func (b *Browser) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	u := url.URL{Scheme: "http", Host: req.Host}
	o, ok := originOf(&u)
	var s *session
	if ok {
		s = b.bySite(o)
	}
	switch {
	case s == nil: // also a name that a site of the internet has turned to this machine
		b.page(w, req, nil, http.StatusNotFound, pageWords.noSession)
	case !b.welcome(req):
		b.page(w, req, s, http.StatusForbidden, pageWords.foreign)
	case strings.HasPrefix(req.URL.Path, ownPath):
		b.serveOwn(w, req, s)
	default:
		b.forward(w, req, s)
	}
}

// welcome reports whether a request may come from where it comes: a page that was
// opened here, or nowhere in particular, which includes a frame of the phone. A
// page of another site in the same browser may lead here, and no more.
func (b *Browser) welcome(req *http.Request) bool {
	site, mode := req.Header.Get("Sec-Fetch-Site"), req.Header.Get("Sec-Fetch-Mode")
	origin := req.Header.Get("Origin")
	switch {
	case origin == "null":
		return site == "same-origin"
	case origin != "":
		return b.sessionOf(origin) != nil
	case site == "" || site == "none" || site == "same-origin":
		return true
	case mode == "navigate" && (req.Method == http.MethodGet || req.Method == http.MethodHead):
		return true
	}
	return b.sessionOf(req.Referer()) != nil
}

// sessionOf finds the session that an Origin or a Referer is of, or nil.
func (b *Browser) sessionOf(address string) *session {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	o, ok := originOf(u)
	if !ok {
		return nil
	}
	return b.bySite(o)
}

func quote(s string) string { return text.Quote([]byte(s), 200) }

// userAgent is what pages are asked for with.
const userAgent = jssdk.UserAgent
