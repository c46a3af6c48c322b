package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// entry is a file of an archive.
type entry struct {
	name string
	mode os.FileMode
	text []byte
}

// makeArchives builds the program for each target, and packs it.
func (r *release) makeArchives() error {
	for _, t := range r.targets {
		binary, err := r.build(t)
		if err != nil {
			return err
		}
		if err := r.archive(t, binary); err != nil {
			return err
		}
		if t.os == "linux" {
			if err := r.packages(t, binary); err != nil {
				return err
			}
		}
		if err := os.RemoveAll(filepath.Dir(binary)); err != nil {
			return err
		}
	}
	return nil
}

// build returns the path of the program.
func (r *release) build(t target) (string, error) {
	b := r.conf.Builds[0]
	dir, err := os.MkdirTemp("", "wxdev-dist-")
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, r.program(t))
	args := append([]string{"build"}, b.Flags...)
	for _, flags := range b.Ldflags {
		filled, err := r.fill(flags, t)
		if err != nil {
			return "", err
		}
		args = append(args, "-ldflags", filled)
	}
	cmd := exec.Command("go", append(args, "-o", bin, b.Main)...)
	cmd.Env = append(append(os.Environ(), b.Env...), "GOOS="+t.os, "GOARCH="+t.arch, "GOWORK=off")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("build for %s: %w", t, err)
	}
	return bin, os.Chtimes(bin, r.commit.time, r.commit.time)
}

// archive packs what belongs to a program.
func (r *release) archive(t target, binary string) error {
	a := r.conf.Archives[0]
	format := a.Formats[0]
	for _, o := range a.Overrides {
		if o.Goos == t.os {
			format = o.Formats[0]
		}
	}
	name, err := r.fill(a.Name, t)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(binary)
	if err != nil {
		return err
	}
	entries, err := a.entries()
	if err != nil {
		return err
	}
	entries = append(entries, entry{r.program(t), a.Binary.Mode, text})
	if a.Wrap {
		for i := range entries {
			entries[i].name = name + "/" + entries[i].name
		}
	}
	packed, err := pack(format, entries, r.commit.time)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return r.write(name+"."+format, packed)
}

// entries are the files beside the program. All of them have the time of the
// commit, which the configuration has to ask for.
func (a archive) entries() ([]entry, error) {
	var all []entry
	for _, f := range a.Files {
		found, err := filepath.Glob(f.Src)
		if err != nil || len(found) == 0 {
			return nil, fmt.Errorf("archives: no file is %s", f.Src)
		}
		if f.Info.MTime != a.Binary.MTime {
			return nil, fmt.Errorf("archives: %s has another mtime than the program", f.Src)
		}
		if f.Strip != (f.Dst != "") {
			return nil, fmt.Errorf("archives: %s takes both dst and strip_parent, or neither", f.Src)
		}
		for _, src := range found {
			text, err := os.ReadFile(src)
			if err != nil {
				return nil, err
			}
			name := filepath.ToSlash(src)
			if f.Strip {
				name = path.Join(f.Dst, path.Base(name))
			}
			all = append(all, entry{name, f.Info.Mode, text})
		}
	}
	slices.SortFunc(all, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	return all, nil
}

func pack(format string, entries []entry, when time.Time) ([]byte, error) {
	switch format {
	case "tar.gz":
		return packTar(entries, when)
	case "zip":
		return packZip(entries, when)
	}
	return nil, fmt.Errorf("no such format: %s", format)
}

// packTar is a tar.gz, an npm package as well.
func packTar(entries []entry, when time.Time) ([]byte, error) {
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // fails for a level that is none
	w := tar.NewWriter(z)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Mode: int64(e.mode), Size: int64(len(e.text)), ModTime: when, Format: tar.FormatPAX}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(e.text); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	err := z.Close()
	return out.Bytes(), err
}

func packZip(entries []entry, when time.Time) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: when}
		h.SetMode(e.mode)
		f, err := w.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := f.Write(e.text); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return out.Bytes(), err
}
