//go:build unix

package main

import (
	"os/exec"
	"syscall"
	"time"
)

// runInGroup runs a command, and ends what it has started when it ends or is
// told to.
func runInGroup(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 3 * time.Second
	err := cmd.Run()
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // nobody may be left, which is fine
	}
	return err
}
