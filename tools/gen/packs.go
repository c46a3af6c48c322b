package main

import (
	"io/fs"
	"os"
	"path/filepath"

	"github.com/wxdev/wxdev/internal/packed"
)

// together is how many bytes of small files share a stream: what is read for one
// of them.
const together = 128 << 10

// pack makes the pack file of what is below its folder: those of the folders and
// the files named.
func pack(file string, of ...string) table { return packFolders(file, 0, of...) }

// packTogether is pack for many small files that are much alike.
func packTogether(file string, of ...string) table { return packFolders(file, together, of...) }

func packFolders(file string, together int, of ...string) table {
	return packOf(file, together, func(root string) (map[string][]byte, error) {
		files := map[string][]byte{}
		for _, name := range of {
			if err := collect(files, filepath.Join(root, filepath.Dir(file)), name); err != nil {
				return nil, err
			}
		}
		return files, nil
	})
}

func packOf(file string, together int, files func(root string) (map[string][]byte, error)) table {
	return table{"packs", file, func(root string) ([]byte, error) {
		all, err := files(root)
		if err != nil {
			return nil, err
		}
		old, err := os.ReadFile(filepath.Join(root, file))
		if err != nil && !os.IsNotExist(err) {
			return nil, err
		}
		return packed.Make(all, together, old), nil
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
