package main

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/wxdev/wxdev/pkg/emulator"
)

// nobody is the user that owns nothing.
const nobody = 65534

// TestRunHostsUser: who is not root has --hosts as soon as wxdev may listen
// where WeChat does, and is told so before. The server stays the user it is, and
// gets no right by it.
func TestRunHostsUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can become another user")
	}
	dir, err := os.MkdirTemp("", "wxdev-hosts-") // that every user can enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	program := filepath.Join(dir, "wxdev")
	copyProgram(t, program)
	if err := cmp.Or(os.Chmod(dir, 0o755), os.Chown(dir, nobody, nobody)); err != nil {
		t.Fatal(err)
	}
	out, err := runAsNobody(dir, program, "true")
	if strings.Contains(out, "cannot be had here") {
		t.Skipf("there are no user namespaces here: %s", out)
	}
	if low, _ := os.ReadFile("/proc/sys/net/ipv4/ip_unprivileged_port_start"); strings.TrimSpace(string(low)) == "1024" {
		want := "hint: --hosts listens where WeChat does, and only root may take such a port: sudo setcap cap_net_bind_service=+ep '" + program + "' allows"
		if err == nil || !strings.Contains(strings.ReplaceAll(out, "\n", " "), want) {
			t.Errorf("%v, it says:\n%s\nwant %q", err, out, want)
		}
	}

	// linux/capability.h, struct vfs_cap_data: revision 2 with the effective
	// bit, permitted, inheritable, and the upper halves of both.
	bind := []byte{1, 0, 0, 2, 0, 1 << (unix.CAP_NET_BIND_SERVICE - 8), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	if err := unix.Setxattr(program, "security.capability", bind, 0); err != nil {
		t.Skipf("files have no capabilities here: %v", err)
	}
	out, err = runAsNobody(dir, program, `id -u; grep Cap /proc/self/status; unset https_proxy HTTPS_PROXY
wxdev token --appid `+emulator.DefaultAppID+` --secret `+emulator.DefaultSecret)
	if strings.Contains(out, "address already in use") {
		t.Skip("another test has the address")
	}
	for _, want := range []string{"/cgi-bin/stable_token  200", strconv.Itoa(nobody) + "\n", "CapEff:\t0000000000000000", "CapAmb:\t0000000000000000"} {
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("%v, no %q:\n%s", err, want, out)
		}
	}
	if system, err := os.ReadFile("/etc/hosts"); err != nil || strings.Contains(string(system), "api.weixin.qq.com") {
		t.Errorf("the hosts of all are changed: %v\n%s", err, system)
	}
}

func copyProgram(t *testing.T, to string) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(self)
	if err == nil {
		err = os.WriteFile(to, b, 0o755)
	}
	if err := cmp.Or(err, os.Chmod(to, 0o755)); err != nil {
		t.Fatal(err)
	}
}

// runAsNobody runs a script as the server of wxdev run --hosts.
func runAsNobody(dir, program, script string) (string, error) {
	cmd := exec.Command(program, "run", "--hosts", "--", "sh", "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "HOME="+dir, "XDG_CACHE_HOME="+filepath.Join(dir, "cache"), "XDG_CONFIG_HOME="+dir, "WXDEV_LANG=en")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.CombinedOutput()
	return string(out), err
}
