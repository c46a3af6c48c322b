//go:build !unix

package run

import (
	"os"
	"os/exec"
)

func detach(*exec.Cmd) {}

func stay() {}

func listenForSignals() int { return helperFailed }

// endGroup ends a program whose parent was killed.
func endGroup(pid int) {
	if p, err := os.FindProcess(pid); err == nil {
		_ = p.Kill() // it may be gone
	}
}
