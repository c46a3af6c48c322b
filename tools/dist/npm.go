package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const npmDir = "packaging/npm"

// npmNames are Node's names of what Go calls otherwise.
var npmNames = map[string]string{"amd64": "x64", "windows": "win32"}

func npmName(goName string) string {
	if name, ok := npmNames[goName]; ok {
		return name
	}
	return goName
}

// npmPackage is a package.json, in the order in which people write one.
type npmPackage struct {
	Name         string            `json:"name"`
	Version      string            `json:"version"`
	Description  string            `json:"description"`
	Homepage     string            `json:"homepage"`
	Repository   map[string]string `json:"repository"`
	License      string            `json:"license"`
	Keywords     []string          `json:"keywords,omitempty"`
	Bin          map[string]string `json:"bin,omitempty"`
	Engines      map[string]string `json:"engines,omitempty"`
	OS           []string          `json:"os,omitempty"`
	CPU          []string          `json:"cpu,omitempty"`
	Optional     map[string]string `json:"optionalDependencies,omitempty"`
	PreferUnplug bool              `json:"preferUnplugged,omitempty"`
}

// npm makes a package for each archive, with the program in it, and the one that
// people install, which needs one of them and finds it when it runs. That
// one names all targets, whatever was made here.
func (r *release) npm(archives map[target]packed) error {
	optional := map[string]string{}
	for _, goos := range r.conf.Builds[0].Goos {
		for _, arch := range r.conf.Builds[0].Goarch {
			optional[platformPackage(target{goos, arch})] = r.version
		}
	}
	for _, t := range r.targets {
		a, ok := archives[t]
		if !ok {
			continue
		}
		if err := r.npmPlatform(t, a); err != nil {
			return err
		}
	}
	launcher, err := os.ReadFile(filepath.Join(npmDir, "wxdev.js"))
	if err != nil {
		return err
	}
	readme, err := os.ReadFile(filepath.Join(npmDir, "README.md"))
	if err != nil {
		return err
	}
	p := r.npmPackage("wxdev")
	p.Keywords = []string{"wechat", "weixin", "公众号", "小程序", "cli"}
	p.Bin = map[string]string{"wxdev": "wxdev.js"}
	p.Engines = map[string]string{"node": ">=16"}
	p.Optional = optional
	return r.npmWrite("wxdev-"+r.version, p, entry{"wxdev.js", 0o755, launcher}, entry{"README.md", 0o644, readme})
}

func platformPackage(t target) string { return "@wxdev/" + npmName(t.os) + "-" + npmName(t.arch) }

func (r *release) npmPlatform(t target, a packed) error {
	binary, err := a.binary(r.program(t))
	if err != nil {
		return err
	}
	p := r.npmPackage(platformPackage(t))
	p.Description += " (the program for " + t.String() + ")"
	p.OS, p.CPU, p.PreferUnplug = []string{npmName(t.os)}, []string{npmName(t.arch)}, true
	file := strings.NewReplacer("@", "", "/", "-").Replace(p.Name) + "-" + r.version // as npm pack names it
	return r.npmWrite(file, p, entry{"bin/" + r.program(t), 0o755, binary})
}

func (r *release) npmPackage(name string) npmPackage {
	about := r.conf.Packages[0]
	return npmPackage{
		Name: name, Version: r.version, Description: about.Description, Homepage: about.Homepage, License: about.License,
		Repository: map[string]string{"type": "git", "url": "git+" + about.Homepage + ".git"},
	}
}

// npmWrite packs what `npm pack` would.
func (r *release) npmWrite(name string, p npmPackage, entries ...entry) error {
	var described bytes.Buffer
	e := json.NewEncoder(&described)
	e.SetEscapeHTML(false) // ">=16"
	e.SetIndent("", "  ")
	if err := e.Encode(p); err != nil {
		return err
	}
	license, err := os.ReadFile("LICENSE")
	if err != nil {
		return err
	}
	entries = append([]entry{{"package.json", 0o644, described.Bytes()}, {"LICENSE", 0o644, license}}, entries...)
	for i := range entries {
		entries[i].name = "package/" + entries[i].name
	}
	text, err := packTar(entries, r.commit.time)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return r.write(name+".tgz", text)
}
