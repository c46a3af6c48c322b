//go:build unix

package run

import (
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

// detach keeps signals of the terminal from a process.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// stay lets no polite signal end this process.
func stay() { signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE) }

// endGroup ends a group whose parent was killed.
func endGroup(group int) {
	_ = syscall.Kill(-group, syscall.SIGTERM)
	for end := time.Now().Add(2 * time.Second); alive(group) && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	_ = syscall.Kill(-group, syscall.SIGKILL)
}
