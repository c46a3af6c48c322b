package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/wxdev/wxdev/internal/busy"
)

// typed is a wxdev at a terminal of its own.
type typed struct {
	t   *testing.T
	cmd *exec.Cmd
	tty *os.File // our end

	mu    sync.Mutex
	shown bytes.Buffer
}

func typing(t *testing.T, args ...string) *typed {
	t.Helper()
	tty, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no terminal can be had: %v", err)
	}
	t.Cleanup(func() { tty.Close() })
	if err := unix.IoctlSetPointerInt(int(tty.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Skipf("no terminal can be had: %v", err)
	}
	n, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Skipf("no terminal can be had: %v", err)
	}
	theirs, err := os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no terminal can be had: %v", err)
	}
	defer theirs.Close()
	dir := t.TempDir()
	x := &typed{t: t, cmd: exec.Command(args[0], args[1:]...), tty: tty}
	x.cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_CACHE_HOME="+dir, "WXDEV_LANG=en")
	x.cmd.Dir, x.cmd.Stdin, x.cmd.Stdout, x.cmd.Stderr = dir, theirs, theirs, theirs
	x.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := x.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.cmd.Process.Kill() })
	go func() {
		b := make([]byte, 4096)
		for {
			n, err := tty.Read(b)
			x.mu.Lock()
			x.shown.Write(b[:n])
			x.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return x
}

func (x *typed) text() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.shown.String()
}

func (x *typed) shows(what string) {
	x.t.Helper()
	for end := time.Now().Add(busy.Net); !strings.Contains(x.text(), what); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			x.t.Fatalf("%q is not shown:\n%s", what, x.text())
		}
	}
}

func (x *typed) types(what string) {
	x.t.Helper()
	if _, err := io.WriteString(x.tty, what); err != nil {
		x.t.Fatal(err)
	}
}

// ends demands the exit code, and that nothing is left.
func (x *typed) ends(code int) {
	x.t.Helper()
	done := make(chan error, 1)
	go func() { done <- x.cmd.Wait() }()
	select {
	case <-done:
	case <-time.After(busy.Net):
		x.t.Fatalf("it does not end:\n%s", x.text())
	}
	if got := x.cmd.ProcessState.ExitCode(); got != code {
		x.t.Errorf("exit code %d, want %d:\n%s", got, code, x.text())
	}
	if left, _ := os.ReadDir(filepath.Join(x.cmd.Dir, "wxdev", "runs")); len(left) > 0 {
		x.t.Errorf("%s is left", left[0].Name())
	}
}

// TestRunTerminal: the server has the terminal, what is typed is for it, and
// Ctrl-C ends all, whatever it makes of that.
func TestRunTerminal(t *testing.T) {
	for name, script := range map[string]string{
		"dies of it":  `echo ready; while :; do sleep 0.05; done`,
		"says so":     `trap "echo bye; exit 9" INT; echo ready; while :; do sleep 0.05; done`,
		"ignores it":  `trap "" INT TERM; echo ready; while :; do sleep 0.05; done`,
		"has a child": `sh -c 'trap "" INT TERM; echo ready; while :; do sleep 0.05; done'`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := typing(t, "wxdev", "run", "--", "sh", "-c", `test -t 0 && test -t 1 && echo a tty; read x; echo got $x; `+script)
			x.shows("a tty")
			x.types("hello\n")
			x.shows("got hello")
			x.shows("ready")
			x.hasEar()
			x.types("\x03")
			x.ends(exitOK)
			if name == "says so" && !strings.Contains(x.text(), "bye") {
				t.Errorf("it was not let say bye:\n%s", x.text())
			}
		})
	}
}

// TestRunSuspended: Ctrl-Z stops the server and wxdev, the shell has the
// terminal again, and fg goes on.
func TestRunSuspended(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("no bash")
	}
	x := typing(t, "bash", "--norc", "--noprofile", "-i")
	x.types(`wxdev run -- sh -c 'echo re""ady; read x; echo "got $x"; exit 5'` + "\n")
	x.shows("ready")
	x.hasEar()
	x.types("\x1a")
	x.shows("Stopped")
	x.types("echo $((40+2)) is a prompt\n")
	x.shows("42 is a prompt")
	x.types("fg\n")
	x.types("hello\n")
	x.shows("got hello")
	x.types("exit $?\n")
	x.ends(5)
}

// hasEar waits until signals of the terminal are listened for.
func (x *typed) hasEar() {
	x.t.Helper()
	const sigtstp = 20
	for end := time.Now().Add(busy.Net); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		all, _ := filepath.Glob("/proc/[0-9]*/cmdline")
		for _, name := range all {
			if b, err := os.ReadFile(name); err != nil || !strings.HasPrefix(string(b), "wxdev-run-ear") {
				continue
			}
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
			if session, err := unix.Getsid(pid); err != nil || session != x.cmd.Process.Pid {
				continue
			}
			status, _ := os.ReadFile(filepath.Join(filepath.Dir(name), "status"))
			_, caught, _ := strings.Cut(string(status), "SigCgt:\t")
			if mask, _, _ := strings.Cut(caught, "\n"); mask != "" {
				if bits, err := strconv.ParseUint(mask, 16, 64); err == nil && bits&(1<<(sigtstp-1)) != 0 && bits != 0 {
					return
				}
			}
		}
	}
	x.t.Fatal("nobody listens")
}
