//go:build unix && !linux

package run

import (
	"errors"
	"syscall"
)

func withParent(*syscall.SysProcAttr) {}

func (c *Child) inNamespace() (started func(), err error) {
	if c.command.Hosts != "" {
		return nil, errors.ErrUnsupported
	}
	return func() {}, nil
}
