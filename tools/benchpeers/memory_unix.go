//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// memory is the most that a process had at once, in KiB.
func memory(p *os.ProcessState) int64 {
	if p == nil {
		return 0
	}
	usage, ok := p.SysUsage().(*syscall.Rusage)
	switch {
	case !ok:
		return 0
	case runtime.GOOS == "darwin":
		return int64(usage.Maxrss) / 1024
	}
	return int64(usage.Maxrss)
}
