package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/internal/stacks"
)

// realTerminal is a shell in a terminal that somebody sits at: tmux draws what
// programs write, and types.
type realTerminal struct {
	t   *testing.T
	dir string // the shell's folder, with the socket
}

// inTerminal starts a shell on a screen of that size. Its prompt is "$ ".
func inTerminal(t *testing.T, width, height int, vars ...string) *realTerminal {
	t.Helper()
	stacks.Need(t, "tmux")
	dir, err := os.MkdirTemp("", "wx") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	term := &realTerminal{t, dir}
	shell := []string{"env", "-u", "CI", "-u", "ENV", "-u", "NO_COLOR", "PS1=$ ", "HOME=" + dir, "XDG_CONFIG_HOME=" + dir, "XDG_CACHE_HOME=" + dir, "LC_ALL=C.UTF-8", "WXDEV_LANG=en"}
	shell = append(append(shell, vars...), "sh")
	term.run(append([]string{"new-session", "-d", "-x", strconv.Itoa(width), "-y", strconv.Itoa(height), "-c", dir}, shell...)...)
	t.Cleanup(func() {
		_ = term.command("kill-server").Run()
		term.killRest()
	})
	term.sees("$")
	return term
}

// killRest ends what was started in the background, which outlives its terminal.
func (r *realTerminal) killRest() {
	folders, _ := filepath.Glob("/proc/[0-9]*/cwd")
	for _, link := range folders {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(link)))
		if at, _ := os.Readlink(link); err == nil && at == r.dir {
			_ = syscall.Kill(pid, syscall.SIGKILL) // or it has ended by itself
		}
	}
}

func (r *realTerminal) command(args ...string) *exec.Cmd {
	return exec.Command("tmux", append([]string{"-u", "-f", "/dev/null", "-S", filepath.Join(r.dir, "tmux")}, args...)...)
}

func (r *realTerminal) run(args ...string) string {
	r.t.Helper()
	out, err := r.command(args...).CombinedOutput()
	if err != nil {
		r.t.Fatalf("tmux %q: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// types types a line, and presses Enter.
func (r *realTerminal) types(line string) {
	r.t.Helper()
	r.run("send-keys", "-l", line)
	r.run("send-keys", "Enter")
}

// presses presses keys by the names that tmux has for them.
func (r *realTerminal) presses(keys ...string) {
	r.t.Helper()
	r.run(append([]string{"send-keys"}, keys...)...)
}

// writes writes text that is no name of a key.
func (r *realTerminal) writes(text string) { r.t.Helper(); r.run("send-keys", "-l", text) }

func (r *realTerminal) screen() string { r.t.Helper(); return r.run("capture-pane", "-p") }

// sees waits until the screen has all of the texts.
func (r *realTerminal) sees(texts ...string) string {
	r.t.Helper()
	return r.until(func(screen string) bool {
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				return false
			}
		}
		return true
	}, texts)
}

// until waits for a screen that fits.
func (r *realTerminal) until(fits func(screen string) bool, what any) string {
	r.t.Helper()
	var screen string
	for end := time.Now().Add(busy.Net); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if screen = r.screen(); fits(screen) {
			return screen
		}
	}
	r.t.Fatalf("the screen never has %q:\n%s", what, screen)
	return ""
}

// file waits for a file of the shell's folder with something in it.
func (r *realTerminal) file(name string) string {
	r.t.Helper()
	for end := time.Now().Add(busy.Net); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if b, err := os.ReadFile(filepath.Join(r.dir, name)); err == nil && len(b) > 0 {
			return strings.TrimSpace(string(b))
		}
	}
	r.t.Fatalf("there is no %s:\n%s", name, r.screen())
	return ""
}

// givenBack demands that the terminal is the shell's again, as it was: it echoes,
// makes signals of keys, and shows its cursor and its own screen.
func (r *realTerminal) givenBack() {
	r.t.Helper()
	r.until(func(string) bool {
		return r.run("display-message", "-p", "#{alternate_on}#{cursor_flag}#{wrap_flag}") == "011"
	}, "its own screen and a cursor")
	_ = os.Remove(filepath.Join(r.dir, "stty"))
	r.types("stty -a > stty")
	for _, mode := range []string{" icanon", " isig", " echo ", " opost", " icrnl"} {
		if got := " " + strings.ReplaceAll(r.file("stty"), "\n", " ") + " "; !strings.Contains(got, mode) {
			r.t.Errorf("the terminal has not%s: %s", mode, got)
		}
	}
}
