package main

import (
	"bufio"
	"os"
	"os/exec"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/wxdev/wxdev/internal/busy"
)

// TestBenchPipe: little waits in the pipe to vegeta, where it would grow old, and
// that its reader goes is the end and no error.
func TestBenchPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cmd := exec.Command("wxdev", "bench", "--export", "vegeta")
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "WXDEV_URL=http://127.0.0.1/", "WXDEV_TOKEN=letmein7")
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, w, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if _, err := bufio.NewReader(r).ReadString('\n'); err != nil {
		t.Error(err)
	}
	if size, err := unix.FcntlInt(r.Fd(), unix.F_GETPIPE_SZ, 0); err != nil || size != pipeSize {
		t.Errorf("the pipe holds %d bytes, %v", size, err)
	}
	r.Close()
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(busy.Net):
		_ = cmd.Process.Kill()
		t.Error("it goes on without a reader")
	}
}
