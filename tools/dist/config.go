package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"text/template"
	"time"

	"github.com/Masterminds/semver/v3"
	"github.com/goreleaser/nfpm/v2"
	"github.com/goreleaser/nfpm/v2/files"
	"go.yaml.in/yaml/v3"
)

// config is the part of goreleaser's configuration that both understand. What
// only goreleaser looks at is any.
type config struct {
	Version  int
	Project  string `yaml:"project_name"`
	Builds   []build
	Archives []archive
	Packages []packaging `yaml:"nfpms"`
	Checksum struct {
		Name      string `yaml:"name_template"`
		Algorithm string
	}
	Snapshot, Release, Changelog any
}

type build struct {
	ID, Main, Binary    string
	Env, Flags, Ldflags []string
	Goos, Goarch        []string
	ModTimestamp        string `yaml:"mod_timestamp"`
}

type archive struct {
	ID        string
	Formats   []string
	Overrides []struct {
		Goos    string
		Formats []string
	} `yaml:"format_overrides"`
	Name   string   `yaml:"name_template"`
	Wrap   bool     `yaml:"wrap_in_directory"`
	Binary fileInfo `yaml:"builds_info"`
	Files  []file
}

type file struct {
	Src, Dst string
	Strip    bool `yaml:"strip_parent"`
	Info     fileInfo
}

type fileInfo struct {
	Mode  os.FileMode
	MTime string
}

type packaging struct {
	ID          string
	Name        string `yaml:"package_name"`
	FileName    string `yaml:"file_name_template"`
	Formats     []string
	Description string
	Maintainer  string
	Vendor      string
	Homepage    string
	License     string
	Section     string
	Bindir      string
	MTime       string
	RPM         nfpm.RPM
	Contents    files.Contents
}

// readConfig refuses what it does not know, since goreleaser would do it and
// this program would not.
func readConfig(name string) (*config, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	c := &config{}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(c); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(c.Builds) != 1 || len(c.Archives) != 1 || len(c.Packages) != 1 || c.Checksum.Algorithm != "sha256" {
		return nil, fmt.Errorf("%s: one of builds, archives and nfpms, with sha256, is what this makes", name)
	}
	return c, nil
}

// fields are what templates are filled with, by goreleaser's names.
type fields struct {
	ProjectName, Version, Os, Arch string
	CommitDate, CommitTimestamp    string
}

func (r *release) fill(text string, t target) (string, error) {
	parsed, err := template.New("").Option("missingkey=error").Parse(text)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	err = parsed.Execute(&out, fields{
		ProjectName: r.conf.Project, Version: r.version, Os: t.os, Arch: t.arch,
		CommitDate: r.commit.time.Format(time.RFC3339), CommitTimestamp: strconv.FormatInt(r.commit.time.Unix(), 10),
	})
	return out.String(), err
}

// commit is what is released.
type commit struct{ time time.Time }

// headCommit asks git, or believes SOURCE_DATE_EPOCH where there is none.
func headCommit() (commit, error) {
	seconds := os.Getenv("SOURCE_DATE_EPOCH")
	if seconds == "" {
		out, err := exec.Command("git", "log", "-1", "--format=%ct").Output()
		if err != nil {
			return commit{}, fmt.Errorf("ask git for the time of the commit (SOURCE_DATE_EPOCH says it without git): %w", err)
		}
		seconds = strings.TrimSpace(string(out))
	}
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return commit{}, fmt.Errorf("the time of the commit: %w", err)
	}
	return commit{time.Unix(n, 0).UTC()}, nil
}

// semanticVersion makes a version of what git describe says: npm and dpkg take no
// other. Without a tag that is a commit.
func semanticVersion(described string) (string, error) {
	v := strings.TrimPrefix(described, "v")
	if _, err := semver.StrictNewVersion(v); err == nil {
		return v, nil
	}
	commit := "0.0.0-g" + v
	if _, err := semver.StrictNewVersion(commit); err != nil { // a tag such as feature/x would be a path
		return "", fmt.Errorf("%q makes no version: give one such as v1.2.3", described)
	}
	return commit, nil
}
