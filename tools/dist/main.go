// Dist makes what a release consists of, from any commit, with plain Go:
//
//	dist -version v1.2.3                          everything
//	dist -version v1.2.3 -targets linux/amd64     for some systems only
//	dist -version v1.2.3 -from dist/goreleaser    of archives that are there
//
// The archives and the deb, rpm and apk packages are those of .goreleaser.yaml.
// From the archives come the npm packages, a Homebrew formula and a Scoop
// manifest, of the templates in packaging/; the formula needs the archives of
// macOS and Linux, the manifest those of Windows, and what lacks them is left
// out, which is said. checksums.txt has all of it. The same commit gives the same
// bytes: the time of every file is that of the commit.
//
// It is a module of its own, so that who uses wxdev's packages does not get
// what makes its packages, and is run by `make dist`.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "dist: %v\n", err)
		os.Exit(1)
	}
}

func run() error {
	root := flag.String("root", "../..", "the repository")
	out := flag.String("out", "dist", "the folder for the files, below root")
	version := flag.String("version", "", "as git describe has it")
	targets := flag.String("targets", "", "such as linux/amd64,darwin/arm64; all without it")
	from := flag.String("from", "", "a folder, below root, with archives to take instead of building them")
	flag.Parse()
	if flag.NArg() > 0 || *version == "" {
		return fmt.Errorf("usage: dist -version VERSION [-targets OS/ARCH,…] [-from DIR] [-out DIR]")
	}
	if err := os.Chdir(*root); err != nil {
		return err
	}
	r, err := newRelease(*version, *targets, *out)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(r.out, 0o755); err != nil {
		return err
	}
	archives := *from
	if archives == "" {
		archives = r.out
		if err := r.makeArchives(); err != nil {
			return err
		}
	}
	if err := r.wrap(archives); err != nil {
		return err
	}
	return r.writeChecksums()
}

// release is what is made, and of what.
type release struct {
	conf    *config
	version string // 1.2.3, without a v
	targets []target
	out     string
	commit  commit

	made []string // the names of the files, in their order
}

type target struct{ os, arch string }

func (t target) String() string { return t.os + "/" + t.arch }

// program is the name of the binary.
func (r *release) program(t target) string {
	name := r.conf.Builds[0].Binary
	if t.os == "windows" {
		name += ".exe"
	}
	return name
}

func newRelease(version, targets, out string) (*release, error) {
	conf, err := readConfig(".goreleaser.yaml")
	if err != nil {
		return nil, err
	}
	r := &release{conf: conf, out: out}
	if r.version, err = semanticVersion(version); err != nil {
		return nil, err
	}
	if r.commit, err = headCommit(); err != nil {
		return nil, err
	}
	wanted := strings.FieldsFunc(targets, func(c rune) bool { return c == ',' || c == ' ' })
	all := len(wanted) == 0
	for _, goos := range conf.Builds[0].Goos {
		for _, arch := range conf.Builds[0].Goarch {
			t := target{goos, arch}
			if all || remove(&wanted, t.String()) {
				r.targets = append(r.targets, t)
			}
		}
	}
	if len(wanted) > 0 {
		return nil, fmt.Errorf("%s: .goreleaser.yaml has no such target", strings.Join(wanted, ", "))
	}
	return r, nil
}

func remove(list *[]string, s string) bool {
	for i, have := range *list {
		if have == s {
			*list = append((*list)[:i], (*list)[i+1:]...)
			return true
		}
	}
	return false
}

// write keeps a file that was made.
func (r *release) write(name string, text []byte) error {
	if err := os.WriteFile(filepath.Join(r.out, name), text, 0o644); err != nil {
		return err
	}
	r.has(name)
	return nil
}

func (r *release) has(name string) {
	r.made = append(r.made, name)
	fmt.Println(filepath.ToSlash(filepath.Join(r.out, name)))
}
