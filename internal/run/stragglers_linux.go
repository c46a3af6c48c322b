package run

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// endStragglers ends the processes that a program has started and that have left
// its group, as a daemon does: they have the run's folder in their environment,
// and when it is gone their calls go nowhere.
func endStragglers(folder string, grace time.Duration) {
	if folder == "" {
		return
	}
	left := stragglers(folder)
	for _, pid := range left {
		_ = syscall.Kill(pid, syscall.SIGTERM) // it may be gone
	}
	for end := time.Now().Add(grace); len(left) > 0 && time.Now().Before(end); left = stragglers(folder) {
		time.Sleep(10 * time.Millisecond)
	}
	for _, pid := range left {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// stragglers are the processes with a folder in their environment.
func stragglers(folder string) []int {
	mark := []byte("=" + folder + string(filepath.Separator))
	all, _ := os.ReadDir("/proc") // without it nobody can be found
	var found []int
	for _, e := range all {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		if env, err := os.ReadFile("/proc/" + e.Name() + "/environ"); err == nil && bytes.Contains(env, mark) {
			found = append(found, pid)
		}
	}
	return found
}
