package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wxdev/wxdev/internal/atomicfile"
	"github.com/wxdev/wxdev/internal/hostname"
	"github.com/wxdev/wxdev/internal/run"
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
	"github.com/wxdev/wxdev/pkg/wire"
)

// runTag begins wxdev's own lines: the others are the server's.
const runTag = "[wxdev]"

// session is what run has made, and is to be undone.
type session struct {
	o   *runOptions
	own *globals // whose lines are tagged

	folder   *run.Folder
	keeper   *run.Keeper
	emulator *local.Emulator
	pages    io.Closer // of the emulator
	redirect *run.Redirect
	kit      *run.Kit
	listener net.Listener
	lines    *lineWriter
	server   *http.Server
	base     string
	hosts    string // the server's hosts file; "" is the system's

	past     *pastWatch
	refused  sync.Map    // what was told, once: hosts that were refused
	accepted atomic.Bool // the URL, by verify
}

// newSession makes what the server needs. Nothing is left of one that fails.
func newSession(o *runOptions) (s *session, err error) {
	s = &session{o: o, own: o.inTagged(runTag)}
	o.emu.globals = s.own // its lines are ours
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	s.lines = newLineWriter(s.own.env.Out, o.sayer())
	s.past = &pastWatch{tell: s.tellPast, limit: pastLimit}
	if s.listener, err = listenOn(o.emu.addr); err != nil {
		return s, err
	}
	s.base = o.emu.base(s.listener)
	if err := s.emulate(); err != nil {
		return s, err
	}
	if err := s.makeKit(); err != nil {
		return s, err
	}
	return s, nil
}

// emulate starts the emulator.
func (s *session) emulate() error {
	o := s.o
	cfg := emulator.Config{
		Seed: o.emu.state, Now: o.env.Now, Lang: o.Lang(), OnRequest: s.called,
		Accounts: []emulator.Account{o.emu.account()}, Hosts: o.emu.hosts(), PublicURL: o.emu.public,
	}
	var err error
	if s.emulator, err = local.New(cfg); err != nil {
		if o.emu.seed != "" {
			err = failed(words.ErrInFile, "file", text.Line(o.emu.seed), "error", err)
		}
		return usageError{err}
	}
	pages, err := s.emulator.ServePages()
	if err != nil {
		return err
	}
	s.pages = pages
	o.emu.forget(s.base)
	return nil
}

// makeKit makes the proxy, and what tells the server of it.
func (s *session) makeKit() error {
	if err := s.makeFolder(); err != nil {
		return err
	}
	var err error
	s.redirect, err = run.NewRedirect(run.Options{
		API: s.emulator.Emulator, Own: s.emulator, Base: s.base, Offline: s.o.offline,
		LookupEnv: s.o.env.LookupEnv, Now: s.o.env.Now, Refused: s.tellRefused, Broken: s.tellBroken,
	})
	if err != nil {
		return failed(words.RunErrFolder, "error", err)
	}
	port := 0
	if s.o.emu.loopback() { // the server is on this machine
		direct, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return failed(words.ErrListen, "addr", "127.0.0.1", "error", cause(err))
		}
		port = direct.Addr().(*net.TCPAddr).Port
		go func() { _ = s.redirect.ServeHosts(direct) }() // ends with the redirect
	}
	if !s.o.variables {
		if s.keeper, err = run.NewKeeper(s.folder.Path); err != nil {
			return failed(words.RunErrFolder, "error", cause(err))
		}
	}
	if s.kit, err = run.NewKit(s.redirect, s.folder.Path, s.base, port); err != nil {
		return failed(words.RunErrFolder, "error", cause(err))
	}
	if s.o.hosts {
		return s.ownHosts()
	}
	return nil
}

// makeFolder makes the folder for the files: that of --dir, or one of the user's.
func (s *session) makeFolder() (err error) {
	if dir := s.o.dir; dir != "" {
		s.folder, err = run.SharedFolder(dir)
	} else {
		s.folder, err = run.NewFolder(s.folders()...)
	}
	switch {
	case errors.Is(err, run.ErrFolderTaken):
		return failed(words.RunErrDirTaken, "folder", quoted(s.o.dir))
	case errors.Is(err, run.ErrFolderOpen):
		return usage(words.RunErrDirOpen, "folder", quoted(s.o.dir))
	case err != nil:
		return failed(words.RunErrFolder, "error", cause(err))
	}
	return nil
}

// folders are where the one for the files may be: in the user's cache, or else
// where everybody has some, under a name of the user's.
func (s *session) folders() []string {
	own := "wxdev-" + strconv.Itoa(os.Getuid())
	all := []string{filepath.Join(os.TempDir(), own)}
	if runtime.GOOS != "windows" {
		all = append(all, filepath.Join("/tmp", own)) // whatever TMPDIR says
	}
	if cache, err := s.o.env.CacheDir(); err == nil {
		all = slices.Insert(all, 0, filepath.Join(cache, "wxdev", "runs"))
	}
	return all
}

// loopback reports whether only this machine reaches what is served.
func (o *emulatorOptions) loopback() bool {
	host, _, err := net.SplitHostPort(o.addr)
	return err == nil && host != "" && hostname.Loopback(host)
}

// serve serves the emulator and the proxy; what ends it before Close is sent.
func (s *session) serve() <-chan error {
	ended := make(chan error, 1)
	s.server = newServer()
	s.server.Handler = s.redirect
	go func() {
		if err := s.server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			ended <- err
		}
	}()
	return ended
}

// Close undoes it all, in the order in which one needs the other.
func (s *session) Close() {
	s.past.stop()
	if s.server != nil {
		_ = s.server.Close() // what it fails to close is gone already
	} else if s.listener != nil {
		s.listener.Close()
	}
	if s.redirect != nil {
		s.redirect.Close()
	}
	if s.pages != nil {
		s.pages.Close()
	}
	if s.emulator != nil {
		s.emulator.Close()
	}
	s.lines.Close()
	if s.folder != nil {
		if err := s.folder.Remove(); err != nil {
			s.own.warn(failed(words.RunErrRemove, "folder", quoted(s.folder.Path), "error", cause(err)))
		}
	}
	s.keeper.Close()
}

// announce says where everything is.
func (s *session) announce() error {
	if system := run.SystemTrust(runtime.GOOS); system != "" {
		s.say(words.RunSystemTrust, "system", system)
	}
	if s.o.json {
		if !s.o.check {
			s.line(runJSON{outcome: newOutcome(true), Event: eventServing, URL: s.base, AppID: s.o.emu.account().AppID})
		}
		return nil
	}
	a := s.o.emu.account()
	s.say(words.RunServing, "url", s.base, "appid", text.Line(a.AppID))
	if a.URL == "" && !s.o.quiet {
		s.say(words.RunNoURL)
	}
	if tcp, ok := s.listener.Addr().(*net.TCPAddr); ok && !tcp.IP.IsLoopback() {
		err := failed(words.RunErrOpen, "addr", s.listener.Addr().String())
		if s.o.variables && tcp.IP.IsUnspecified() && s.base == "http://"+reachable(tcp) {
			err = withHint(err, hint(words.RunHintAddr, "url", s.base, "port", tcp.Port))
		}
		s.own.warn(err)
	}
	return nil
}

// ready writes the ready file.
func (s *session) ready() error {
	if s.o.started != nil {
		s.o.started(s.base)
	}
	if s.o.emu.readyFile == "" {
		return nil
	}
	if err := atomicfile.Write(s.o.emu.readyFile, []byte(s.base+"\n"), 0o666); err != nil {
		return failed(words.ErrReadyFile, "error", cause(err))
	}
	return nil
}

// say is a line of the conversation.
func (s *session) say(id words.ID, pairs ...string) {
	fmt.Fprintln(s.own.env.Err, s.o.say(id, pairs...))
}

// line is one of the lines of --json.
func (s *session) line(doc runJSON) { fmt.Fprint(s.o.env.Out, lineJSON(doc)) }

// page is the address of the phone.
func (s *session) page() string { return s.o.emu.page(s.base) }

// called gets each request of the emulator.
func (s *session) called(e emulator.Entry) {
	s.past.see(e)
	switch o := s.o; {
	case o.check || o.quiet:
	case o.json:
		l := o.emu.line(e)
		s.lines.Print(lineJSON(runJSON{outcome: l.outcome, Event: l.Event, Entry: l.Entry}))
	default:
		s.lines.Print(requestLine(o.Colors(o.env.OutTTY), newLineMarks(o.sayer()), e))
		s.tellOther(e)
		s.tellFormat(e)
	}
}

// tellOther tells, once, that the server calls as somebody else.
func (s *session) tellOther(e emulator.Entry) {
	const noAppID, noSecret = 40013, 40125
	if e.Kind != emulator.KindAPI || e.ErrCode != noAppID && e.ErrCode != noSecret || e.Fault {
		return
	}
	if _, told := s.refused.LoadOrStore("account", true); !told {
		s.lines.Print(s.o.say(words.RunOtherAccount, "appid", text.Line(s.o.emu.account().AppID)) + "\n")
	}
}

// tellFormat tells, once, what the messages are that the server refuses, when
// nobody has chosen that: its URL is right, so its Token is.
func (s *session) tellFormat(e emulator.Entry) {
	given := s.o.emu.given
	if e.Push == nil || given.Format != "" || given.Mode != "" || !s.accepted.Load() || !slices.ContainsFunc(e.Push.Findings, refusal) {
		return
	}
	if _, told := s.refused.LoadOrStore("format", true); !told {
		s.lines.Print(s.o.say(words.RunNoFormat) + "\n")
	}
}

// refusal is a finding about a server that makes nothing of a message.
func refusal(f emulator.Finding) bool { return f.ID == "M29" }

// tellRefused tells of a call that --offline has refused, once for each host.
func (s *session) tellRefused(host string) {
	if _, told := s.refused.LoadOrStore(host, true); told {
		return
	}
	if s.o.json && !s.o.check {
		s.line(runJSON{outcome: newOutcome(false), Event: eventRefused, Host: host})
		return
	}
	s.say(words.RunRefused, "host", text.Line(host))
}

// tellBroken tells of a call that broke off in the handshake, once for each
// host: most often the client has a mind of its own of whom to trust.
func (s *session) tellBroken(host string, err error) {
	if _, told := s.refused.LoadOrStore("broken "+host, true); told {
		return
	}
	var untrusted *run.UntrustedError
	is := errors.As(err, &untrusted)
	if s.o.json && !s.o.check {
		event := eventBroken
		if is {
			event = eventUntrusted
		}
		s.line(runJSON{outcome: newOutcome(false), Event: event, Host: host})
		return
	}
	switch {
	case !is:
		s.say(words.RunBroken, "host", text.Line(host), "error", text.Line(err.Error()))
	case untrusted.Err == nil:
		s.say(words.RunHungUp, "host", text.Line(host))
	default:
		s.say(words.RunUntrusted, "host", text.Line(host), "error", text.Line(err.Error()))
	}
}

func (s *session) tellPast() {
	if s.o.json && !s.o.check {
		s.line(runJSON{outcome: newOutcome(false), Event: eventPast})
		return
	}
	s.say(words.RunPast)
}

func shellQuote(s string) string { return wire.ShellQuote(s) }

// pastLimit is how long a server may take until it calls WeChat, after it has
// said that it will answer later.
const pastLimit = 10 * time.Second

// pastWatch finds out whether calls may have gone past: a message got no reply
// but success, and no call followed.
type pastWatch struct {
	limit time.Duration
	tell  func()

	mu    sync.Mutex
	calls int
	timer *time.Timer
	done  bool
}

func (w *pastWatch) see(e emulator.Entry) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case e.Kind == emulator.KindAPI:
		w.calls++ // it knows the way
	case e.Kind == emulator.KindPush && w.calls == 0 && w.timer == nil && !w.done && e.Push != nil && e.Push.OK && e.Push.Seen == "nothing":
		w.timer = time.AfterFunc(w.limit, w.look)
	}
}

func (w *pastWatch) look() {
	w.mu.Lock()
	past := w.calls == 0 && !w.done
	w.done = w.done || past
	w.timer = nil
	w.mu.Unlock()
	if past {
		w.tell()
	}
}

func (w *pastWatch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done = true
	if w.timer != nil {
		w.timer.Stop()
	}
}

// known lets the emulator know a user whom verify plays: a server that answers
// through the API writes to a follower who has just written.
func (s *session) known() func(openid string) {
	var seen sync.Map
	appid := s.o.emu.account().AppID
	return func(openid string) {
		if _, is := seen.LoadOrStore(openid, true); is {
			return
		}
		until := s.emulator.Now().Add(48 * time.Hour)
		_, _ = s.emulator.UpdateUser(appid, openid, func(u *emulator.User) error { // of an account that is there
			u.Windows = append(u.Windows, &emulator.Window{Kind: "message", Until: until, Left: 100_000})
			return nil
		})
	}
}

// start starts the server.
func (s *session) start() (*run.Child, error) {
	o := s.o
	c := run.Command{
		Args: o.command, Env: s.kit.Env(os.Environ()), Stdin: o.env.In, Stdout: o.env.Plain, Stderr: o.env.Err,
		Folder: s.folder.Path, Keeper: s.keeper, Hosts: s.hosts,
	}
	if std := o.env.Std; std[0] != nil {
		c.Stdin, c.Stdout, c.Stderr = std[0], std[1], std[2]
		if o.env.InTTY {
			c.Terminal = std[0]
		}
	}
	if o.check { // nobody types, and Ctrl-C is for wxdev
		c.Stdin, c.Terminal = nil, nil
	}
	if o.json {
		c.Stdout = c.Stderr
	}
	child, err := run.Start(c)
	if err != nil {
		return nil, notStarted(o.command[0], err)
	}
	if err := s.folder.Holds(child.Pid()); err != nil {
		child.Stop(0)
		return nil, failed(words.RunErrFolder, "error", cause(err))
	}
	return child, nil
}

// answers waits until the server answers, or has ended, which it reports.
func (s *session) answers(ctx context.Context, child *run.Child) (ended bool, err error) {
	waiting, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		select {
		case <-child.Done():
			stop()
		case <-waiting.Done():
		}
	}()
	err = s.o.wait.forServer(waiting, s.own, s.o.emu.given.URL, words.RunHintWait)
	if over(child) {
		return true, nil
	}
	return false, err
}

func over(child *run.Child) bool {
	select {
	case <-child.Done():
		return true
	default:
		return false
	}
}
