package run

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

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

// leftoverGrace is for what a program that has ended has left behind.
const leftoverGrace = 500 * time.Millisecond

// NewFolder makes a folder in the first of the parents that can have it, and
// removes those of the dead from there. The error is that of the first.
func NewFolder(parents ...string) (*Folder, error) {
	var first error
	for _, parent := range parents {
		f, err := newFolder(parent)
		if err == nil {
			return f, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}

func newFolder(parent string) (*Folder, error) {
	if err := errors.Join(carried(parent), os.MkdirAll(parent, 0o700), private(parent)); err != nil {
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

// Why a folder cannot be that of runs.
var (
	errNotCarried = errors.New("the variables cannot name such a folder")
	errNotPrivate = errors.New("others can write there")
)

// carried refuses a path that a variable cannot name: PHP's is a list, and so
// are Java's options, each with quotes of its own. Blanks are no trouble.
func carried(path string) error {
	not := "\"'`$;\r\n"
	if os.PathListSeparator == ':' {
		not += `:\`
	}
	if strings.ContainsAny(path, not) {
		return errNotCarried
	}
	return nil
}

// private refuses a folder that others can change: a program loads what is in
// it, and whom the next run ends is written there.
func private(parent string) error {
	if runtime.GOOS == "windows" { // its modes say nothing
		return nil
	}
	info, err := os.Lstat(parent)
	if err != nil {
		return err
	}
	if !info.IsDir() || !ours(info) {
		return errNotPrivate
	}
	if info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(parent, 0o700); err != nil {
			return err
		}
	}
	for dir := filepath.Dir(parent); ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o002 != 0 && info.Mode()&os.ModeSticky == 0 {
			return errNotPrivate
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
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
	left, _ := os.ReadDir(parent) // what cannot be read is not removed
	for _, e := range left {
		if !strings.HasPrefix(e.Name(), folderPrefix) {
			continue
		}
		dir := filepath.Join(parent, e.Name())
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
// is that group's, and what has left the group.
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
	endStragglers(dir, leftoverGrace)
}
