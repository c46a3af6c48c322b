package run

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestStartTime: a program whose name looks like what follows it is known again.
func TestStartTime(t *testing.T) {
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Skip("no sleep")
	}
	odd := filepath.Join(t.TempDir(), "x) S 1 2")
	if err := os.Symlink(sleep, odd); err != nil {
		t.Fatal(err)
	}
	var times []string
	for _, name := range []string{sleep, odd} {
		cmd := exec.Command(name, "1000")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		times = append(times, startTime(cmd.Process.Pid))
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // that it was killed
	}
	if len(times[1]) != len(times[0]) || times[1] < times[0] {
		t.Errorf("it began at %q, the one before it at %q", times[1], times[0])
	}
}
