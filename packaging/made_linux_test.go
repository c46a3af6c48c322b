package packaging

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/wxdev/wxdev/internal/stacks"
)

const version = "1.2.3"

// made is the folder of what tools/dist has made. The tests share it.
var made = struct {
	sync.Once
	dir string
}{}

func TestMain(m *testing.M) {
	code := m.Run()
	if made.dir != "" {
		os.RemoveAll(made.dir)
	}
	os.Exit(code)
}

// dist is that folder, for a test that has these programs.
func dist(t *testing.T, programs ...string) string {
	t.Helper()
	stacks.Need(t, append(programs, "dist")...)
	if runtime.GOARCH != "amd64" {
		t.Skip("the packages of amd64 are installed, those of arm64 run under QEMU")
	}
	made.Do(func() {
		dir, err := os.MkdirTemp("", "wxdev-packaging-")
		if err != nil {
			t.Fatal(err)
		}
		made.dir = dir
		stacks.Dist(t, "-version", "v"+version, "-targets", "linux/amd64,linux/arm64", "-out", dir)
	})
	if _, err := os.Stat(filepath.Join(made.dir, "checksums.txt")); err != nil {
		t.Fatal("tools/dist made nothing: ", err)
	}
	return made.dir
}

func linux(dir, arch, ext string) string {
	return filepath.Join(dir, "wxdev_"+version+"_linux_"+arch+ext)
}

// said runs a command and returns what it prints.
func said(t *testing.T, command ...string) string {
	t.Helper()
	out, err := exec.Command(command[0], command[1:]...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, out)
	}
	return string(out)
}

// asRoot is a command that may change the root folder: as root, or as one in a
// namespace of its own.
func asRoot(command ...string) []string {
	if os.Getuid() == 0 {
		return command
	}
	return append([]string{"unshare", "-r"}, command...)
}

// saysVersion runs an installed program.
func saysVersion(t *testing.T, program ...string) {
	t.Helper()
	if got, want := said(t, append(program, "--version")...), "wxdev version v"+version+"\n"; got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
}

// hasFiles demands files below a folder.
func hasFiles(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// system is what a package of a distribution brings.
var system = []string{
	"usr/bin/wxdev", "usr/share/man/man1/wxdev-verify.1", "usr/share/man/zh_CN/man1/wxdev-verify.1", "usr/share/doc/wxdev/copyright",
	"usr/share/bash-completion/completions/wxdev", "usr/share/zsh/site-functions/_wxdev", "usr/share/fish/vendor_completions.d/wxdev.fish",
}
