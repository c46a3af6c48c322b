package main

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestWriteFile(t *testing.T) {
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
		if err := writeFile(at(name), []byte("new"), mode); err != nil {
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
	if err := writeFile(at("dangling"), []byte("new"), 0o644); err != nil {
		t.Error(err)
	}
	read("later", 0o644)
	if err := writeFile(dir, []byte("new"), 0o644); err == nil {
		t.Error("wrote over a folder")
	}
	if left, err := filepath.Glob(at(".*")); err != nil || len(left) > 0 {
		t.Errorf("left %q, %v", left, err)
	}
}
