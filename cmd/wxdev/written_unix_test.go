//go:build unix

package main

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
)

// started is wxdev in a folder of its own, with nothing of the user's.
func started(t *testing.T, dir string, args ...string) (cmd *exec.Cmd, errOut *bytes.Buffer) {
	t.Helper()
	errOut = new(bytes.Buffer)
	cmd = exec.Command("wxdev", args...)
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_CACHE_HOME="+dir)
	cmd.Dir, cmd.Stderr = dir, errOut
	return cmd, errOut
}

func exitCodeOf(err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	return 0
}

// TestSnapshotThatCannotBeWritten: it is an error at the start, and where it
// turns out at the end, Ctrl-C is no excuse.
func TestSnapshotThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	cmd, errOut := started(t, dir, "emulator", "--snapshot-on-exit", "absent/state.toml")
	if code := exitCodeOf(cmd.Run()); code != exitFailed || !strings.Contains(errOut.String(), `"absent/state.toml"`) {
		t.Errorf("at the start: exit code %d: %s", code, errOut)
	}

	folder := filepath.Join(dir, "folder")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd, errOut = started(t, dir, "emulator", "--snapshot-on-exit", "folder/state.toml", "--ready-file", "ready")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(busy.Net); ; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(dir, "ready")); err == nil {
			break
		}
		if time.Now().After(end) {
			_ = cmd.Process.Kill()
			t.Fatalf("it does not start: %v", cmd.Wait())
		}
	}
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := exitCodeOf(cmd.Wait()); code != exitFailed || !strings.Contains(errOut.String(), "snapshot") {
		t.Errorf("at the end: exit code %d: %s", code, errOut)
	}
}

// TestStdoutThatTakesNothing: it is no success, and a pipe that its reader has
// closed is no error to talk of.
func TestStdoutThatTakesNothing(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full")
	}
	defer full.Close()
	for _, args := range [][]string{{"version"}, {"send", "list"}, {"help", "verify"}, {"schema", "menu"}, {"keygen"}, {"sign", "--token", "letmein7"}} {
		cmd, errOut := started(t, t.TempDir(), args...)
		cmd.Stdout = full
		if code := exitCodeOf(cmd.Run()); code != exitFailed {
			t.Errorf("%q: exit code %d: %s", args, code, errOut)
		}
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		cmd, errOut = started(t, t.TempDir(), args...)
		cmd.Stdout = w
		err = cmd.Run()
		w.Close()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGPIPE || strings.Contains(errOut.String(), "wxdev:") {
			t.Errorf("%q into a closed pipe: %v: %s", args, err, errOut)
		}
	}
}

// TestModesOfFiles: what is no secret has the mode that the umask leaves, and
// what is one is for its owner.
func TestModesOfFiles(t *testing.T) {
	dir := t.TempDir()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "success")
	}))
	defer server.Close()
	for name, want := range map[string]os.FileMode{"a.xml": 0o640, "s/hello.toml": 0o640, "wxdev.toml": 0o600} {
		args := map[string]string{
			"a.xml":        "send text hi --attempts 1 --token letmein7 --url " + server.URL + " --report junit=a.xml",
			"s/hello.toml": "init --scenario s/hello.toml", "wxdev.toml": "init --token letmein7 --url " + server.URL,
		}[name]
		cmd, errOut := started(t, dir)
		cmd.Path, cmd.Args = "/bin/sh", []string{"sh", "-c", "umask 027; mkdir -p s; exec wxdev " + args}
		_ = cmd.Run() // what counts is the file
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v: %s", name, info, err, errOut)
		}
	}
}
