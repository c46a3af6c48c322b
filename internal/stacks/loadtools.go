package stacks

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// loadTools are the load generators of testdata/loadtools, by their package.
var loadTools = map[string]string{"vegeta": "github.com/tsenart/vegeta/v12", "k6": "go.k6.io/k6"}

// LoadTool is the path of vegeta or k6, for a test that has said that it needs
// it. setup.sh has built it, else this does, which takes minutes.
func LoadTool(t testing.TB, name string) string {
	t.Helper()
	out, err := offline("loadtools", "go", "tool", "-n", loadTools[name]).Output()
	if err != nil {
		t.Fatalf("build %s: %v", name, err)
	}
	return strings.TrimSpace(string(out))
}

// VegetaExample is the path of the program of examples/vegeta, built.
func VegetaExample(t testing.TB) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "vegeta-example")
	if err := offline("../examples/vegeta", "go", "build", "-o", bin, ".").Run(); err != nil {
		t.Fatalf("build examples/vegeta: %v", err)
	}
	return bin
}

// Dist runs tools/dist, which makes the packages, as `make dist` does.
func Dist(t testing.TB, args ...string) {
	t.Helper()
	if err := offline("../tools/dist", append([]string{"go", "run", "."}, args...)...).Run(); err != nil {
		t.Fatalf("tools/dist: %v", err)
	}
}

// offline is a command in a folder below testdata that gets nothing from elsewhere.
func offline(dir string, command ...string) *exec.Cmd {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = Testdata(dir)
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=-mod=readonly")
	cmd.Stderr = os.Stderr
	return cmd
}

// hasLoadTools: what they are made of is in the module cache.
var hasLoadTools = sync.OnceValue(func() bool { return hasModules("loadtools", "tool") })

// hasVegetaExample: what it is made of, too.
var hasVegetaExample = sync.OnceValue(func() bool { return hasModules("../examples/vegeta", ".") })

func hasModules(dir, packages string) bool {
	cmd := offline(dir, "go", "list", "-deps", packages)
	cmd.Stderr = nil
	return cmd.Run() == nil
}
