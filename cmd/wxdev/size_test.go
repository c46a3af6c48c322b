package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// maxBinary is how large the binary may be, without symbols, in bytes.
const maxBinary = 16 << 20

// TestBinaryIsSmall builds what is released, and holds it to its size. It keeps
// out what makes the linker keep every exported method of every type, which
// costs two megabytes: reflect.Value.MethodByName, which text/template calls, and
// with it cobra's SetVersionTemplate and its kin. It keeps out what our packages
// would do before main, too, which every command waits for.
func TestBinaryIsSmall(t *testing.T) {
	if testing.Short() {
		t.Skip("links a binary")
	}
	bin := filepath.Join(t.TempDir(), "wxdev")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w -dumpdep", "-o", bin, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%.2000s", err, out)
	}
	info, err := os.Stat(bin)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > maxBinary {
		t.Errorf("the binary has %d bytes, more than %d", info.Size(), maxBinary)
	}
	for line := range strings.Lines(string(out)) {
		if pkg, ok := strings.CutSuffix(strings.Fields(line)[0], "..inittask"); ok && strings.HasPrefix(pkg+"/", "github.com/wxdev/wxdev/") {
			t.Errorf("%s has something to do before main: see package internal/lazy", pkg)
		}
		if strings.Contains(line, "<ReflectMethod>") {
			t.Fatalf("all exported methods are linked, because of %s", strings.TrimSpace(line))
		}
	}
}
