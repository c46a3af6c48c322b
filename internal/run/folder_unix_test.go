//go:build unix

package run

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestParents: the files are where nobody else writes and what every variable
// can name.
func TestParents(t *testing.T) {
	good := filepath.Join(t.TempDir(), "a folder é [z]", "runs")
	open := filepath.Join(t.TempDir(), "open")
	link := filepath.Join(t.TempDir(), "link")
	file := filepath.Join(t.TempDir(), "file")
	if err := errors.Join(os.Mkdir(open, 0o700), os.Chmod(open, 0o777), os.Symlink(t.TempDir(), link), os.WriteFile(file, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"others write above": filepath.Join(open, "runs"), "a link": link, "a file": filepath.Join(file, "runs"),
		"a list": filepath.Join(t.TempDir(), "a:b"), "quotes": filepath.Join(t.TempDir(), "o'b"), "lines": filepath.Join(t.TempDir(), "a\nb"),
	} {
		if f, err := NewFolder(bad); err == nil {
			t.Errorf("%s: it is taken", name)
			_ = f.Remove()
		}
		f, err := NewFolder(bad, good)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if filepath.Dir(f.Path) != good {
			t.Errorf("%s: the folder is %s", name, f.Path)
		}
		if err := f.Remove(); err != nil {
			t.Error(err)
		}
	}
	// One that others could change is so no longer.
	if err := os.Chmod(good, 0o777); err != nil {
		t.Fatal(err)
	}
	dead := filepath.Join(good, folderPrefix+"dead")
	if err := os.Mkdir(dead, 0o700); err != nil {
		t.Fatal(err)
	}
	f, err := NewFolder(good)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Remove()
	if info, err := os.Stat(good); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if _, err := os.Stat(dead); err == nil {
		t.Error("what a dead run has left is still there")
	}
}

// TestSharedLinks: whoever may write in a shared folder leads no file elsewhere,
// and has none removed there.
func TestSharedLinks(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	kept := filepath.Join(elsewhere, "kept")
	err := errors.Join(
		os.WriteFile(kept, []byte("mine"), 0o600), os.Symlink(elsewhere, filepath.Join(dir, "sub")),
		os.WriteFile(filepath.Join(dir, filesFile), []byte("sub/kept\n../"+filepath.Base(elsewhere)+"/kept\n"), 0o600),
		os.Symlink(filepath.Join(elsewhere, "made"), filepath.Join(dir, "ca.pem")), os.Symlink(kept, filepath.Join(dir, "trusted.pem")),
	)
	if err != nil {
		t.Fatal(err)
	}
	f, err := SharedFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(kept, filepath.Join(dir, filesFile)); err != nil {
		t.Fatal(err)
	}
	r := newRedirect(t, Options{})
	k, err := NewKit(r.Redirect, dir, r.url, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Share(k.Files()); err == nil {
		t.Error("the list went elsewhere")
	}
	if err := f.Remove(); err != nil {
		t.Error(err)
	}
	left, _ := os.ReadDir(elsewhere)
	info, err := os.Stat(kept)
	if len(left) != 1 || err != nil || info.Mode().Perm() != 0o600 || info.Size() != 4 {
		t.Errorf("elsewhere: %v, %v, %v", left, info, err)
	}
	// With a folder that leads away there is no run.
	if err := errors.Join(os.RemoveAll(filepath.Join(dir, "php")), os.Symlink(elsewhere, filepath.Join(dir, "php"))); err != nil {
		t.Fatal(err)
	}
	if _, err := NewKit(r.Redirect, dir, r.url, 0); err == nil {
		t.Error("the file went elsewhere")
	}
}
