// Package emulator is api.weixin.qq.com on your own machine: an [http.Handler]
// that answers the API of an Official Account and of a mini program's server
// side, and remembers what it was told.
//
//	e, err := emulator.New(emulator.Config{})
//	http.ListenAndServe("127.0.0.1:8900", e)
//
// Package local is what most programs start: the same on a free port, together
// with the control API of package control, which does over HTTP what the
// methods of [Emulator] do. Package client calls that API.
//
// The menu that is read is the one that was set; users follow, write and scan;
// tokens expire, die when a newer one comes, and are refused when they are
// wrong; quotas count; lengths and limits are enforced in the order and with
// the words of WeChat. [Routes] lists the calls. Every other path answers
// errcode 40066 and says so, with status 200: clients show the words then.
//
// [Emulator.Act] plays a user: what the user does is pushed to the account's
// URL by package push, and what the server replies lands in the user's
// chat, as do the messages it sends through the API. [Emulator.Log] has every
// request, the refused ones too, and [Emulator.Wait] waits for one.
// [Emulator.Fail] makes calls fail on demand, [Emulator.Advance] turns the
// clock, [Emulator.Expire] ends a token now. [ParseState] reads a seed, TOML
// that says what is there at the start, [Emulator.Snapshot] writes one.
//
// What it answers is what
// https://developers.weixin.qq.com/doc/oplatform/developers/dev/push and the
// pages of the calls say, and what was seen on the wire; package catalog has
// the texts of the errors. Where the pages leave something open, the comments
// of this package say what it does. A third-party platform has its tickets,
// authorisations and tokens, see [Component]; what it may do for an account beyond
// the account's own calls is not there. It does not emulate payments, cards, nor
// anything that looks at content.
//
// # Compatibility
//
// The README says what a release may change. The format of seeds and snapshots
// is among what scripts rely on. What a call answers follows WeChat, and
// changes when WeChat does or when more is known of it.
package emulator

import (
	"context"
	cryptorand "crypto/rand"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wxdev/wxdev/internal/feed"
	"github.com/wxdev/wxdev/internal/redact"
	"github.com/wxdev/wxdev/pkg/apisign"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/message"
)

// The paths that answers of the API name, which are no calls of it. Package
// control serves them.
const (
	ControlPrefix = "/__wxdev/"              // of the control API
	MediaPath     = ControlPrefix + "media/" // of a file, before its media_id
	QRCodePath    = "/q/"                    // of the page where a QR code is scanned
)

// The account of an emulator that is given none. All of it is public: it is
// no secret.
const (
	DefaultAppID  = "wx0123456789abcdef"
	DefaultSecret = "0123456789abcdef0123456789abcdef"
	DefaultToken  = "wxdevtoken"
	DefaultAESKey = "wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd"
)

// feedSize is how many events are kept for readers who were away.
const feedSize = 1000

// Config says what to emulate. The zero Config is one account with the
// default names and nothing in it.
type Config struct {
	// Accounts are there besides those of the Seed. Of an account that is in
	// both, what is set here counts. Their secrets are never in a snapshot.
	Accounts []Account
	Seed     *State // what is there at the start and after a reset
	// Component is the third-party platform, if there is one: of what is set here
	// and in the Seed, this counts. Its secrets are never in a snapshot.
	Component *Component

	Now  func() time.Time // nil is time.Now
	Rand io.Reader        // nil is ChaCha8, seeded by crypto/rand; a seeded one makes tokens repeatable

	H5Hosts []string // besides this machine, from which pages may be shown in the phone
	Hosts   []string // names by which the control API may be called besides addresses and local ones, in lower case
	// PublicURL is where a browser finds the emulator when it stands behind
	// another name, such as https://wx.example.com: scheme, host and perhaps a
	// port. Absolute URLs in answers begin with it; empty is what the caller
	// named.
	PublicURL string

	// Security are the keys of signed calls: AppID, the symmetric key with its
	// number, the public key, and a certificate with its private key. nil, and
	// what is missing, is made when it is first asked for.
	Security *apisign.Keys

	Timeout  time.Duration // of one push to a server; 0 is WeChat's 5 s
	Attempts int           // pushes of one message when they fail; 0 is WeChat's 3
	Lang     finding.Lang  // of findings about a server, and of pages for a browser that asks for none; empty is English

	// OnRequest gets every entry of the log. It is called by many
	// goroutines, and must not call the Emulator.
	OnRequest func(Entry)
	LogSize   int // how many entries the log keeps; 0 is 1000
}

// Emulator answers API calls. Make one with [New].
type Emulator struct {
	cfg    Config
	routes map[string]*route
	log    *requestLog
	feed   *feed.Ring // what happens, for who watches

	uploads chan struct{}    // has one for each file that is being read
	secrets *redact.Redactor // of the accounts, also of those that are gone

	turned chan struct{}   // has one when the clock or the state is another
	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	pushes sync.WaitGroup // those that no caller waits for
	rand   *randSource
	msgIDs *message.MsgIDs

	mu      sync.Mutex // guards all below
	initial []byte     // the state to reset to, as TOML
	state   State
	tokens  map[string]issuedToken   // of all accounts
	checks  map[string]chan struct{} // by AppID: has one while a check is under way
	lineID  int64                    // of the newest line of a chat

	security        Security
	keys            *apisign.Keys        // of signed calls; nil until they are asked for
	nextCertificate *apisign.Certificate // nil until a fault asks for it

	chatBytes int   // of all lines
	loads     int64 // how many states there were: a push of one does not end in the chats of the next
}

// New returns an emulator, or says what is wrong with the Config.
func New(cfg Config) (*Emulator, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Rand == nil {
		var seed [32]byte
		_, _ = cryptorand.Read(seed[:]) // never fails
		cfg.Rand = rand.NewChaCha8(seed)
	}
	if cfg.Lang == "" {
		cfg.Lang = finding.English
	}
	if cfg.LogSize <= 0 {
		cfg.LogSize = 1000
	}
	if u, err := url.Parse(cfg.PublicURL); err != nil {
		return nil, err
	} else if u.Host != "" {
		cfg.PublicURL = strings.ToLower(u.Scheme + "://" + u.Host)
		cfg.Hosts = append(slices.Clone(cfg.Hosts), strings.ToLower(u.Hostname()))
	}
	e := &Emulator{cfg: cfg, routes: map[string]*route{}, checks: map[string]chan struct{}{}, feed: feed.New(feedSize), turned: make(chan struct{}, 1), secrets: redact.New(redact.Mask, redact.Shortest), uploads: make(chan struct{}, maxUploads), rand: &randSource{r: cfg.Rand}}
	for _, r := range routeTable() {
		e.routes[r.path] = &r
	}
	e.security = standardSecurity()
	e.log = newRequestLog(cfg.LogSize, e.mask)
	e.msgIDs = message.NewMsgIDs(e.rand, e.Now())
	e.ctx, e.cancel = context.WithCancel(context.Background())
	seed := &State{}
	if cfg.Seed != nil {
		var err error
		if seed, err = cfg.Seed.clone(); err != nil {
			return nil, err
		}
	}
	if err := e.load(seed); err != nil {
		return nil, err
	}
	return e, nil
}

// Hosts are those of the Config, that of its PublicURL included.
func (e *Emulator) Hosts() []string { return e.cfg.Hosts }

// load takes over a state, and makes it the one to reset to.
func (e *Emulator) load(s *State) error {
	if err := e.complete(s); err != nil {
		return err
	}
	text, err := s.marshal()
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.initial = text
	e.setState(s)
	return nil
}

// setState makes s the state. The caller holds the lock.
func (e *Emulator) setState(s *State) {
	e.numberLines(s)
	e.state = *s
	e.loads++
	e.trimChats()
	e.tokens = map[string]issuedToken{}
	for _, a := range s.Accounts {
		a.index(e.tokens)
		e.secrets.Add(a.secrets()...)
	}
	if c := s.Component; c != nil {
		e.secrets.Add(c.self.secrets()...)
	}
	e.wake()
	e.emit(EventReset, nil, struct{}{})
}

// Reset brings back the state of the start, and empties the log.
func (e *Emulator) Reset() error {
	e.mu.Lock()
	text := e.initial
	e.mu.Unlock()
	s, err := ParseState("the initial state", text)
	if err == nil {
		err = e.complete(s)
	}
	if err != nil {
		return err // it was read once before
	}
	e.log.clear()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.security = standardSecurity()
	e.setState(s)
	return nil
}

// Close ends the pushes that are under way, and waits for them.
func (e *Emulator) Close() {
	e.feed.Close()
	e.mu.Lock() // so that none begins after the check of the context
	e.cancel()
	e.mu.Unlock()
	e.pushes.Wait()
}

// Now is the emulator's time.
func (e *Emulator) Now() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.now()
}

// now is Now for those who hold the lock.
func (e *Emulator) now() time.Time {
	return e.cfg.Now().Add(time.Duration(e.state.ClockOffset)).UTC()
}

// Advance turns the clock on, or back.
func (e *Emulator) Advance(d time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.state.ClockOffset += Duration(d)
	e.publishClock()
}

// Clock returns the emulator's time, and by how much it differs from
// Config.Now.
func (e *Emulator) Clock() (now time.Time, offset time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.now(), time.Duration(e.state.ClockOffset)
}

// SetClockOffset makes the emulator's time differ from Config.Now by d.
func (e *Emulator) SetClockOffset(d time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.state.ClockOffset = Duration(d)
	e.publishClock()
}

// publishClock tells of a clock that was turned. The caller holds the lock.
func (e *Emulator) publishClock() {
	e.wake()
	e.emit(EventClock, nil, ClockEvent{e.now(), e.state.ClockOffset})
}

// ServeHTTP implements [http.Handler]: it answers a call of the API.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, req *http.Request) { e.serveAPI(w, req) }
