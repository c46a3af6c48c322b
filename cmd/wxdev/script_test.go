package main

import (
	"bytes"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wxdev/wxdev/internal/atomicfile"
	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/internal/run"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/receiver"
	"github.com/wxdev/wxdev/pkg/reply"
)

var update = flag.Bool("update", false, "rewrite the expected output of the scripts")

func TestMain(m *testing.M) {
	if code, ok := run.Helper(os.Args); ok {
		os.Exit(code)
	}
	testscript.Main(m, map[string]func(){
		"wxdev": func() {
			if file := os.Getenv(englishFile); file != "" {
				os.Exit(mainChinese(os.Args[1:], SystemEnv(), file))
			}
			os.Exit(mainHeld(os.Args[1:], SystemEnv()))
		},
		"mortal":    mortal,
		"llmbot":    llmBot,
		"panicking": panicking,
		"classic":   classicBot,
	})
}

// TestScripts runs testdata/script: the CLI as its users see it.
func TestScripts(t *testing.T) {
	nobody := busy.Nobody(t) // scripts find no server at $NOBODY, and may start one at $FREE
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("FREE", busy.Free(t))
			return setUpScript(env, nobody)
		},
		Cmds: scriptCommands,
	})
}

var scriptCommands = map[string]func(*testscript.TestScript, bool, []string){
	"exits": exits,
	"serve": serveKind,
	"ready": ready,
}

func setUpScript(env *testscript.Env, nobody string) error {
	home := filepath.Join(env.WorkDir, "home")
	env.Setenv("HOME", home)
	env.Setenv("XDG_CONFIG_HOME", filepath.Join(home, ".config"))
	env.Setenv("XDG_CACHE_HOME", filepath.Join(home, ".cache"))
	env.Setenv("LANG", "C")
	env.Setenv("NOBODY", nobody)
	return os.MkdirAll(home, 0o700)
}

// exits runs a command and demands its exit code: exits 2 wxdev vrify
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// serveKind starts a server for the script and sets $URL: serve quotes
func serveKind(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 || scriptServers[args[0]] == nil {
		ts.Fatalf("usage: serve KIND; see scriptServers")
	}
	s := httptest.NewUnstartedServer(scriptServers[args[0]])
	if args[0] == "https" {
		s.TLS = &tls.Config{}
		s.StartTLS()
	} else {
		s.Start()
	}
	ts.Defer(s.Close)
	ts.Setenv("URL", s.URL+"/wechat")
}

// scriptServers are the receiver, right or wrong in one way.
var scriptServers = map[string]http.Handler{
	"right":     &receiver.Handler{Token: "letmein7"},
	"https":     &receiver.Handler{Token: "letmein7"},
	"numbers":   numericSort{&receiver.Handler{Token: "letmein7"}},
	"talkative": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "token=letmein77 is wrong") }),
	"newline":   decorated("%s\n"),
	"quotes":    decorated("%q"),
	"escapes":   decorated("\x1b[31m%s\x1b]0;owned\x07\u009b2J\u202e"),
	"echobot":   bot(repeat),
	"markdown":  bot(func(in *message.Message) *message.Message { return reply.Text(in, time.Now(), "**a** is b") }),
	"safebot":   bot(repeat),
	"strictbot": strict(bot(repeat)),
	"picky":     picky(bot(repeat)),
	"unrouted": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "POST" {
			http.Error(w, "HTTP method POST is not supported by this URL", http.StatusBadRequest)
			return
		}
		(&receiver.Handler{Token: "letmein7"}).ServeHTTP(w, r)
	}),
	"express": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // names itself, and answers what is no reply
		w.Header().Set("X-Powered-By", "Express")
		fmt.Fprint(w, "hello")
	}),
	"unswapped": bot(func(in *message.Message) *message.Message {
		r := repeat(in)
		to, from := r.Get("ToUserName"), r.Get("FromUserName")
		_ = r.Set("ToUserName", from)
		_ = r.Set("FromUserName", to)
		return r
	}),
	"workflow": bot(func(in *message.Message) *message.Message { // its reply gives a CI runner commands
		r := repeat(in)
		_ = r.Set("Content", "::error::x\n  ::set-output name=a::b\n##[error]y\n##vso[task.setvariable]z")
		return r
	}),
	"dead": http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }),
	"indiscreet": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // its error page shows all there is
		w.Header().Set("X-Request", r.URL.String())
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintf(w, "Error at %s token=letmein77 aes=wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd key=c3175ebf0c5d7afc3175ebf0c5d7afc3175ebf0c5d7afc3175ebf0c5d7afc317 secret=5f3c9d1e8a7b4c6d2e1f0a9b8c7d6e5f", r.URL)
	}),
	"created": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		(&receiver.Handler{Token: "letmein7"}).ServeHTTP(rec, r)
		if r.Method == "GET" {
			rec.Code = http.StatusCreated
		}
		w.WriteHeader(rec.Code)
		io.Copy(w, rec.Body)
	}),
}

// mortal is a process that serves until a message ends it: mortal READYFILE
func mortal() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	if err := atomicfile.Write(os.Args[1], []byte("http://"+l.Addr().String()), 0o600); err != nil {
		panic(err)
	}
	_ = http.Serve(l, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { os.Exit(0) }))
}

// bot answers messages with reply, in the message's own mode.
func bot(reply func(in *message.Message) *message.Message) http.Handler {
	key, err := msgcrypt.ParseKey("wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd")
	if err != nil {
		panic(err)
	}
	return &receiver.Handler{Token: "letmein7", Codec: msgcrypt.New(key, "wx0123456789abcdef"), Reply: reply}
}

// strict refuses what is not encrypted.
func strict(h http.Handler) http.Handler {
	h.(*receiver.Handler).SafeOnly = true
	return h
}

// picky fails on what XML forbids, as most parsers do.
func picky(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if !utf8.Valid(body) || bytes.ContainsAny(body, "\x02\x1d") {
			http.Error(w, "not well-formed (invalid token)", http.StatusInternalServerError)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		h.ServeHTTP(w, r)
	})
}

func repeat(in *message.Message) *message.Message {
	return reply.Text(in, time.Now(), "you said: "+in.Get("Content"))
}

// decorated is the receiver with the echostr put into a format.
func decorated(format string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		(&receiver.Handler{Token: "letmein7"}).ServeHTTP(rec, r)
		w.WriteHeader(rec.Code)
		if r.Method == "GET" && rec.Code == http.StatusOK {
			fmt.Fprintf(w, format, rec.Body.String())
			return
		}
		io.Copy(w, rec.Body)
	})
}

// ready waits for a ready file and sets $URL to what it holds, and $ADDR to the
// host and port of that.
func ready(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: ready FILE")
	}
	for end := time.Now().Add(busy.Net); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if b, err := os.ReadFile(ts.MkAbs(args[0])); err == nil {
			base := strings.TrimSpace(string(b))
			ts.Setenv("URL", base)
			ts.Setenv("ADDR", strings.TrimPrefix(base, "http://"))
			return
		}
	}
	ts.Fatalf("%s did not appear", args[0])
}
