package run

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestWatch: a change is told, in new folders too, and what git ignores is none.
func TestWatch(t *testing.T) {
	dir := t.TempDir()
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	write := func(name string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(time.Now().String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git")
	}
	if out, err := exec.Command("git", "init", "-q", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, ".gitignore"), []byte("*.log\n/dist/\n!keep.log\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	write("dist/old.js")
	write("src/a/b.js")
	w, err := Watch(dir, filepath.Join(dir, "ours"))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	told := func(name string) {
		t.Helper()
		select {
		case got := <-w.Changes:
			if got != filepath.Join(dir, name) {
				t.Errorf("%s changed, not %s", got, name)
			}
		case <-time.After(30 * time.Second):
			t.Errorf("nothing is told of %s", name)
		}
	}
	for _, ignored := range []string{"ours/x", "server.log", "dist/new.js", "node_modules/x/y.js", ".git/index2", "src/a/b.js~", "src/__pycache__/b.pyc"} {
		write(ignored)
	}
	write("src/a/b.js") // what came before is told before it, or not at all
	select {
	case got := <-w.Changes:
		if got != filepath.Join(dir, "src/a/b.js") && got != filepath.Join(dir, "src") {
			t.Errorf("%s was told", got)
		}
	case <-time.After(30 * time.Second):
		t.Error("nothing is told")
	}
	write("keep.log")
	told("keep.log")
	if err := os.MkdirAll(filepath.Join(dir, "fresh", "deep"), 0o700); err != nil {
		t.Fatal(err)
	}
	told("fresh")
	write("fresh/deep/c.js")
	told("fresh/deep/c.js")
	if err := os.Remove(filepath.Join(dir, "src/a/b.js")); err != nil {
		t.Fatal(err)
	}
	told("src/a/b.js")
}
