// Package atomicfile writes files that are there as a whole or not at all: the
// content goes to a temporary file beside, which is then given the name. A
// process that is killed leaves what was there before.
//
//	err := atomicfile.Write("menu.json", content, 0o666)  // over what is there
//	err := atomicfile.Create("wxdev.toml", content, 0o600) // only if nothing is
//	err := atomicfile.Replace(path, content)               // under a lock on path
//
// An error is an [*fs.PathError] with the path as the caller wrote it, never
// the temporary one, and errors.Is finds [fs.ErrExist] and the like.
package atomicfile

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Write writes a file, over one that is there. Of the mode the umask takes away
// what it takes from any file: 0666 is for what is no secret. One that is there keeps its mode, unless
// the new content is for its owner alone (0600). A link stays one, and what it
// leads to is written. What is not a file, such as a pipe that somebody reads, is
// written to as it is; so is /dev/stdout, whatever it is.
func Write(path string, content []byte, mode os.FileMode) error {
	return named(path, write(linkEnd(path), content, mode))
}

func write(path string, content []byte, mode os.FileMode) error {
	info, err := os.Stat(path)
	there := err == nil
	if ownStream(path) || there && !info.Mode().IsRegular() && !info.IsDir() {
		return writeInto(path, content)
	}
	keep := os.FileMode(0)
	if there && mode != 0o600 {
		keep = info.Mode().Perm()
	}
	temp, err := createTemp(path, mode)
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // after the rename there is nothing left to remove
	if err := fill(temp, content, keep, false); err != nil {
		return err
	}
	return rename(temp.Name(), path)
}

// Try reports what would keep [Write] from writing a file, as far as that shows
// now: for what is to be written when all else is done. It leaves nothing.
func Try(path string) error { return named(path, try(linkEnd(path))) }

func try(path string) error {
	info, err := os.Stat(path)
	there := err == nil
	switch {
	case there && info.IsDir():
		return syscall.EISDIR
	case ownStream(path), there && !info.Mode().IsRegular():
		return nil // opening it might wait for a reader
	}
	temp, err := createTemp(path, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(temp.Close(), os.Remove(temp.Name()))
}

// createTemp makes the temporary file of a path. Of its mode the umask takes
// away what it takes from any file.
func createTemp(path string, mode os.FileMode) (f *os.File, err error) {
	dir, base := filepath.Split(path)
	for range 100 { // names that are taken
		name := filepath.Join(dir, "."+base+"."+strconv.FormatUint(rand.Uint64(), 36))
		if f, err = os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode); !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	return f, err
}

// Replace writes a file, over one that is there, for its owner alone. It is for
// callers that hold a lock on the file: what is there under the temporary
// name, which is path and .tmp, was left by a process that was killed, and
// goes. A link is replaced by the file.
func Replace(path string, content []byte) error {
	return named(path, replace(path, path+".tmp", content))
}

func replace(path, temp string, content []byte) error {
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(temp)
	if err := fill(f, content, 0, false); err != nil {
		return err
	}
	return rename(temp, path)
}

// fill writes all of a temporary file and closes it. A mode of 0 leaves that
// which it has.
func fill(f *os.File, content []byte, mode os.FileMode, sync bool) error {
	_, err := f.Write(content)
	if err == nil && mode != 0 {
		err = f.Chmod(mode)
	}
	if err == nil && sync {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// rename takes its time on Windows, which refuses while somebody reads the old
// file.
func rename(from, to string) error {
	var err error
	for range 50 {
		if err = os.Rename(from, to); err == nil || runtime.GOOS != "windows" {
			break
		}
		time.Sleep(4 * time.Millisecond)
	}
	return err
}

// writeInto writes to what is there, and makes nothing.
func writeInto(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}

// ownStream reports whether a path is a stream of this process by its name.
func ownStream(path string) bool {
	return path == "/dev/stdout" || path == "/dev/stderr" || strings.HasPrefix(path, "/dev/fd/")
}

// linkEnd is where a link leads, whether anything is there or not.
func linkEnd(path string) string {
	for range 40 { // as the system does before it gives up
		to, err := os.Readlink(path)
		if err != nil || ownStream(path) {
			return path
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		path = to
	}
	return path
}

// named puts the path that the caller knows into an error.
func named(path string, err error) error {
	if err == nil {
		return nil
	}
	var at *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &at):
		err = at.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return &fs.PathError{Op: "write", Path: path, Err: err}
}
