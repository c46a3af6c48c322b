//go:build !linux

package run

import (
	"os/exec"
	"strconv"
	"strings"
)

// startTime tells a process from another that gets its number later; it is ""
// for one that is not there, and has no blanks.
func startTime(pid int) string {
	out, err := exec.Command("ps", "-o", "lstart=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return ""
	}
	return strings.Join(strings.Fields(string(out)), "_")
}
