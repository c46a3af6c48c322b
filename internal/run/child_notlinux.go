//go:build unix && !linux

package run

import (
	"errors"
	"syscall"
)

func withParent(*syscall.SysProcAttr) {}

func (c *Child) inNamespace() error {
	if c.command.Hosts != "" {
		return errors.ErrUnsupported
	}
	return nil
}
