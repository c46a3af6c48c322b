package main

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMain runs where the program does.
func TestMain(m *testing.M) {
	if err := os.Chdir("../.."); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func TestSemanticVersion(t *testing.T) {
	for described, want := range map[string]string{
		"v1.2.3": "1.2.3", "1.2.3": "1.2.3", "v1.2.3-rc.1": "1.2.3-rc.1", "v1.2.3-4-g0123abc-dirty": "1.2.3-4-g0123abc-dirty",
		"0123abc": "0.0.0-g0123abc", "0012345": "0.0.0-g0012345", "devel": "0.0.0-gdevel",
	} {
		if got, err := semanticVersion(described); got != want || err != nil {
			t.Errorf("%s is %s, want %s, %v", described, got, want, err)
		}
	}
	for _, described := range []string{"feature/x", "../../x", "a b", "v1.2.3\n", "$(id)"} {
		if got, err := semanticVersion(described); err == nil {
			t.Errorf("%q is %q", described, got)
		}
	}
}

func TestTargets(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1700000000")
	for targets, want := range map[string]string{
		"":                           "linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64",
		"linux/amd64":                "linux/amd64",
		"windows/arm64, linux/arm64": "linux/arm64 windows/arm64",
	} {
		r, err := newRelease("v1.2.3", targets, "")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, target := range r.targets {
			got = append(got, target.String())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q chooses %q", targets, got)
		}
	}
	if _, err := newRelease("v1.2.3", "linux/amd64,plan9/amd64", ""); err == nil || !strings.Contains(err.Error(), "plan9/amd64") {
		t.Errorf("a target that is none: %v", err)
	}
}

// TestUnknownKeys: what goreleaser would do and this does not is refused.
func TestUnknownKeys(t *testing.T) {
	text, err := os.ReadFile(".goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, more := range []string{"\nsboms: [{artifacts: archive}]\n", "\n    tags: [netgo]\n"} {
		changed := strings.Replace(string(text), "\n    flags: [-trimpath]\n", "\n    flags: [-trimpath]"+more, 1)
		if strings.HasPrefix(more, "\nsboms") {
			changed = string(text) + more
		}
		file := filepath.Join(t.TempDir(), "conf.yaml")
		if err := os.WriteFile(file, []byte(changed), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := readConfig(file); err == nil {
			t.Errorf("%q is taken", more)
		}
	}
}

// TestZip is the archive for Windows, with a program that is none.
func TestZip(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1700000000")
	r, err := newRelease("v1.2.3", "windows/amd64", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "wxdev.exe")
	if err := os.WriteFile(program, []byte("a program"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := r.archive(r.targets[0], program); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(r.out, "wxdev_1.2.3_windows_amd64.zip"))
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, f := range z.File {
		name, inside := strings.CutPrefix(f.Name, "wxdev_1.2.3_windows_amd64/")
		if !inside || !f.Modified.Equal(time.Unix(1_700_000_000, 0)) {
			t.Errorf("%s of %s", f.Name, f.Modified)
		}
		names[name] = true
	}
	for _, want := range []string{"wxdev.exe", "LICENSE", "README.zh-CN.md", "completions/wxdev.ps1", "man/man1/wxdev-verify.1"} {
		if !names[want] {
			t.Errorf("the archive lacks %s", want)
		}
	}
}
