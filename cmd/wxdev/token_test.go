package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/internal/stacks"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/client"
	"github.com/wxdev/wxdev/pkg/emulator/local"
)

// tokenWorld is the environment of wxdev processes that share a cache folder and
// call an emulator.
type tokenWorld struct {
	t     *testing.T
	emu   *local.Emulator
	url   string
	cache string
	vars  []string
	hold  atomic.Pointer[func(*http.Request)] // is called with each request first
}

func newTokenWorld(t *testing.T, vars ...string) *tokenWorld {
	t.Helper()
	e, err := local.New(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	w := &tokenWorld{t: t, emu: e, cache: t.TempDir(), vars: vars}
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if hold := w.hold.Load(); hold != nil {
			(*hold)(r)
		}
		e.ServeHTTP(rw, r)
	}))
	t.Cleanup(func() { s.CloseClientConnections(); s.Close(); e.Close() })
	w.url = s.URL
	return w
}

// command is a wxdev process of its own: TestMain has put the test binary into
// the path under that name.
func (w *tokenWorld) command(args ...string) (cmd *exec.Cmd, out, errOut *bytes.Buffer) {
	cmd = exec.Command("wxdev", args...)
	out, errOut = new(bytes.Buffer), new(bytes.Buffer)
	cmd.Stdout, cmd.Stderr = out, errOut
	cmd.Dir = w.cache
	cmd.Env = append(os.Environ(), "HOME="+w.cache, "XDG_CACHE_HOME="+w.cache, "XDG_CONFIG_HOME="+w.cache, "WXDEV_CONFIG=", "WXDEV_PROFILE=",
		"WXDEV_API_BASE="+w.url, "WXDEV_APPID="+emulator.DefaultAppID, "WXDEV_SECRET="+emulator.DefaultSecret, "WXDEV_STORE=",
		"GORACE=atexit_sleep_ms=0") // of a race build, which else takes a second to end
	cmd.Env = append(cmd.Env, w.vars...)
	return cmd, out, errOut
}

// run demands success and returns stdout.
func (w *tokenWorld) run(args ...string) string {
	w.t.Helper()
	cmd, out, errOut := w.command(args...)
	if err := cmd.Run(); err != nil {
		w.t.Fatalf("wxdev %q: %v\n%s", args, err, errOut)
	}
	if errOut.Len() > 0 {
		w.t.Errorf("wxdev %q said %q", args, errOut)
	}
	return strings.TrimSpace(out.String())
}

// fetches counts the calls that give tokens.
func (w *tokenWorld) fetches() int {
	return len(w.emu.Log(emulator.Match{Path: "/cgi-bin/stable_token"})) + len(w.emu.Log(emulator.Match{Path: "/cgi-bin/token"}))
}

// manyProcesses starts n processes at once and returns what they print.
func (w *tokenWorld) manyProcesses(n int, args ...string) []string {
	w.t.Helper()
	printed := make([]string, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			cmd, out, errOut := w.command(args...)
			if err := cmd.Run(); err != nil {
				w.t.Errorf("process %d: %v: %s", i, err, errOut)
			}
			printed[i] = strings.TrimSpace(out.String())
		})
	}
	all.Wait()
	return printed
}

// Sixty-four processes at once make one call for a token, and one for the next
// when the API refuses the first.
func TestOneCallForManyProcesses(t *testing.T) {
	for _, store := range []string{"file", "redis"} {
		t.Run(store, func(t *testing.T) {
			var vars []string
			if store == "redis" {
				vars = append(vars, "WXDEV_STORE="+stacks.Redis(t).URL())
			}
			w := newTokenWorld(t, vars...)
			slow := func(r *http.Request) {
				if strings.Contains(r.URL.Path, "token") {
					time.Sleep(300 * time.Millisecond) // as far away as the real one
				}
			}
			w.hold.Store(&slow)
			printed := w.manyProcesses(64, "token")
			for i, token := range printed {
				if token == "" || token != printed[0] {
					t.Fatalf("process %d printed %q, the first %q", i, token, printed[0])
				}
			}
			if n := w.fetches(); n != 1 {
				t.Errorf("%d calls for a token", n)
			}

			w.expireTokens()
			w.manyProcesses(32, "api", "GET", "/cgi-bin/getcallbackip")
			if n := w.fetches(); n != 2 {
				t.Errorf("%d calls for a token, after it was refused", n)
			}
			if now := w.run("token"); now == printed[0] || now == "" {
				t.Errorf("the refused token is still printed")
			}
		})
	}
}

// expireTokens ends them all on the emulator's side.
func (w *tokenWorld) expireTokens() {
	w.t.Helper()
	if _, err := (&client.Client{BaseURL: w.url}).Expire(w.t.Context(), "", ""); err != nil {
		w.t.Fatal(err)
	}
}

// A token from the cache costs little more than starting at all.
func TestKeptTokenIsQuick(t *testing.T) {
	w := newTokenWorld(t)
	w.run("token")
	best := busy.Fastest(25, func() { w.run("--version") }, func() { w.run("token") })
	if bare, kept := best[0], best[1]; kept > 3*bare {
		t.Errorf("%v, and bare start-up is %v", kept, bare)
	}
	if n := w.fetches(); n != 1 {
		t.Errorf("%d calls for a token", n)
	}
}

// A process that is killed, at whatever instant, leaves a cache that the next
// one reads without a word, and no lock.
func TestKilledProcesses(t *testing.T) {
	w := newTokenWorld(t)
	w.run("token", "--endpoint", "token")
	files := func() []string {
		found, err := filepath.Glob(filepath.Join(w.cache, "wxdev", "tokens", "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	whole := busy.Fastest(5, func() { w.run("token", "--endpoint", "token", "--refresh") })[0]
	const rounds = 60
	killed := 0
	for i := range rounds {
		cmd, _, _ := w.command("token", "--endpoint", "token", "--refresh")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(whole * time.Duration(i) / rounds) // from its start to its end
		cmd.Process.Kill()
		if err := cmd.Wait(); err != nil {
			killed++
		}
		for _, name := range files() {
			text, err := os.ReadFile(name)
			if err != nil || !json.Valid(text) {
				t.Fatalf("round %d left %q, %v", i, text, err)
			}
		}
		if token := w.run("token", "--endpoint", "token"); token == "" {
			t.Fatalf("round %d: no token", i)
		}
	}
	if killed < rounds/4 {
		t.Errorf("only %d of %d were killed before they ended", killed, rounds)
	}
	if len(files()) != 1 {
		t.Errorf("the folder has %q", files())
	}
}

// One that is killed while it waits for the API leaves the lock to the next.
func TestKilledWhileFetching(t *testing.T) {
	w := newTokenWorld(t)
	arrived := make(chan struct{})
	var first sync.Once
	hang := func(r *http.Request) {
		hangs := false
		first.Do(func() { hangs = true })
		if hangs {
			io.Copy(io.Discard, r.Body) // or the end of the connection is not seen
			close(arrived)
			<-r.Context().Done()
		}
	}
	w.hold.Store(&hang)
	one, _, _ := w.command("token")
	if err := one.Start(); err != nil {
		t.Fatal(err)
	}
	<-arrived
	two, out, errOut := w.command("token")
	if err := two.Start(); err != nil {
		t.Fatal(err)
	}
	one.Process.Kill()
	one.Wait()
	if err := two.Wait(); err != nil || strings.TrimSpace(out.String()) == "" || errOut.Len() > 0 {
		t.Errorf("%v: %q, %q", err, out, errOut)
	}
}

// With a Redis that is lost nobody fetches for itself, and the error names the
// Redis and not its password.
func TestLostStore(t *testing.T) {
	server := stacks.Redis(t)
	w := newTokenWorld(t, "WXDEV_STORE="+server.URL())
	token := w.run("token")
	if got := w.run("token"); got != token || token == "" {
		t.Errorf("printed %q, then %q", token, got)
	}
	if info := w.run("token", "--info"); !strings.Contains(info, "from\tkept in the Redis at 127.0.0.1:") {
		t.Errorf("info is %q", info)
	}
	server.Kill()
	for _, args := range [][]string{{"token"}, {"token", "--refresh"}, {"api", "GET", "/cgi-bin/getcallbackip"}} {
		cmd, out, errOut := w.command(args...)
		_ = cmd.Run() // its exit code is what counts
		if cmd.ProcessState.ExitCode() != exitFailed || out.Len() > 0 || !strings.HasPrefix(errOut.String(), "wxdev: nothing was fetched: the Redis at 127.0.0.1:") {
			t.Errorf("%q: %v: %q, %q", args, cmd.ProcessState, out, errOut)
		}
		if strings.Contains(errOut.String(), "hunter2") {
			t.Errorf("the password is in %q", errOut)
		}
	}
	if n := w.fetches(); n != 1 {
		t.Errorf("%d calls for a token", n)
	}
	if found, err := filepath.Glob(filepath.Join(w.cache, "wxdev", "*")); err != nil || len(found) > 0 {
		t.Errorf("a token is in files too: %q, %v", found, err)
	}
}
