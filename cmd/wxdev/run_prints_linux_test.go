package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestRunPrintsALot: nothing is lost of what the server prints, however slowly
// it is read, and nothing of it is kept.
func TestRunPrintsALot(t *testing.T) {
	const size, each = 50 << 20, 50_000
	cmd := exec.Command("wxdev", "run", "-q", "--", "sh", "-c", fmt.Sprintf("head -c %d /dev/zero; head -c %d /dev/zero >&2", size, size))
	cmd.Env, cmd.Dir = runEnv(t), t.TempDir()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var read sync.WaitGroup
	got := make([]int, 2)
	var memory []int // in KiB
	for i, from := range []io.Reader{stdout, stderr} {
		read.Go(func() {
			b := make([]byte, each)
			for {
				n, err := from.Read(b)
				got[i] += bytes.Count(b[:n], []byte{0})
				if held := peak(cmd.Process.Pid); i == 0 && held > 0 {
					memory = append(memory, held)
				}
				if err != nil {
					return
				}
				time.Sleep(20 * time.Microsecond)
			}
		})
	}
	read.Wait()
	if err := cmd.Wait(); err != nil || got[0] != size || got[1] != size {
		t.Errorf("%v: %d bytes arrived", err, got)
	}
	if len(memory) == 0 || memory[len(memory)-1]-memory[0] > 32<<10 {
		t.Errorf("its memory has grown: %d", memory)
	}
}

// peak is the most memory that a process has had, in KiB; 0 of one that is gone.
// What the system says of its end counts the process that started it, too.
func peak(pid int) int {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // it may be gone
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	n := 0
	_, _ = fmt.Sscan(after, &n)
	return n
}
