package main

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"strings"
	"text/template"
)

// recipe is what the templates of packaging/ are filled with.
type recipe struct {
	Version, Description, Homepage, License string

	archives map[string]packed // by OS/ARCH
	missing  []string
}

// URL is where a release has an archive.
func (r *recipe) URL(target string) string {
	return r.Homepage + "/releases/download/v" + r.Version + "/" + r.of(target).name
}

// SHA256 is the checksum of that archive.
func (r *recipe) SHA256(target string) string { return r.of(target).sha256 }

// Folder is what the archive unpacks to.
func (r *recipe) Folder(target string) string {
	name := r.of(target).name
	return strings.TrimSuffix(strings.TrimSuffix(name, ".zip"), ".tar.gz")
}

func (r *recipe) of(target string) packed {
	a, ok := r.archives[target]
	if !ok {
		r.missing = append(r.missing, target)
	}
	return a
}

func (r *release) homebrew(archives map[target]packed) error {
	return r.fillRecipe("packaging/homebrew/wxdev.rb.tmpl", archives)
}

func (r *release) scoop(archives map[target]packed) error {
	return r.fillRecipe("packaging/scoop/wxdev.json.tmpl", archives)
}

// fillRecipe fills a template, or says for want of which archive it does not.
func (r *release) fillRecipe(file string, archives map[target]packed) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	parsed, err := template.New(path.Base(file)).Parse(string(text))
	if err != nil {
		return err
	}
	about := r.conf.Packages[0]
	data := &recipe{
		Version: r.version, Description: about.Description, Homepage: about.Homepage, License: about.License,
		archives: map[string]packed{},
	}
	for t, a := range archives {
		data.archives[t.String()] = a
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, data); err != nil {
		return err
	}
	name := strings.TrimSuffix(path.Base(file), ".tmpl")
	if len(data.missing) > 0 {
		fmt.Fprintf(os.Stderr, "dist: no %s: it takes the archive of %s\n", name, data.missing[0])
		return nil
	}
	return r.write(name, out.Bytes())
}
