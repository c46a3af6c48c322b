package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// wrap makes what brings the archives of a folder to people in other ways.
func (r *release) wrap(dir string) error {
	archives := map[target]packed{}
	for _, t := range r.targets {
		a, err := r.find(dir, t)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		archives[t] = a
	}
	if len(archives) == 0 {
		return fmt.Errorf("%s has no archive of version %s", dir, r.version)
	}
	if err := r.npm(archives); err != nil {
		return err
	}
	if err := r.homebrew(archives); err != nil {
		return err
	}
	return r.scoop(archives)
}

// packed is an archive as a file.
type packed struct{ file, name, sha256 string }

// find looks for the archive of a target in either format.
func (r *release) find(dir string, t target) (packed, error) {
	name, err := r.fill(r.conf.Archives[0].Name, t)
	if err != nil {
		return packed{}, err
	}
	for _, ext := range []string{".tar.gz", ".zip"} {
		file := filepath.Join(dir, name+ext)
		sum, err := checksum(file)
		if err == nil {
			return packed{file, name + ext, sum}, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return packed{}, err
		}
	}
	return packed{}, fs.ErrNotExist
}

// binary is the program in an archive.
func (p packed) binary(program string) ([]byte, error) {
	text, err := os.ReadFile(p.file)
	if err != nil {
		return nil, err
	}
	read := readTar
	if strings.HasSuffix(p.file, ".zip") {
		read = readZip
	}
	binary, err := read(text, program)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.file, err)
	}
	return binary, nil
}

func readTar(text []byte, program string) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("there is no %s", program)
		}
		if err != nil {
			return nil, err
		}
		if path.Base(h.Name) == program && h.Typeflag == tar.TypeReg {
			return io.ReadAll(r)
		}
	}
}

func readZip(text []byte, program string) ([]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		return nil, err
	}
	for _, f := range z.File {
		if path.Base(f.Name) != program {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return io.ReadAll(r)
	}
	return nil, fmt.Errorf("there is no %s", program)
}
