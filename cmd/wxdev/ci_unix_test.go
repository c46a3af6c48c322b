//go:build unix

package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/internal/stacks"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
)

// project is what the examples of CI are for: the Express bot with its
// conversations and a menu, on a port of its own.
type project struct {
	t        *testing.T
	dir      string
	port     string
	wxdev    string // a script that runs the test as wxdev
	releases string
	emu      *local.Server
}

func newProject(t *testing.T) *project {
	stacks.Need(t, "npm packages", "ruby", "curl")
	p := &project{t: t, dir: t.TempDir()}
	_, p.port, _ = net.SplitHostPort(busy.Free(t))
	bot, err := os.ReadFile(filepath.Join(examples, "express-bot", "bot.js"))
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p.wxdev = "#!/usr/bin/env bash\nexec -a wxdev '" + self + "' \"$@\"\n"
	for name, text := range map[string]string{
		"bot.js":            string(bot),
		"package.json":      `{"name":"bot","version":"1.0.0","scripts":{"start":"exec node bot.js"}}`,
		"package-lock.json": `{"name":"bot","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"bot","version":"1.0.0"}}}`,
		"menu.json":         `{"button":[{"type":"click","name":"取号","key":"QUEUE"}]}`,
		"bin/wxdev":         p.wxdev,
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(p.dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(filepath.Join(p.dir, "conversations"), os.DirFS(filepath.Join(examples, "scenarios"))); err != nil {
		t.Fatal(err)
	}
	name := "wxdev_1.0.0_linux_amd64"
	archive := releaseArchive(t, name, p.wxdev)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/v1.0.0/" + name + ".tar.gz":
			_, _ = w.Write(archive)
		case "/v1.0.0/checksums.txt":
			fmt.Fprintf(w, "%x  %s.tar.gz\n%x  other.deb\n", sha256.Sum256(archive), name, sha256.Sum256(nil))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	p.releases = server.URL
	if p.emu, err = local.NewServer(emulator.Config{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.emu.Close)
	return p
}

// run runs lines of a job in a shell, and ends what they leave behind, as the end of a job
// does. vars are NAME=VALUE.
func (p *project) run(shell []string, script string, vars ...string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), 5*time.Minute)
	defer cancel()
	script = strings.ReplaceAll(script, "127.0.0.1:8080", "127.0.0.1:"+p.port)
	cmd := exec.CommandContext(ctx, shell[0], append(shell[1:], "-c", script)...)
	cmd.Dir = p.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = time.Second
	cmd.Env = append(os.Environ(), "PATH="+filepath.Join(p.dir, "bin")+":"+os.Getenv("PATH"), "PORT="+p.port, "HOME="+p.dir, "XDG_CONFIG_HOME="+p.dir, "WXDEV_LANG=en",
		"NODE_PATH="+stacks.Testdata("servers/node/node_modules"), "WXDEV_API_BASE="+p.emu.URL)
	for _, v := range vars {
		cmd.Env = append(cmd.Env, strings.ReplaceAll(v, "127.0.0.1:8080", "127.0.0.1:"+p.port))
	}
	out, err := cmd.CombinedOutput()
	p.t.Cleanup(func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }) // none may be left
	if err != nil && !cmd.ProcessState.Success() {
		p.t.Errorf("%v\n%s\n%s", err, script, out)
	}
}

// done looks at what a pipeline leaves: reports, and a menu in the account.
func (p *project) done() {
	p.t.Helper()
	for _, name := range []string{"verify.xml", "test.xml"} {
		if text, err := os.ReadFile(filepath.Join(p.dir, "reports", name)); err != nil || !strings.Contains(string(text), "<testcase") {
			p.t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
	env, out, _ := testEnv(p.t, "WXDEV_API_BASE", p.emu.URL, "WXDEV_APPID", emulator.DefaultAppID, "WXDEV_SECRET", emulator.DefaultSecret)
	env.Now = time.Now
	if code := Main([]string{"menu", "list"}, env); code != exitOK || !strings.Contains(out.String(), "取号") {
		p.t.Errorf("the menu is not in the account: %s", out)
	}
}

// TestCIGitHub runs the steps of github.yml: the action's by its scripts, those
// with a script of their own in bash.
func TestCIGitHub(t *testing.T) {
	p := newProject(t)
	var file struct {
		Jobs map[string]struct {
			Env   map[string]string
			Steps []struct {
				Uses, Run, If string
				With          map[string]string
			}
		}
	}
	readYAML(t, filepath.Join(examples, "ci", "github.yml"), &file)
	context := strings.NewReplacer("${{ vars.WX_APPID }}", emulator.DefaultAppID, "${{ secrets.WX_SECRET }}", emulator.DefaultSecret,
		"127.0.0.1:8080", "127.0.0.1:"+p.port)
	ran := 0
	for _, job := range file.Jobs {
		r := newRunner(t)
		r.dir = p.dir
		r.vars = append(r.vars, "WXDEV_API_BASE="+p.emu.URL)
		if out, code := r.step("Install wxdev", map[string]string{"path": filepath.Join(p.dir, "bin/wxdev")}); code != 0 {
			t.Fatalf("exit %d\n%s", code, out)
		}
		for _, s := range job.Steps {
			switch {
			case strings.HasPrefix(s.Uses, "wxdev/wxdev@"):
				inputs := map[string]string{}
				for name, value := range s.With {
					if _, ok := r.a.Inputs[name]; !ok {
						t.Errorf("the action has no input %s", name)
					}
					inputs[name] = context.Replace(value)
				}
				if out, code := r.step("Run wxdev", inputs); code != 0 {
					t.Errorf("%v: exit %d\n%s", inputs, code, out)
				}
				ran++
			case s.Run != "" && s.If == "":
				p.run([]string{"bash", "--noprofile", "--norc", "-eo", "pipefail"}, s.Run, "TOKEN="+job.Env["TOKEN"])
				ran++
			}
		}
	}
	if ran != 4 {
		t.Errorf("%d steps were run", ran)
	}
	p.done()
}

// TestCIGitLab runs the scripts of both jobs of gitlab-ci.yml, with the release
// that they install.
func TestCIGitLab(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("its image has Linux")
	}
	p := newProject(t)
	if err := os.RemoveAll(filepath.Join(p.dir, "bin")); err != nil {
		t.Fatal(err)
	}
	var file map[string]any
	readYAML(t, filepath.Join(examples, "ci", "gitlab-ci.yml"), &file)
	texts := func(v any) (vars []string) {
		m, _ := v.(map[string]any)
		for name, value := range m {
			vars = append(vars, name+"="+strings.NewReplacer("$WX_APPID", emulator.DefaultAppID, "$WX_SECRET", emulator.DefaultSecret).Replace(fmt.Sprint(value)))
		}
		return vars
	}
	for _, name := range []string{"wechat", "menu"} {
		job, _ := file[name].(map[string]any)
		var lines []string
		flatten(job["script"], &lines)
		if len(lines) < 7 {
			t.Fatalf("%s: the script is %q", name, lines)
		}
		vars := append(append(texts(file["variables"]), texts(job["variables"])...), "WXDEV_RELEASES="+p.releases)
		p.run([]string{"bash", "-eo", "pipefail"}, strings.Join(lines, "\n"), vars...)
	}
	p.done()
}

// flatten collects the lines of a script, in which lists may stand.
func flatten(v any, lines *[]string) {
	switch v := v.(type) {
	case []any:
		for _, below := range v {
			flatten(below, lines)
		}
	case string:
		*lines = append(*lines, v)
	}
}

var (
	jenkinsStep = regexp.MustCompile(`(?s)sh '''(.*?)'''`)
	jenkinsVar  = regexp.MustCompile(`(?m)^\s+([A-Z_]+) = '(.*?)'`)
)

// TestCIJenkins runs the shell steps of the Jenkinsfile, with what its
// environment has.
func TestCIJenkins(t *testing.T) {
	p := newProject(t)
	text := readText(t, filepath.Join(examples, "ci", "Jenkinsfile"))
	if strings.Count(text, "{") != strings.Count(text, "}") {
		t.Error("the braces do not match")
	}
	vars := []string{"WX_USR=" + emulator.DefaultAppID, "WX_PSW=" + emulator.DefaultSecret}
	for _, m := range jenkinsVar.FindAllStringSubmatch(text, -1) {
		vars = append(vars, m[1]+"="+m[2])
	}
	steps := jenkinsStep.FindAllStringSubmatch(text, -1)
	if len(steps) != 2 || len(vars) != 5 {
		t.Fatalf("%d steps, %q", len(steps), vars)
	}
	for _, m := range steps {
		p.run([]string{"sh", "-xe"}, m[1], vars...)
	}
	p.done()
}
