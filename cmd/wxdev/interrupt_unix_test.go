//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
)

// TestInterruptedInAFIFO: the first signal ends a command whatever it is
// blocked in, here the reading of a FIFO that nobody writes to.
func TestInterruptedInAFIFO(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for time to pass")
	}
	const fifo = "fifo"
	for _, args := range [][]string{
		{"menu", "lint", fifo},
		{"verify", "--config", fifo},
		{"test", fifo},
		{"replay", fifo},
		{"listen", "--addr", "127.0.0.1:0", "--token", "letmein7", "--replies", fifo},
		{"sign-js", "https://example.com/", "--ticket", "t", "--explain", fifo},
	} {
		for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
			t.Run(args[0]+" "+signal.String(), func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				if err := syscall.Mkfifo(filepath.Join(dir, fifo), 0o600); err != nil {
					t.Fatal(err)
				}
				var out, failed bytes.Buffer
				cmd := exec.Command("wxdev", args...)
				cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_CACHE_HOME="+dir)
				cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &failed
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				defer readBy(t, filepath.Join(dir, fifo)).Close()
				if err := interrupt(t, cmd, signal); err != nil {
					t.Errorf("%v: %s%s", err, &out, &failed)
				}
			})
		}
	}
}

// interrupt sends a process a signal, and demands that it ends by that, with
// the exit code of it, and in time.
func interrupt(t *testing.T, cmd *exec.Cmd, signal os.Signal) error {
	t.Helper()
	start := time.Now()
	if err := cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	err := cmd.Wait()
	if took := time.Since(start); took > patience+busy.Net {
		t.Errorf("took %v", took)
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted {
		return fmt.Errorf("ended with %v", err)
	}
	return nil
}

// readBy waits until somebody reads a FIFO, and holds it open.
func readBy(t *testing.T, fifo string) *os.File {
	t.Helper()
	for end := time.Now().Add(busy.Net); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if f, err := os.OpenFile(fifo, os.O_WRONLY|syscall.O_NONBLOCK, 0); err == nil {
			return f
		}
	}
	t.Fatal("nobody reads the FIFO")
	return nil
}
