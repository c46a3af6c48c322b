//go:build !linux

package run

import "time"

// endStragglers: on this system nobody can be asked for another's environment.
func endStragglers(string, time.Duration) {}
