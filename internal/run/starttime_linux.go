package run

import (
	"bytes"
	"os"
	"strconv"
	"strings"
)

// startTime tells a process from another that gets its number later; it is ""
// for one that is not there, and has no blanks.
func startTime(pid int) string {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return ""
	}
	rest := stat[bytes.LastIndexByte(stat, ')')+1:] // after the name, which may have any character
	if fields := strings.Fields(string(rest)); len(fields) > 19 {
		return fields[19] // field 22 of proc(5)
	}
	return ""
}
