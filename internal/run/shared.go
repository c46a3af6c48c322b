package run

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/gofrs/flock"
)

// Why a folder cannot be shared.
var (
	ErrFolderTaken = errors.New("another run has its files there")
	ErrFolderOpen  = errors.New("everybody can write there")
)

// filesFile lists what a run has put into a folder that is not its own.
const filesFile = "wxdev.files"

// SharedFolder makes a folder at a place that others know, such as a volume of a
// container: they can read what is in it, which is no secret, and not write. It
// may have other files, which stay; those of a run that was killed go.
func SharedFolder(path string) (*Folder, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	f := &Folder{Path: path, shared: true}
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		f.made = true
		if err = os.MkdirAll(path, 0o755); err == nil {
			err = os.Chmod(path, 0o755) // whatever the umask says
		}
	} else if err == nil && info.Mode().Perm()&0o002 != 0 && runtime.GOOS != "windows" {
		err = ErrFolderOpen // a server loads what is in it
	}
	if err != nil {
		return nil, err
	}
	f.lock = flock.New(filepath.Join(path, "wxdev."+lockFile))
	if ours, err := f.lock.TryLock(); err != nil || !ours {
		f.lock.Close()
		return nil, errors.Join(err, ErrFolderTaken)
	}
	f.removeFiles()
	return f, nil
}

// Share lets others read the files, and notes them.
func (f *Folder) Share(files []string) error {
	root, err := os.OpenRoot(f.Path)
	if err != nil {
		return err
	}
	defer root.Close()
	var list strings.Builder
	for _, name := range files {
		rel, err := filepath.Rel(f.Path, name)
		if err != nil {
			return err
		}
		list.WriteString(rel + "\n")
		if err := root.Chmod(rel, 0o644); err != nil {
			return err
		}
		if dir := filepath.Dir(rel); dir != "." {
			if err := root.Chmod(dir, 0o755); err != nil {
				return err
			}
		}
	}
	return create(root, filesFile, []byte(list.String()), 0o644)
}

// removeFiles removes what is listed, and the folders in which nothing is left.
// Whoever else may write the list has nothing removed elsewhere by it.
func (f *Folder) removeFiles() {
	root, err := os.OpenRoot(f.Path)
	if err != nil {
		return
	}
	defer root.Close()
	list, _ := root.ReadFile(filesFile) // which may not be there
	for name := range strings.Lines(string(list)) {
		name = strings.TrimSuffix(name, "\n")
		_ = root.Remove(name) // it may be gone
		if dir := filepath.Dir(name); dir != "." {
			_ = root.Remove(dir) // it may have others' files
		}
	}
	_ = root.Remove(filesFile)
}

// Files are what the kit has put into the folder.
func (k *Kit) Files() []string { return slices.Clone(k.files) }

// WriteVariables writes lines for a shell, for a server that reads the folder.
func (k *Kit) WriteVariables(lines string) error {
	_, err := k.write("env", []byte(lines))
	return err
}
