package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/internal/run"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/reply"
)

// TestPastWatch: that calls may have gone past is told when a message got
// nothing but success, and no call came.
func TestPastWatch(t *testing.T) {
	push := func(seen reply.Seen, ok bool) emulator.Entry {
		return emulator.Entry{Kind: emulator.KindPush, Push: &emulator.Push{OK: ok, Seen: seen}}
	}
	call := emulator.Entry{Kind: emulator.KindAPI}
	for _, c := range []struct {
		name    string
		entries []emulator.Entry
		told    bool
	}{
		{"success and no call", []emulator.Entry{push(reply.SeenNothing, true)}, true},
		{"twice, told once", []emulator.Entry{push(reply.SeenNothing, true), push(reply.SeenNothing, true)}, true},
		{"a call afterwards", []emulator.Entry{push(reply.SeenNothing, true), call}, false},
		{"a call before", []emulator.Entry{call, push(reply.SeenNothing, true)}, false},
		{"a reply", []emulator.Entry{push(reply.SeenReply, true)}, false},
		{"a fault", []emulator.Entry{push(reply.SeenFault, false)}, false},
		{"never sent", []emulator.Entry{{Kind: emulator.KindPush}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			told := 0
			w := &pastWatch{limit: time.Hour, tell: func() { told++ }}
			for _, e := range c.entries {
				w.see(e)
			}
			if (w.timer != nil) != (c.told || c.name == "a call afterwards") {
				t.Errorf("it waits: %t", w.timer != nil)
			}
			w.look()
			w.look()
			if w.timer == nil && (told == 1) != c.told && c.told {
				t.Errorf("told %d times", told)
			}
			if !c.told && c.name == "a call afterwards" && told != 0 {
				t.Errorf("told %d times", told)
			}
			w.stop()
		})
	}
	w := &pastWatch{limit: time.Millisecond, tell: func() { t.Error("told after the end") }}
	w.stop()
	w.see(push(reply.SeenNothing, true))
	w.look()
}

// TestTagged: each line has its tag, whatever pieces it comes in.
func TestTagged(t *testing.T) {
	var out bytes.Buffer
	var lock sync.Mutex
	w := &tagged{w: &out, tag: "[x]", lock: &lock}
	for _, piece := range []string{"on", "e\ntwo\n\nthr", "ee", "\n", "rest"} {
		if n, err := w.Write([]byte(piece)); n != len(piece) || err != nil {
			t.Fatal(n, err)
		}
	}
	if want := "[x] one\n[x] two\n[x]\n[x] three\n"; out.String() != want {
		t.Errorf("%q", out.String())
	}
}

// TestRunKilled: kill -9 leaves neither the server, nor what it has started, nor
// a file.
func TestRunKilled(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command("wxdev", "run", "--ready-file", "ready", "--", "sh", "-c",
		`trap "" TERM; sh -c 'trap "" TERM; echo $$ > inner; while :; do sleep 0.1; done' & echo $$ > outer; while :; do sleep 0.1; done`)
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CACHE_HOME="+dir, "XDG_CONFIG_HOME="+dir)
	cmd.Dir = dir
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	within := func(what string, is func() bool) {
		t.Helper()
		for end := time.Now().Add(busy.Net); !is(); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal(what)
			}
		}
	}
	pid := func(name string) string {
		b, _ := os.ReadFile(filepath.Join(dir, name))
		return strings.TrimSpace(string(b))
	}
	within("it does not start", func() bool { return pid("ready") != "" && pid("inner") != "" && pid("outer") != "" })
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // that it was killed
	for _, name := range []string{"inner", "outer"} {
		within(name+" is still there", func() bool {
			state, _ := exec.Command("ps", "-o", "stat=", "-p", pid(name)).Output()
			return len(bytes.TrimSpace(state)) == 0 || state[0] == 'Z'
		})
	}
	within("a folder is left", func() bool {
		left, _ := os.ReadDir(filepath.Join(dir, "wxdev", "runs"))
		return len(left) == 0
	})
}

// TestRunHosts: with --hosts nothing goes past.
func TestRunHosts(t *testing.T) {
	if err := run.CanHosts(); err != nil {
		t.Skipf("this user may not: %v", err)
	}
	dir := t.TempDir()
	// A client that asks for no proxy.
	cmd := exec.Command("wxdev", "run", "--hosts", "--", "sh", "-c",
		"unset https_proxy HTTPS_PROXY; exec wxdev token --appid "+emulator.DefaultAppID+" --secret "+emulator.DefaultSecret)
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CACHE_HOME="+dir, "XDG_CONFIG_HOME="+dir)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), "address already in use") {
		t.Skip("another test has the address")
	}
	if err != nil || !strings.Contains(string(out), "/cgi-bin/stable_token  200") {
		t.Errorf("%v: %s", err, out)
	}
}
