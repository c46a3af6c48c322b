package packaging

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/stacks"
)

func TestArchive(t *testing.T) {
	dir, to := dist(t), t.TempDir()
	said(t, "tar", "-xzf", linux(dir, "amd64", ".tar.gz"), "-C", to)
	folder := filepath.Join(to, "wxdev_"+version+"_linux_amd64")
	hasFiles(t, folder, "LICENSE", "README.md", "README.zh-CN.md", "CHANGELOG.md", "man/man1/wxdev-verify.1", "man/zh_CN/man1/wxdev-verify.1",
		"completions/wxdev.bash", "completions/_wxdev", "completions/wxdev.fish", "completions/wxdev.ps1")
	saysVersion(t, filepath.Join(folder, "wxdev"))
}

// TestChecksums holds them to all files there are.
func TestChecksums(t *testing.T) {
	dir := dist(t)
	check := exec.Command("sha256sum", "-c", "--strict", "--quiet", "checksums.txt")
	check.Dir = dir
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	sums, err := os.ReadFile(filepath.Join(dir, "checksums.txt"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Name() != "checksums.txt" && !strings.Contains(string(sums), "  "+f.Name()+"\n") {
			t.Errorf("checksums.txt lacks %s", f.Name())
		}
	}
}

// TestSameBytes: who builds a release again gets what was published.
func TestSameBytes(t *testing.T) {
	dir, again := dist(t), t.TempDir()
	stacks.Dist(t, "-version", "v"+version, "-targets", "linux/amd64", "-out", again)
	for _, ext := range []string{".tar.gz", ".deb", ".rpm", ".apk"} {
		one, err := os.ReadFile(linux(dir, "amd64", ext))
		if err != nil {
			t.Fatal(err)
		}
		if two, err := os.ReadFile(linux(again, "amd64", ext)); err != nil || string(one) != string(two) {
			t.Errorf("%s: other bytes the second time (%v)", ext, err)
		}
	}
}

func TestDeb(t *testing.T) {
	dir, root := dist(t, "dpkg"), t.TempDir()
	for _, name := range []string{"updates", "info"} {
		if err := os.MkdirAll(filepath.Join(root, "var/lib/dpkg", name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, "var/lib/dpkg/status"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	dpkg := asRoot("dpkg", "--root="+root, "--log=/dev/null")
	said(t, append(dpkg, "-i", linux(dir, "amd64", ".deb"))...)
	hasFiles(t, root, system...)
	saysVersion(t, filepath.Join(root, "usr/bin/wxdev"))
	if out := said(t, append(dpkg, "--verify", "wxdev")...); out != "" {
		t.Errorf("dpkg --verify says %q", out)
	}
	said(t, append(dpkg, "-P", "wxdev")...)
	if _, err := os.Stat(filepath.Join(root, "usr/bin/wxdev")); err == nil {
		t.Error("the program is still there")
	}
	if got := said(t, "dpkg-deb", "-f", linux(dir, "arm64", ".deb"), "Architecture"); got != "arm64\n" {
		t.Errorf("the other package is for %q", got)
	}
}

func TestRPM(t *testing.T) {
	dir, root := dist(t, "rpm"), t.TempDir()
	rpm := asRoot("rpm", "--root", root, "--dbpath", "/var/lib/rpm", "--nosignature")
	said(t, append(rpm, "--initdb")...)
	said(t, append(rpm, "--force-debian", "-i", linux(dir, "amd64", ".rpm"))...)
	hasFiles(t, root, system...)
	saysVersion(t, filepath.Join(root, "usr/bin/wxdev"))
	if got := said(t, append(rpm, "-q", "wxdev", "--queryformat", "%{VERSION} %{ARCH} %{LICENSE}")...); got != version+" x86_64 MIT" {
		t.Errorf("rpm -q says %q", got)
	}
	if out := said(t, append(rpm, "-V", "wxdev")...); out != "" {
		t.Errorf("rpm -V says %q", out)
	}
}

// TestAPK unpacks: apk itself is Alpine's.
func TestAPK(t *testing.T) {
	dir, root := dist(t), t.TempDir()
	said(t, "tar", "-xzf", linux(dir, "amd64", ".apk"), "-C", root, "--warning=no-unknown-keyword")
	hasFiles(t, root, system...)
	info, err := os.ReadFile(filepath.Join(root, ".PKGINFO"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"pkgname = wxdev\n", "pkgver = " + version + "\n", "arch = x86_64\n", "license = MIT\n"} {
		if !strings.Contains(string(info), line) {
			t.Errorf(".PKGINFO lacks %q:\n%s", line, info)
		}
	}
	saysVersion(t, filepath.Join(root, "usr/bin/wxdev"))
}

// TestARM64 runs what was built for another processor.
func TestARM64(t *testing.T) {
	dir, to := dist(t, "qemu-arm64"), t.TempDir()
	said(t, "tar", "-xzf", linux(dir, "arm64", ".tar.gz"), "-C", to)
	saysVersion(t, stacks.QEMU(), filepath.Join(to, "wxdev_"+version+"_linux_arm64", "wxdev"))
	said(t, "tar", "-xzf", filepath.Join(dir, "wxdev-linux-arm64-"+version+".tgz"), "-C", to)
	saysVersion(t, stacks.QEMU(), filepath.Join(to, "package/bin/wxdev"))
}
