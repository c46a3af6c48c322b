//go:build unix

package run

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// buffer is written to by a program while it is read.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// shell starts a script of the shell.
func shell(t *testing.T, script string) (*Child, *buffer) {
	t.Helper()
	out := &buffer{}
	c, err := Start(Command{Args: []string{"sh", "-c", script}, Env: os.Environ(), Stdout: out, Stderr: out})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Stop(0) })
	return c, out
}

// until waits for something to be so.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(what)
		}
	}
}

// gone waits for the end of a process; one that nobody has waited for yet counts.
func gone(t *testing.T, pid string) {
	t.Helper()
	n, err := strconv.Atoi(strings.TrimSpace(pid))
	if err != nil {
		t.Fatal(err)
	}
	until(t, "process "+pid+" is still there", func() bool {
		state, _ := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(n)).Output()
		return len(bytes.TrimSpace(state)) == 0 || state[0] == 'Z'
	})
}

func TestChildEnds(t *testing.T) {
	for script, want := range map[string]int{"exit 0": 0, "exit 7": 7, "kill -9 $$": 137, "kill -2 $$": 130} {
		c, _ := shell(t, script)
		<-c.Done()
		if code, interrupted := c.Code(); code != want || interrupted {
			t.Errorf("%s: %d, %t", script, code, interrupted)
		}
	}
}

func TestNotStarted(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("exit 0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(dir, "script")
	if err := os.WriteFile(script, []byte("\x00\x01"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]error{
		"no-such-program-here":    exec.ErrNotFound,
		filepath.Join(dir, "not"): fs.ErrNotExist,
		file:                      fs.ErrPermission,
		script:                    syscall.ENOEXEC,
		dir:                       nil,
	} {
		_, err := Start(Command{Args: []string{name}})
		var not *NotStartedError
		if !errors.As(err, &not) || not.Name != name || want != nil && !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestStopEndsAll: the program, and what it has started, whether or not they
// listen.
func TestStopEndsAll(t *testing.T) {
	for name, script := range map[string]string{
		"listens":        `sleep 1000 & echo $! $$; wait`,
		"does not":       `trap "" TERM; sleep 1000 & echo $! $$; while :; do wait; sleep 0.05; done`,
		"children do":    `sh -c 'trap "" TERM; echo $$ $PPID; while :; do sleep 0.05; done'`,
		"is gone itself": `sh -c 'trap "" TERM; echo $$ $PPID; while :; do sleep 0.05; done' & sleep 0.3; exit 3`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, out := shell(t, script)
			until(t, "it does not start", func() bool { return strings.Contains(out.String(), "\n") })
			if name == "is gone itself" {
				<-c.Done()
				if code, _ := c.Code(); code != 3 {
					t.Errorf("code %d", code)
				}
			} else {
				c.Stop(200 * time.Millisecond)
			}
			for pid := range strings.FieldsSeq(out.String()) {
				gone(t, pid)
			}
		})
	}
}

// TestGroup: Ctrl-C at the terminal of this process is not the program's.
func TestGroup(t *testing.T) {
	c, _ := shell(t, "sleep 1000")
	group, err := syscall.Getpgid(c.Pid())
	if err != nil || group != c.Pid() {
		t.Errorf("group %d of %d: %v", group, c.Pid(), err)
	}
}

// TestKilled: kill -9 of the process that started it all leaves nothing: no
// program, none that it started, no folder.
func TestKilled(t *testing.T) {
	if os.Getenv("WXDEV_TEST_RUN_IN") != "" {
		runForKilled()
		return
	}
	for _, keeper := range []string{"kept", "unkept"} {
		t.Run(keeper, func(t *testing.T) {
			parent := t.TempDir()
			cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
			cmd.Env = append(os.Environ(), "WXDEV_TEST_RUN_IN="+parent, "WXDEV_TEST_KEEPER="+keeper)
			out := &buffer{}
			cmd.Stdout, cmd.Stderr, cmd.WaitDelay = out, out, time.Millisecond
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			until(t, "it does not start", func() bool {
				return strings.Count(out.String(), "pid ") == 2 && strings.Contains(out.String(), "held\n")
			})
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()          // that it was killed
			if keeper == "unkept" { // the next run does it
				f, err := NewFolder(parent)
				if err != nil {
					t.Fatal(err)
				}
				if err := f.Remove(); err != nil {
					t.Fatal(err)
				}
			}
			for line := range strings.Lines(out.String()) {
				if pid, ok := strings.CutPrefix(line, "pid "); ok {
					gone(t, pid)
				}
			}
			until(t, "a folder is left", func() bool {
				left, _ := os.ReadDir(parent)
				return len(left) == 0
			})
		})
	}
}

// runForKilled is the process that is killed.
func runForKilled() {
	f, err := NewFolder(os.Getenv("WXDEV_TEST_RUN_IN"))
	if err != nil {
		panic(err)
	}
	var k *Keeper
	if os.Getenv("WXDEV_TEST_KEEPER") == "kept" {
		if k, err = NewKeeper(f.Path); err != nil {
			panic(err)
		}
	}
	script := `trap "" TERM; sh -c 'trap "" TERM; echo pid $$; while :; do sleep 0.1; done' & echo pid $$; while :; do sleep 0.1; done`
	c, err := Start(Command{Args: []string{"sh", "-c", script}, Stdout: os.Stdout, Stderr: os.Stderr, Keeper: k})
	if err != nil {
		panic(err)
	}
	if err := f.Holds(c.Pid()); err != nil {
		panic(err)
	}
	fmt.Println("held")
	<-c.Done()
}
