package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestWrite(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("has neither modes nor links for everybody")
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	read := func(name string, mode os.FileMode) {
		t.Helper()
		b, err := os.ReadFile(at(name))
		info, statErr := os.Lstat(at(name))
		if err != nil || statErr != nil || string(b) != "new" || info.Mode() != mode {
			t.Errorf("%s: %q, %v, %v, %v", name, b, info.Mode(), err, statErr)
		}
	}
	for _, old := range []struct {
		name string
		mode os.FileMode
	}{{"private", 0o600}, {"shared", 0o664}, {"target", 0o640}, {"open", 0o644}} {
		if err := os.WriteFile(at(old.name), []byte("old"), old.mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(at(old.name), old.mode); err != nil { // whatever the umask
			t.Fatal(err)
		}
	}
	if err := os.Symlink("target", at("link")); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]os.FileMode{"fresh": 0o644, "private": 0o644, "shared": 0o644, "link": 0o644, "open": 0o600} {
		if err := Write(at(name), []byte("new"), mode); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	read("fresh", 0o644)
	read("private", 0o600)
	read("shared", 0o664)
	read("target", 0o640)
	read("open", 0o600) // a secret
	if info, err := os.Lstat(at("link")); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is %v, %v", info.Mode(), err)
	}
	if err := os.Symlink("later", at("dangling")); err != nil {
		t.Fatal(err)
	}
	if err := Write(at("dangling"), []byte("new"), 0o644); err != nil {
		t.Error(err)
	}
	read("later", 0o644)
	if err := Write(dir, []byte("new"), 0o644); err == nil {
		t.Error("wrote over a folder")
	}
	nothingElse(t, dir, "dangling", "fresh", "later", "link", "open", "private", "shared", "target")
}

func TestReplace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	if err := os.WriteFile(path+".tmp", []byte("ha"), 0o644); err != nil { // of a process that was killed
		t.Fatal(err)
	}
	for _, content := range []string{"old", "new"} {
		if err := Replace(path, []byte(content)); err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(path); err != nil || string(b) != content {
			t.Errorf("%q, %v", b, err)
		}
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	nothingElse(t, dir, "file")
}

// TestCreate goes without links as well, as on a memory stick.
func TestCreate(t *testing.T) {
	noLinks := func(from, to string) error {
		return &os.LinkError{Op: "link", Old: from, New: to, Err: errors.ErrUnsupported}
	}
	for name, link := range map[string]func(string, string) error{"links": os.Link, "no links": noLinks} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "file")
			for _, sync := range []bool{false, true} {
				if err := create(path, []byte("mine"), 0o644, sync, link); err != nil {
					t.Fatal(err)
				}
				if err := create(path, []byte("other"), 0o644, sync, link); !errors.Is(err, fs.ErrExist) {
					t.Errorf("over a file: %v", err)
				}
				info, err := os.Stat(path)
				if err != nil || runtime.GOOS != "windows" && info.Mode() != 0o644 {
					t.Errorf("%v, %v", info.Mode(), err)
				}
				if b, err := os.ReadFile(path); err != nil || string(b) != "mine" {
					t.Errorf("%q, %v", b, err)
				}
				nothingElse(t, dir, "file")
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// TestErrorsNameTheFile: the temporary one is nobody's business.
func TestErrorsNameTheFile(t *testing.T) {
	dir := t.TempDir()
	for name, write := range writers {
		path := filepath.Join(dir, "gone", "file")
		err := write(path, []byte("new"))
		var at *fs.PathError
		if !errors.Is(err, fs.ErrNotExist) || !errors.As(err, &at) || at.Path != path || strings.Count(err.Error(), dir) != 1 {
			t.Errorf("%s: %v", name, err)
		}
		if err := write(dir, []byte("new")); !errors.As(err, &at) || at.Path != dir {
			t.Errorf("%s over a folder: %v", name, err)
		}
	}
	nothingElse(t, dir)
}

// nothingElse demands that a folder has these files, and none of ours.
func nothingElse(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if err != nil || strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("the folder has %q, %v, want %q", got, err, want)
	}
}
