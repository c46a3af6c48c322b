package run

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

const hostsPath = "/etc/hosts"

// withMounts gives a process mounts of its own, and the right to make some. Who
// is not root has that right in a user namespace. There the process remains the
// user it is: one that thinks it is root tries what only root can do, and what
// asks who owns a file must not find root's to be its own. What is left is that
// no program gets more rights there by its owner, such as sudo.
func withMounts(attr *syscall.SysProcAttr) {
	attr.Cloneflags |= syscall.CLONE_NEWNS
	if mayMount() {
		return
	}
	attr.Cloneflags |= syscall.CLONE_NEWUSER
	attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
	attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
	attr.AmbientCaps = []uintptr{unix.CAP_SYS_ADMIN} // a user who is not root loses what is not ambient on becoming the helper
	// A program with capabilities of its file has a /proc that is root's, with
	// the map of its child's users in it.
	_ = unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0) // where it is not allowed, the map cannot be written, which is told
}

// mayMount reports whether this process may mount without a user namespace.
func mayMount() bool {
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	return unix.Capget(&head, &data[0]) == nil && data[0].Effective&(1<<unix.CAP_SYS_ADMIN) != 0
}

// becomeWithHosts puts the file over /etc/hosts, for this process and those it
// starts, and becomes the program.
func becomeWithHosts(args []string) int {
	runtime.LockOSThread() // whose rights are given up
	if len(args) < 3 || mountHosts(args[0]) != nil {
		return helperFailed
	}
	if err := syscall.Exec(args[1], args[2:], os.Environ()); err != nil {
		return helperFailed
	}
	return 0
}

// mountHosts mounts the file, and gives up the right that it took.
func mountHosts(file string) error {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return err
	}
	if err := syscall.Mount(file, hostsPath, "", syscall.MS_BIND, ""); err != nil {
		return err
	}
	return unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
}

// probeHosts tries it with the file that is there, and says why it fails.
func probeHosts() int {
	if err := mountHosts(hostsPath); err != nil {
		_, _ = os.Stdout.WriteString(err.Error()) // to the run that asked
		return helperFailed
	}
	return 0
}

// CanHosts reports whether this process may give a program a hosts file of its
// own.
func CanHosts() error {
	self, started, err := bareSelf()
	if err != nil {
		return err
	}
	defer started()
	probe := &exec.Cmd{Path: self, Args: []string{probeHelper}, SysProcAttr: &syscall.SysProcAttr{}}
	withMounts(probe.SysProcAttr)
	said, err := probe.Output()
	if said = bytes.TrimSpace(said); len(said) > 0 {
		return &mountError{strings.ToValidUTF8(string(said), "?")}
	}
	return err
}

// bareSelf is this program as a file without capabilities: whatever becomes a
// program that has some loses those of withMounts. Call the function when the
// file has been started.
func bareSelf() (path string, started func(), err error) {
	started = func() {}
	if path, err = os.Executable(); err != nil {
		return "", nil, err
	}
	if _, err := unix.Getxattr(path, "security.capability", nil); err != nil {
		return path, started, nil // it has none
	}
	from, err := os.Open(path)
	if err != nil {
		return "", nil, err
	}
	defer from.Close()
	fd, err := unix.MemfdCreate("wxdev", unix.MFD_CLOEXEC)
	if err != nil {
		return "", nil, err
	}
	copied := os.NewFile(uintptr(fd), "wxdev")
	if _, err := io.Copy(copied, from); err != nil {
		copied.Close()
		return "", nil, err
	}
	return "/proc/self/fd/" + strconv.Itoa(fd), func() { copied.Close() }, nil
}

// mountError is what kept a probe from mounting.
type mountError struct{ reason string }

func (e *mountError) Error() string { return "mount: " + e.reason }
