package run

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// repository is a folder that git knows, and runs git there.
func repository(t *testing.T, ignore string) (dir string, git func(args ...string)) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git")
	}
	dir = t.TempDir()
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	git = func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "protocol.file.allow=always"}, args...)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
	}
	git("init", "-q")
	put(t, filepath.Join(dir, ".gitignore"), ignore)
	return dir, git
}

func put(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func watch(t *testing.T, dir string) *Watcher {
	t.Helper()
	w, err := Watch(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

// changes waits for a change, which must be that of the file.
func (w *Watcher) changes(t *testing.T, file string) {
	t.Helper()
	select {
	case got := <-w.Changes:
		if got != file {
			t.Errorf("%s changed, not %s", got, file)
		}
	case <-time.After(30 * time.Second):
		t.Errorf("nothing is told of %s", file)
	}
}

// TestWatchGone: a folder that git ignores is ignored when it goes, too.
func TestWatchGone(t *testing.T) {
	dir, _ := repository(t, "build/\n")
	put(t, filepath.Join(dir, "build", "a"), "1")
	w := watch(t, dir)
	if err := os.RemoveAll(filepath.Join(dir, "build")); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * settle) // the two are told together, or one after the other
	put(t, filepath.Join(dir, "server.js"), "1")
	w.changes(t, filepath.Join(dir, "server.js"))
}

// TestWatchSubmodule: git answers for no file of a submodule, and still does for
// those beside it.
func TestWatchSubmodule(t *testing.T) {
	other, inOther := repository(t, "")
	inOther("commit", "-q", "--allow-empty", "-m", "x")
	dir, git := repository(t, "/z/out/\n")
	git("submodule", "--quiet", "add", other, "a")
	put(t, filepath.Join(dir, "a", "sub", "x"), "1")
	put(t, filepath.Join(dir, "z", "out", "x"), "1")
	w := watch(t, dir)
	put(t, filepath.Join(dir, "z", "out", "x"), "2")
	time.Sleep(2 * settle)
	put(t, filepath.Join(dir, "z", "server.js"), "1")
	w.changes(t, filepath.Join(dir, "z", "server.js"))
}

// TestWatchRestless: a log that is written to all the time puts nothing off, and
// many files that do not matter hide none.
func TestWatchRestless(t *testing.T) {
	dir, _ := repository(t, "*.log\n")
	put(t, filepath.Join(dir, "many", "0.log"), "1")
	w := watch(t, dir)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
				_ = os.WriteFile(filepath.Join(dir, "server.log"), []byte{byte(n)}, 0o600) // in vain, perhaps
			}
		}
	}()
	defer func() { close(stop); <-stopped }()
	for n := range 1500 {
		put(t, filepath.Join(dir, "many", time.Unix(int64(n), 0).Format("150405")+".log"), "1")
	}
	put(t, filepath.Join(dir, "server.js"), "1")
	w.changes(t, filepath.Join(dir, "server.js"))
}
