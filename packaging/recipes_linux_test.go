package packaging

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/stacks"
)

// fakes writes an archive for each system, with a program of one line.
func fakes(t *testing.T) (dir string, sums map[string]string) {
	t.Helper()
	dir, sums = t.TempDir(), map[string]string{}
	for _, target := range []string{"linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64", "windows_amd64", "windows_arm64"} {
		name, write := "wxdev_"+version+"_"+target, writeTar
		file := name + ".tar.gz"
		if strings.HasPrefix(target, "windows") {
			file, write = name+".zip", writeZip
		}
		write(t, filepath.Join(dir, file), name, "the program for "+target)
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		sums[file] = fmt.Sprintf("%x", sha256.Sum256(text))
	}
	return dir, sums
}

func writeTar(t *testing.T, file, folder, text string) {
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	w := tar.NewWriter(z)
	err = w.WriteHeader(&tar.Header{Name: folder + "/wxdev", Mode: 0o755, Size: int64(len(text)), Typeflag: tar.TypeReg})
	if err == nil {
		_, err = w.Write([]byte(text))
	}
	for _, closed := range []error{err, w.Close(), z.Close(), f.Close()} {
		if closed != nil {
			t.Fatal(closed)
		}
	}
}

func writeZip(t *testing.T, file, folder, text string) {
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(f)
	e, err := w.Create(folder + "/wxdev.exe")
	if err == nil {
		_, err = e.Write([]byte(text))
	}
	for _, closed := range []error{err, w.Close(), f.Close()} {
		if closed != nil {
			t.Fatal(closed)
		}
	}
}

var download = regexp.MustCompile(`https://github\.com/wxdev/wxdev/releases/download/v1\.2\.3/(\S+?)"`)

// TestRecipes makes what needs the archives of all systems of archives that
// are there, as the release does, and holds it to its form: Homebrew and Scoop
// are not here.
func TestRecipes(t *testing.T) {
	stacks.Need(t, "dist", "ruby", "node")
	archives, sums := fakes(t)
	out := t.TempDir()
	stacks.Dist(t, "-version", "v"+version, "-from", archives, "-out", out)
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	formula, manifest := read("wxdev.rb"), read("wxdev.json")
	for what, text := range map[string]string{"formula": formula, "manifest": manifest} {
		if strings.Contains(text, "{{") || strings.Contains(text, "no value") {
			t.Errorf("the %s is not filled:\n%s", what, text)
		}
		for _, m := range download.FindAllStringSubmatch(text, -1) {
			if sum, ok := sums[m[1]]; !ok || !strings.Contains(text[strings.Index(text, m[1]):], sum) {
				t.Errorf("the %s has %s without its checksum", what, m[1])
			}
		}
	}
	if n := len(download.FindAllString(formula, -1)); n != 4 {
		t.Errorf("the formula has %d archives", n)
	}
	if out, err := exec.Command("ruby", "-c", filepath.Join(out, "wxdev.rb")).CombinedOutput(); err != nil {
		t.Errorf("ruby -c: %s", out)
	}
	var scoop struct {
		Version      string
		Bin          string
		Architecture map[string]struct {
			URL, Hash  string
			ExtractDir string `json:"extract_dir"`
		}
	}
	if err := json.Unmarshal([]byte(manifest), &scoop); err != nil || scoop.Version != version || scoop.Bin != "wxdev.exe" || len(scoop.Architecture) != 2 {
		t.Errorf("the manifest is %+v: %v", scoop, err)
	}
	if got := scoop.Architecture["arm64"].ExtractDir; got != "wxdev_"+version+"_windows_arm64" {
		t.Errorf("the archive unpacks to %q", got)
	}
	npmForm(t, out)
}

// npmForm looks at the npm packages of all systems.
func npmForm(t *testing.T, dir string) {
	type described struct {
		Name, Version string
		OS, CPU       []string
		Optional      map[string]string `json:"optionalDependencies"`
		Scripts       map[string]string
	}
	pack := func(file string) (p described) {
		text := said(t, "tar", "-xzOf", filepath.Join(dir, file), "package/package.json")
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if p.Version != version || p.Scripts != nil {
			t.Errorf("%s: %+v", file, p)
		}
		return p
	}
	main := pack("wxdev-" + version + ".tgz")
	if len(main.Optional) != 6 {
		t.Errorf("wxdev needs one of %v", main.Optional)
	}
	for name, want := range main.Optional {
		_, platform, _ := strings.Cut(name, "/")
		system, cpu, _ := strings.Cut(platform, "-")
		p := pack("wxdev-" + platform + "-" + version + ".tgz")
		if p.Name != name || want != version || strings.Join(p.OS, "") != system || strings.Join(p.CPU, "") != cpu {
			t.Errorf("%s %s: %+v", name, want, p)
		}
	}
	windows := said(t, "tar", "-xzOf", filepath.Join(dir, "wxdev-win32-arm64-"+version+".tgz"), "package/bin/wxdev.exe")
	if windows != "the program for windows_arm64" {
		t.Errorf("the package for Windows has %q", windows)
	}
}

// TestYAML: what others read can be read. The workflows are held by actionlint,
// in make lint.
func TestYAML(t *testing.T) {
	stacks.Need(t, "ruby")
	for _, file := range []string{"../.goreleaser.yaml", "../examples/compose/compose.yaml"} {
		said(t, "ruby", "-ryaml", "-e", "YAML.safe_load(File.read(ARGV[0]), aliases: true)", file)
	}
}
