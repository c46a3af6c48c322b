package run

import (
	"os"
	"syscall"
)

// withParent lets the program end when this process is killed.
func withParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGTERM }

// inNamespace puts the program where it has a hosts file of its own: this
// program comes first, puts the file in its place, and becomes the other. The
// network stays what it is: the program needs its database.
func (c *Child) inNamespace() error {
	if c.command.Hosts == "" {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	c.cmd.Args = append([]string{hostsHelper, c.command.Hosts, c.cmd.Path}, c.cmd.Args...)
	c.cmd.Path = self
	c.cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWNS
	return nil
}

// becomeWithHosts puts the file over /etc/hosts, for this process and those it
// starts, and becomes the program.
func becomeWithHosts(args []string) int {
	const recursive = syscall.MS_REC | syscall.MS_PRIVATE
	if len(args) < 3 || syscall.Mount("", "/", "", recursive, "") != nil ||
		syscall.Mount(args[0], "/etc/hosts", "", syscall.MS_BIND, "") != nil {
		return helperFailed
	}
	if err := syscall.Exec(args[1], args[2:], os.Environ()); err != nil {
		return helperFailed
	}
	return 0
}

// CanHosts reports whether this process may give a program a hosts file of its
// own.
func CanHosts() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	p, err := os.StartProcess(self, []string{probeHelper}, &os.ProcAttr{Sys: &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}})
	if err != nil {
		return err
	}
	_, err = p.Wait()
	return err
}
