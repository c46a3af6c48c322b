package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Create writes a file that must not be there yet, and fails with
// [fs.ErrExist] where anything has its name.
func Create(path string, content []byte, mode os.FileMode) error {
	return named(path, create(path, content, mode, false, os.Link))
}

// CreateSynced is [Create] for a file that is on the disk when it returns, for
// what cannot be made again.
func CreateSynced(path string, content []byte, mode os.FileMode) error {
	return named(path, create(path, content, mode, true, os.Link))
}

// create gives the name by a link, which fails where a file is. On a file
// system without links an empty file takes the name first.
func create(path string, content []byte, mode os.FileMode, sync bool, link func(from, to string) error) error {
	temp, err := createTemp(filepath.Join(filepath.Dir(path), "wxdev"), mode)
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	if err := fill(temp, content, 0, sync); err != nil {
		return err
	}
	if err := link(temp.Name(), path); err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	claim, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = errors.Join(claim.Close(), rename(temp.Name(), path))
	if err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}
