package main

import (
	"io/fs"
	"os"
	"path/filepath"

	"github.com/wxdev/wxdev/internal/packed"
)

// pack makes the pack in dir of the files that are below it: those of the
// folders and the files named.
func pack(file string, of ...string) table {
	dir := filepath.Dir(file)
	return table{"packs", file, func(root string) ([]byte, error) {
		files := map[string][]byte{}
		for _, name := range of {
			if err := collect(files, filepath.Join(root, dir), name); err != nil {
				return nil, err
			}
		}
		old, err := os.ReadFile(filepath.Join(root, file))
		if err != nil && !os.IsNotExist(err) {
			return nil, err
		}
		return packed.Make(files, old), nil
	}}
}

func collect(files map[string][]byte, dir, name string) error {
	return filepath.WalkDir(filepath.Join(dir, name), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		short, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(short)], err = os.ReadFile(path)
		return err
	})
}
