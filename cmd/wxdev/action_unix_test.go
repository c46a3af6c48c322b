//go:build unix

package main

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/stacks"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
	"github.com/wxdev/wxdev/pkg/receiver"
)

// readYAML reads a YAML file as JSON has it, by Ruby, whose library is in it.
func readYAML(t *testing.T, file string, v any) {
	t.Helper()
	stacks.Need(t, "ruby")
	out, err := exec.Command("ruby", "-ryaml", "-rjson", "-e", "puts JSON.dump(YAML.load_file(ARGV[0], aliases: true))", file).Output()
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if err := json.Unmarshal(out, v); err != nil {
		t.Fatalf("%s: %v\n%s", file, err, out)
	}
}

type action struct {
	Name, Description string
	Inputs            map[string]struct {
		Description string
		Default     *string
	}
	Outputs map[string]struct{ Description, Value string }
	Runs    struct {
		Using string
		Steps []actionStep
	}
}

type actionStep struct {
	ID, Name, Shell, Run string
	Env                  map[string]string
}

var anExpression = regexp.MustCompile(`\$\{\{\s*(.*?)\s*\}\}`)

// TestActionForm: each input says what it is, and is used; none gets into the
// text of a script, where it would be shell.
func TestActionForm(t *testing.T) {
	var a action
	readYAML(t, "../../action.yml", &a)
	if a.Name == "" || a.Description == "" || a.Runs.Using != "composite" || len(a.Runs.Steps) != 2 {
		t.Errorf("it is %+v", a)
	}
	used := map[string]bool{}
	for _, s := range a.Runs.Steps {
		if s.Shell != "bash" || s.Name == "" || anExpression.MatchString(s.Run) {
			t.Errorf("the step is %+v", s)
		}
		for name, value := range s.Env {
			m := regexp.MustCompile(`^\$\{\{ inputs\.([a-z-]+) \}\}$`).FindStringSubmatch(value)
			if m == nil || name != "INPUT_"+strings.ToUpper(strings.ReplaceAll(m[1], "-", "_")) {
				t.Errorf("%s is %q", name, value)
				continue
			}
			used[m[1]] = true
		}
	}
	for name, in := range a.Inputs {
		if in.Description == "" || in.Default == nil || !used[name] {
			t.Errorf("the input %s is %+v, used %v", name, in, used[name])
		}
		delete(used, name)
	}
	if len(used) > 0 {
		t.Errorf("there are no inputs %v", used)
	}
}

// runner is what GitHub's gives to the steps of an action.
type runner struct {
	t    *testing.T
	a    action
	dir  string
	vars []string
}

func newRunner(t *testing.T) *runner {
	stacks.Need(t, "curl")
	r := &runner{t: t, dir: t.TempDir()}
	readYAML(t, "../../action.yml", &r.a)
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	arch := map[string]string{"amd64": "X64", "arm64": "ARM64"}[runtime.GOARCH]
	system := map[string]string{"linux": "Linux", "darwin": "macOS"}[runtime.GOOS]
	if arch == "" || system == "" {
		t.Skipf("there are no releases for %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	r.vars = append(os.Environ(), "RUNNER_TEMP="+r.dir, "RUNNER_OS="+system, "RUNNER_ARCH="+arch, "GITHUB_ACTION_PATH="+root, "GITHUB_ACTIONS=true",
		"GITHUB_WORKSPACE="+r.dir, "GITHUB_PATH="+r.dir+"/path", "GITHUB_OUTPUT="+r.dir+"/output", "HOME="+r.dir, "XDG_CONFIG_HOME="+r.dir, "WXDEV_LANG=en")
	return r
}

// step runs a step's script with inputs; the others have their defaults.
func (r *runner) step(name string, inputs map[string]string) (out string, code int) {
	r.t.Helper()
	for _, s := range r.a.Runs.Steps {
		if s.Name != name {
			continue
		}
		cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", s.Run)
		cmd.Dir, cmd.Env = r.dir, r.vars
		for name, value := range s.Env {
			input := strings.TrimSuffix(strings.TrimPrefix(value, "${{ inputs."), " }}")
			given, ok := inputs[input]
			if !ok {
				given = *r.a.Inputs[input].Default
			}
			cmd.Env = append(cmd.Env, name+"="+given)
		}
		if path, err := os.ReadFile(filepath.Join(r.dir, "path")); err == nil {
			cmd.Env = append(cmd.Env, "PATH="+strings.TrimSpace(string(path))+":"+os.Getenv("PATH"))
		}
		text, _ := cmd.CombinedOutput() // the code is looked at
		return string(text), cmd.ProcessState.ExitCode()
	}
	r.t.Fatalf("there is no step %q", name)
	return "", 0
}

// TestActionInstalls takes a release from a server that answers as GitHub's
// does, and nothing else than what its checksums say.
func TestActionInstalls(t *testing.T) {
	name := "wxdev_1.2.3_" + runtime.GOOS + "_" + runtime.GOARCH
	good := releaseArchive(t, name, "#!/bin/sh\necho wxdev version v1.2.3\n")
	sums := fmt.Sprintf("%x  %s.tar.gz\n%x  other.tar.gz\n", sha256.Sum256(good), name, sha256.Sum256(nil))
	tampered := false
	mux := http.NewServeMux()
	mux.Handle("/latest", http.RedirectHandler("/tag/v1.2.3", http.StatusFound))
	mux.HandleFunc("/download/v1.2.3/checksums.txt", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, sums) })
	mux.HandleFunc("/download/v1.2.3/"+name+".tar.gz", func(w http.ResponseWriter, _ *http.Request) {
		if tampered {
			_, _ = w.Write(releaseArchive(t, name, "#!/bin/sh\necho owned\n"))
			return
		}
		_, _ = w.Write(good)
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	for _, test := range []struct {
		version  string
		tampered bool
		want     string
		code     int
	}{
		{"latest", false, "wxdev version v1.2.3\n", 0},
		{"v1.2.3", false, "wxdev version v1.2.3\n", 0},
		{"1.2.3", false, "wxdev version v1.2.3\n", 0},
		{"v1.2.3", true, "is not what checksums.txt says", 1},
		{"v9.9.9", false, "cannot get wxdev_9.9.9", 1},
		{"$(touch owned)", false, "the version has to read like v1.2.3", 1},
		{"..", false, "the version has to read like v1.2.3", 1},
		{"../../x", false, "the version has to read like v1.2.3", 1},
	} {
		r := newRunner(t)
		r.vars = append(r.vars, "WXDEV_RELEASES="+server.URL)
		tampered = test.tampered
		out, code := r.step("Install wxdev", map[string]string{"version": test.version})
		if code != test.code || !strings.Contains(out, test.want) {
			t.Errorf("%s: exit %d\n%s", test.version, code, out)
		}
		if _, err := os.Stat(filepath.Join(r.dir, "wxdev", "owned")); err == nil {
			t.Errorf("%s was run", test.version)
		}
		path, _ := os.ReadFile(filepath.Join(r.dir, "path")) // none when it failed
		if want := filepath.Join(r.dir, "wxdev", name); code == 0 && strings.TrimSpace(string(path)) != want || code != 0 && len(path) > 0 {
			t.Errorf("%s: the path is %q", test.version, path)
		}
	}
}

// TestActionBeforeReleases: GitHub redirects to the list, where there is none.
func TestActionBeforeReleases(t *testing.T) {
	mux := http.NewServeMux()
	mux.Handle("/latest", http.RedirectHandler("/releases", http.StatusFound))
	server := httptest.NewServer(mux)
	defer server.Close()
	r := newRunner(t)
	r.vars = append(r.vars, "WXDEV_RELEASES="+server.URL)
	if out, code := r.step("Install wxdev", nil); code != 1 || !strings.Contains(out, "::error title=wxdev::there is no release yet") {
		t.Errorf("exit %d\n%s", code, out)
	}
}

func releaseArchive(t *testing.T, name, script string) []byte {
	t.Helper()
	var out strings.Builder
	z := gzip.NewWriter(&out)
	w := tar.NewWriter(z)
	err := w.WriteHeader(&tar.Header{Name: name + "/wxdev", Mode: 0o755, Size: int64(len(script))})
	if err == nil {
		_, err = w.Write([]byte(script))
	}
	if err != nil || w.Close() != nil || z.Close() != nil {
		t.Fatal(err)
	}
	return []byte(out.String())
}

// TestActionRuns: verify, test and menu push on servers right and wrong, with
// annotations and reports; inputs that look like shell are values.
func TestActionRuns(t *testing.T) {
	r := newRunner(t)
	self, err := os.Executable() // which is wxdev under that name, see TestMain
	if err != nil {
		t.Fatal(err)
	}
	if out, code := r.step("Install wxdev", map[string]string{"path": self}); code != 0 {
		t.Fatalf("exit %d\n%s", code, out)
	}
	right := httptest.NewServer(&receiver.Handler{Token: "letmein7"})
	defer right.Close()
	wrong := httptest.NewServer(decorated("%s\n"))
	defer wrong.Close()
	emu, err := local.NewServer(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer emu.Close()
	for name, text := range map[string]string{
		"my talks/one.toml": "[[step]]\nsend = \"text\"\nvalue = \"hi\"\nexpect = { type = \"success\" }\n",
		"-two.toml":         "[[step]]\nsend = \"text\"\nvalue = \"hi\"\nexpect = { text = \"hello\" }\n",
		"menu.json":         `{"button":[{"type":"click","name":"Help","key":"HELP"}]}`,
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(r.dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const reports = "my $(touch owned) `touch owned` reports"
	account := map[string]string{
		"token": "letmein7", "reports": reports, "verify": "false",
		"api-base": emu.URL, "appid": emulator.DefaultAppID, "secret": emulator.DefaultSecret,
	}
	for _, test := range []struct {
		url, inputs string // the latter NAME=VALUE, with &
		code        int
		want        string
		left        string // reports
	}{
		{right.URL, "verify=true", 0, "WeChat would accept this URL", "verify.xml"},
		{wrong.URL, "verify=true&messages=false&menu=menu.json", 1, "::error title=V01", "verify.xml"},
		{right.URL, "test=my talks/one.toml\n\n", 0, "ok", "test.xml"},
		{right.URL, "test=" + r.dir + "/my talks/one.toml\n-two.toml", 1, "::error file=./-two.toml", "test.xml"},
		{right.URL, "menu=menu.json&menu-dry-run=true", 0, "nothing was sent", "menu.xml"},
		{right.URL, "verify=true&test=my talks/one.toml&menu=menu.json", 0, "Help", "menu.xml test.xml verify.xml"},
		{right.URL, "verify=yes", 1, "::error title=wxdev::verify takes true or false", ""},
		{right.URL, "verify=True", 1, "::error title=wxdev::verify takes true or false", ""},
		{right.URL, "menu=menu.json&menu-dry-run=1", 1, "::error title=wxdev::menu-dry-run takes true or false", ""},
		{right.URL, "verify=true&product=wecom", 2, "no aes_key", ""},
		{right.URL, "menu=$(touch owned)'\"; touch owned #", 3, "touch owned", ""},
	} {
		inputs := maps.Clone(account)
		inputs["url"] = test.url + "/wechat"
		for pair := range strings.SplitSeq(test.inputs, "&") {
			name, value, _ := strings.Cut(pair, "=")
			inputs[name] = value
		}
		if err := os.RemoveAll(filepath.Join(r.dir, reports)); err != nil {
			t.Fatal(err)
		}
		out, code := r.step("Run wxdev", inputs)
		if code != test.code || !strings.Contains(out, test.want) {
			t.Errorf("%s: exit %d, want %d and %q\n%s", test.inputs, code, test.code, test.want, out)
		}
		var left []string
		files, _ := os.ReadDir(filepath.Join(r.dir, reports)) // none is an empty list
		for _, f := range files {
			left = append(left, f.Name())
		}
		if got := strings.Join(left, " "); got != test.left {
			t.Errorf("%s: the reports are %q, want %q", test.inputs, got, test.left)
		}
		if _, err := os.Stat(filepath.Join(r.dir, "owned")); err == nil {
			t.Fatal("an input was run")
		}
	}
}
