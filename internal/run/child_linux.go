package run

import (
	"syscall"
)

// withParent lets the program end when this process is killed.
func withParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGTERM }

// inNamespace puts the program where it has a hosts file of its own: this
// program comes first, puts the file in its place, and becomes the other. The
// network stays what it is: the program needs its database. What it returns is
// called when the program has been started.
func (c *Child) inNamespace() (started func(), err error) {
	if c.command.Hosts == "" {
		return func() {}, nil
	}
	self, started, err := bareSelf()
	if err != nil {
		return nil, err
	}
	c.cmd.Args = append([]string{hostsHelper, c.command.Hosts, c.cmd.Path}, c.cmd.Args...)
	c.cmd.Path = self
	withMounts(c.cmd.SysProcAttr)
	return started, nil
}
