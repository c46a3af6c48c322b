// Package emulator is api.weixin.qq.com on your own machine: an [http.Handler]
// that answers the API of an Official Account and of a mini program's server
// side, and remembers what it was told.
//
//	e, err := emulator.New(emulator.Config{})
//	http.ListenAndServe("127.0.0.1:8900", e)
//
// In tests, [NewServer] puts one on a free port:
//
//	s, err := emulator.NewServer(emulator.Config{})
//	defer s.Close()
//	client.BaseURL = s.URL // instead of https://api.weixin.qq.com
//
// A menu that is set is the menu that is got; users follow, write and scan;
// tokens expire, die when a newer one comes, and are refused when they are
// wrong; quotas count; lengths and limits are enforced in the order and with
// the words of WeChat. [Routes] lists the calls. Every other path answers
// 404 and says so.
//
// [Emulator.Act] plays a user: what the user does is pushed to the account's
// URL by package push, and what the server replies lands in the user's
// chat, as do the messages it sends through the API. [Emulator.Log] has every
// request, the refused ones too, and [Emulator.Wait] waits for one.
// [Emulator.Fail] makes calls fail on demand, [Emulator.Advance] turns the
// clock, [Emulator.Expire] ends a token now. [ParseState] reads a seed, TOML
// that says what is there at the start, [Emulator.Snapshot] writes one.
//
// All of this is there over HTTP too, under /__wxdev/, for programs in other
// languages; a GET of /__wxdev/ lists it. Only callers who name the emulator
// by an IP address or by a local name (localhost, a name without a dot, one
// that ends in .local or .internal) are let in there, and no page of another
// origin: a page on the internet, whose name leads to this machine, is not.
//
// What it answers is what
// https://developers.weixin.qq.com/doc/oplatform/developers/dev/push and the
// pages of the calls say, and what was seen on the wire; package catalog has
// the texts of the errors. Where the pages leave something open, the comments
// of this package say what it does. It does not emulate payments, cards,
// mass sending, permanent materials, drafts, the calls of third-party
// platforms, nor anything that looks at content.
package emulator

import (
	"context"
	cryptorand "crypto/rand"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/jssdk/devserver"
)

// The account of an emulator that is given none. All of it is public: it is
// no secret.
const (
	DefaultAppID  = "wx0123456789abcdef"
	DefaultSecret = "0123456789abcdef0123456789abcdef"
	DefaultToken  = "wxdevtoken"
	DefaultAESKey = "wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd"
)

// Config says what to emulate. The zero Config is one account with the
// default names and nothing in it.
type Config struct {
	// Accounts are there besides those of the Seed. Of an account that is in
	// both, what is set here counts. Their secrets are never in a snapshot.
	Accounts []Account
	Seed     *State // what is there at the start and after a reset

	Now  func() time.Time // nil is time.Now
	Rand io.Reader        // nil is ChaCha8, seeded by crypto/rand; a seeded one makes tokens repeatable

	Timeout  time.Duration // of one push to a server; 0 is WeChat's 5 s
	Attempts int           // pushes of one message when they fail; 0 is WeChat's 3
	Lang     finding.Lang  // of the findings about a server; empty is English

	// OnRequest is told of every entry of the log. It is called by many
	// goroutines, and must not call the Emulator.
	OnRequest func(Entry)
	LogSize   int // how many entries the log keeps; 0 is 1000
}

// Emulator answers API calls. Make one with [New].
type Emulator struct {
	cfg    Config
	routes map[string]*route
	log    *journal
	pages  *http.ServeMux // the control API

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	pushes sync.WaitGroup // those that no caller waits for
	rand   *dice

	mu         sync.Mutex // guards all below
	initial    []byte     // the state to reset to, as TOML
	state      State
	tokens     map[string]issued            // of all accounts
	serial     int                          // of messages
	devServers map[string]*devserver.Server // by AppID, made when asked for
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
	e := &Emulator{cfg: cfg, routes: map[string]*route{}, log: newJournal(cfg.LogSize), rand: &dice{r: cfg.Rand}, devServers: map[string]*devserver.Server{}}
	for _, r := range routeTable() {
		e.routes[r.path] = &r
	}
	e.pages = e.controlMux()
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
	e.adopt(s)
	return nil
}

// adopt makes s the state. The caller holds the lock.
func (e *Emulator) adopt(s *State) {
	e.state = *s
	e.tokens = map[string]issued{}
	for _, a := range s.Accounts {
		a.index(e.tokens)
	}
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
	e.mu.Lock()
	e.adopt(s)
	e.mu.Unlock()
	e.log.clear()
	return nil
}

// Close ends the pushes that are under way, and waits for them.
func (e *Emulator) Close() {
	e.mu.Lock() // so that none begins behind the check of the context
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
}

// ServeHTTP implements [http.Handler].
func (e *Emulator) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if strings.HasPrefix(req.URL.Path, controlPrefix) || strings.HasPrefix(req.URL.Path, qrPath) {
		e.serveControl(w, req)
		return
	}
	e.serveAPI(w, req)
}

// Server is an Emulator on a port of the loopback interface.
type Server struct {
	*Emulator
	URL string // without a slash at the end

	http *http.Server
	done chan struct{}
}

// NewServer starts an emulator on a free port of the loopback interface, for
// tests. Close it.
func NewServer(cfg Config) (*Server, error) {
	e, err := New(cfg)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen on the loopback interface: %w", err)
	}
	s := &Server{Emulator: e, URL: "http://" + l.Addr().String(), done: make(chan struct{})}
	s.http = &http.Server{Handler: e, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		defer close(s.done)
		if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			e.cancel() // the listener is gone: nobody can be served
		}
	}()
	return s, nil
}

// Close stops the server and what it has under way.
func (s *Server) Close() {
	_ = s.http.Close() // what it fails to close is gone already
	<-s.done
	s.Emulator.Close()
}
