package run

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// Folder is where a run has its files, which only the user can read. It is
// gone with the run; that of a run that was killed together with its [Keeper]
// goes with the next run, and so does the program that it has left behind.
type Folder struct {
	Path string
	lock *flock.Flock // as long as it is held, the run is alive

	shared bool // see SharedFolder
	made   bool // by us
}

const (
	folderPrefix = "run-"
	lockFile     = "lock"
	groupFile    = "group"
)

// NewFolder makes a folder in another, which is made where it is missing, and
// removes those of the dead.
func NewFolder(parent string) (*Folder, error) {
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return nil, err
	}
	sweep(parent)
	// It gets its name when it is locked: nobody may take it for a dead one's.
	fresh, err := os.MkdirTemp(parent, "new-")
	if err != nil {
		return nil, err
	}
	f := &Folder{Path: filepath.Join(parent, folderPrefix+filepath.Base(fresh)[len("new-"):]), lock: flock.New(filepath.Join(fresh, lockFile))}
	if _, err := f.lock.TryLock(); err != nil {
		os.RemoveAll(fresh)
		return nil, err
	}
	if err := os.Rename(fresh, f.Path); err != nil {
		f.lock.Close()
		os.RemoveAll(fresh)
		return nil, err
	}
	return f, nil
}

// Holds notes the group of a program, for the run that sweeps up after this one.
func (f *Folder) Holds(group int) error {
	text := fmt.Sprintf("%d %s\n", group, startTime(group))
	return os.WriteFile(filepath.Join(f.Path, groupFile), []byte(text), 0o600)
}

// Remove removes the folder with all that is in it; of one that is shared, what
// the run has put there.
func (f *Folder) Remove() error {
	if !f.shared {
		f.lock.Close() // on Windows what is open is not removed
		return os.RemoveAll(f.Path)
	}
	f.removeFiles()
	f.lock.Close()
	err := os.Remove(f.lock.Path())
	if f.made {
		_ = os.Remove(f.Path) // others may have put something there
	}
	return err
}

// sweep removes what runs have left behind that were killed.
func sweep(parent string) {
	left, _ := filepath.Glob(filepath.Join(parent, folderPrefix+"*")) // of a pattern that is right
	for _, dir := range left {
		lock := flock.New(filepath.Join(dir, lockFile))
		if ours, err := lock.TryLock(); err != nil || !ours {
			continue
		}
		endOrphans(dir)
		lock.Close()
		os.RemoveAll(dir)
	}
}

// endOrphans ends the group that a dead run has left behind, if the number still
// is that group's.
func endOrphans(dir string) {
	text, err := os.ReadFile(filepath.Join(dir, groupFile))
	if err != nil {
		return
	}
	var group int
	var began string
	if n, _ := fmt.Sscan(string(text), &group, &began); n == 2 && group > 1 && began == startTime(group) {
		endGroup(group)
	}
}
