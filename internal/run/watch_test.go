package run

import (
	"context"
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
	if err := os.WriteFile(filepath.Join(dir, ".gitignore"), []byte("*.out\n/dist/\n!keep.out\n"), 0o600); err != nil {
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
	for _, ignored := range []string{
		"ours/x", "server.out", "dist/new.js", "node_modules/x/y.js", ".git/index2", "src/a/b.js~", "src/__pycache__/b.pyc",
		"app.db", "data.sqlite3-wal", "x.sqlite-journal", "src/run.pid", ".venv/x.py", "a.LOG",
	} {
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
	write("keep.out")
	told("keep.out")
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

// TestWatchBusy: what is written all the time, be it left out or not, keeps no
// change from being told.
func TestWatchBusy(t *testing.T) {
	dir := t.TempDir()
	w, err := Watch(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	done := make(chan struct{})
	defer func() { <-done }()
	stop := time.AfterFunc(30*time.Second, func() { t.Error("nothing is told") })
	defer stop.Stop()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			_ = os.WriteFile(filepath.Join(dir, "busy.txt"), []byte(time.Now().String()), 0o600)
			time.Sleep(time.Millisecond)
		}
	}()
	if file := <-w.Changes; file != filepath.Join(dir, "busy.txt") {
		t.Errorf("%s was told", file)
	}
	w.LeaveOut(filepath.Join(dir, "busy.*"))
	for { // what had come already may be told
		if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte(time.Now().String()), 0o600); err != nil {
			t.Fatal(err)
		}
		if file, ok := <-w.Changes; !ok || file == filepath.Join(dir, "a.go") {
			return
		}
	}
}

// TestLoop: only what changes soon after each of several starts is the program's
// own doing.
func TestLoop(t *testing.T) {
	for _, c := range []struct {
		name  string
		files []string
		after time.Duration
		want  string
	}{
		{"the same file", []string{"/a/x", "/a/x", "/a/x", "/a/x", "/a/x"}, time.Second, "/a/x"},
		{"of one kind", []string{"/a/1.jpg", "/a/2.jpg", "/a/3.jpg", "/a/4.jpg", "/a/5.jpg"}, time.Second, "/a/*.jpg"},
		{"not often", []string{"/a/x", "/a/x", "/a/x", "/a/x"}, time.Second, ""},
		{"not in a row", []string{"/a/x", "/a/x", "/b/y", "/a/x", "/a/x", "/a/x"}, time.Second, ""},
		{"by a person", []string{"/a/x", "/a/x", "/a/x", "/a/x", "/a/x", "/a/x"}, time.Minute, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var l Loop
			now, got := time.Now(), ""
			for _, file := range c.files {
				l.Started(now)
				now = now.Add(c.after)
				if out, own := l.Changed(filepath.FromSlash(file), now); own {
					got = filepath.ToSlash(out)
				}
			}
			if got != c.want {
				t.Errorf("%q is left out, not %q", got, c.want)
			}
		})
	}
}
