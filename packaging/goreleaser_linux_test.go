package packaging

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/stacks"
)

var withGoreleaser = flag.Bool("goreleaser", false, "also run goreleaser, which takes minutes to build")

// TestGoreleaser holds what goreleaser makes of .goreleaser.yaml to what
// tools/dist does, for one target. `make release-check` runs it.
func TestGoreleaser(t *testing.T) {
	if !*withGoreleaser {
		t.Skip("make release-check runs goreleaser")
	}
	made := dist(t, "dpkg", "rpm")
	goreleaser(t, "check", "--config", ".goreleaser.yaml")
	conf, err := os.ReadFile("../.goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	one := regexp.MustCompile(`goos: \[.*\]`).ReplaceAllString(string(conf), "goos: [linux]")
	one = regexp.MustCompile(`goarch: \[.*\]`).ReplaceAllString(one, "goarch: [amd64]") + "\ndist: " + filepath.Join(dir, "dist") + "\n"
	file := filepath.Join(dir, "one.yaml")
	if err := os.WriteFile(file, []byte(one), 0o644); err != nil {
		t.Fatal(err)
	}
	goreleaser(t, "release", "--snapshot", "--config", file)
	for ext, list := range map[string][]string{
		".tar.gz": {"tar", "--full-time", "-tvzf"}, ".deb": {"dpkg-deb", "-c"}, ".rpm": {"rpm", "-qp", "--dump"}, ".apk": {"tar", "-tzf"},
	} {
		ours := files(t, append(list, linux(made, "amd64", ext)))
		theirs := files(t, append(list, linux(filepath.Join(dir, "dist"), "amd64", ext)))
		if ours != theirs {
			t.Errorf("%s: make dist has\n%s\ngoreleaser has\n%s", ext, ours, theirs)
		}
	}
}

func goreleaser(t *testing.T, args ...string) {
	t.Helper()
	mod := filepath.Join(filepath.Dir(stacks.Testdata(".")), "tools", "release", "go.mod")
	cmd := exec.Command("go", append([]string{"tool", "-modfile=" + mod, "goreleaser"}, args...)...)
	cmd.Dir, cmd.Env = "..", append(os.Environ(), "VERSION="+version, "GOFLAGS=-mod=readonly") // as stacks.Dist has it
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("goreleaser %s: %v\n%s", args[0], err, out)
	}
}

// files are those of a package, in one order and however their owners are
// written; folders are not looked at.
func files(t *testing.T, list []string) string {
	t.Helper()
	var lines []string
	for line := range strings.Lines(said(t, list...)) {
		if !strings.HasPrefix(line, "d") {
			line = strings.NewReplacer("0/0", "", "root/root", "").Replace(line)
			lines = append(lines, strings.Join(strings.Fields(line), " ")+"\n")
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}
