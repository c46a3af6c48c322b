package main

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/internal/stacks"
)

// TestRunSDKs: programs on SDKs that nobody here wrote, with WeChat's hosts in
// their code, talk to the emulator.
func TestRunSDKs(t *testing.T) {
	node := []string{"node_modules/node22/bin/node"}
	for _, c := range []struct {
		needs, folder string
		run           []string
		want          []string // of what is printed, ours and theirs
	}{
		{"npm run", "run/node", append(node, "wechat-oauth.cjs"), []string{"GET  /sns/oauth2/access_token  40029", "answered 40029"}},
		{"npm run", "run/node", append(node, "wechat-toolkit.cjs"), []string{"GET  /cgi-bin/token  200", "GET  /cgi-bin/user/get  200", "answered 0"}},
		{"npm run", "run/node", append(node, "nest-wechat.cjs"), []string{"GET  /cgi-bin/token  200", "answered true"}},
		{"silenceper", "silenceper", []string{"go", "run", "./plain", "oAAAAAAAAAAAAAAAAAAAAAAAAAAA"}, []string{"/cgi-bin/token  200", "POST /cgi-bin/message/custom/send  40003", "answered"}},
	} {
		t.Run(strings.Join(c.run[1:], " "), func(t *testing.T) {
			stacks.Need(t, c.needs)
			cmd := exec.Command("wxdev", append([]string{"run", "--offline", "--"}, c.run...)...)
			cmd.Dir, cmd.Env = stacks.Testdata(c.folder), runEnv(t)
			out, err := cmd.CombinedOutput()
			for _, want := range c.want {
				if !strings.Contains(string(out), want) {
					t.Errorf("no %q, %v:\n%s", want, err, out)
				}
			}
		})
	}
}

// TestRunMiniPrograms: the two classic servers of a mini program, unchanged: from
// a user's message to the answer on the phone.
func TestRunMiniPrograms(t *testing.T) {
	for _, c := range []struct {
		needs string
		run   []string
	}{
		{"npm run", []string{"node/node_modules/node22/bin/node", "node/miniprogram.cjs"}},
		{"flask+requests", []string{"PYTHON", "miniprogram.py"}},
	} {
		t.Run(c.run[1], func(t *testing.T) {
			stacks.Need(t, c.needs)
			if c.run[0] == "PYTHON" {
				c.run[0] = stacks.PythonWith("flask, requests")
			}
			addr := busy.Free(t)
			_, port, _ := net.SplitHostPort(addr)
			file := filepath.Join(t.TempDir(), "later.toml")
			text := "[[step]]\nsend = \"text\"\nvalue = \"你好\"\n\n[step.later]\ntext = \"got it: 你好\"\nunder = \"30s\"\n"
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command("wxdev", append([]string{
				"run", "--check", file, "--offline", "--format", "json", "--url", "http://" + addr + "/push", "--",
			}, c.run...)...)
			cmd.Dir, cmd.Env = stacks.Testdata("run"), append(runEnv(t), "PORT="+port)
			if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "[wxdev] ok: 1 conversation") {
				t.Errorf("%v:\n%s", err, out)
			}
		})
	}
}

// runEnv is an environment with a home of its own.
func runEnv(t *testing.T) []string {
	home := t.TempDir()
	return append(os.Environ(), "HOME="+home, "XDG_CACHE_HOME="+home, "XDG_CONFIG_HOME="+home, "WXDEV_LANG=en",
		"GOCACHE="+goEnv("GOCACHE"), "GOMODCACHE="+goEnv("GOMODCACHE"))
}

// goEnv is a setting of Go's that is in the user's home.
func goEnv(name string) string {
	out, _ := exec.Command("go", "env", name).Output() // of the Go that runs the test
	return strings.TrimSpace(string(out))
}
