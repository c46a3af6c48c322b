//go:build !linux

package run

import "errors"

func becomeWithHosts([]string) int { return helperFailed }

func probeHosts() int { return helperFailed }

// CanHosts reports whether this process may give a program a hosts file of its
// own.
func CanHosts() error { return errors.ErrUnsupported }
