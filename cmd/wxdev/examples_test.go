//go:build unix

package main

import (
	"bytes"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
)

const examples = "../../examples"

// exampleBots are the folders of examples/ with a program, and what runs it.
var exampleBots = map[string]struct {
	run   []string
	needs string
	has   func(t *testing.T) bool
}{
	"go-bot": {[]string{"go", "run", "."}, "Go", func(*testing.T) bool { _, err := exec.LookPath("go"); return err == nil }},
	"flask-bot": {[]string{"{python}", "bot.py"}, "Flask", func(*testing.T) bool {
		return exec.Command(examplePython(), "-c", "import flask").Run() == nil
	}},
	"express-bot": {[]string{"node", "bot.js"}, "Express", func(t *testing.T) bool {
		_, err := os.Stat(filepath.Join(nodeModules(t), "express"))
		_, node := exec.LookPath("node")
		return err == nil && node == nil
	}},
}

// nodeModules is where testdata/servers/setup.sh installs Express. An example
// has none of its own in a checkout.
func nodeModules(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../testdata/servers/node/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// examplePython prefers the system's, which has the system's Flask, as
// setup.sh does.
func examplePython() string {
	if exec.Command("/usr/bin/python3", "-c", "import flask").Run() == nil {
		return "/usr/bin/python3"
	}
	return "python3"
}

// TestExamplesAreListed finds a bot that nothing runs.
func TestExamplesAreListed(t *testing.T) {
	dirs, err := filepath.Glob(filepath.Join(examples, "*-bot"))
	if err != nil || len(dirs) != len(exampleBots) {
		t.Errorf("the bots are %q, %v", dirs, err)
	}
	for _, dir := range dirs {
		if _, ok := exampleBots[filepath.Base(dir)]; !ok {
			t.Errorf("no test runs %s", dir)
		}
		if readme, err := os.ReadFile(filepath.Join(dir, "README.md")); err != nil || bytes.Count(readme, []byte("\n")) != 5 {
			t.Errorf("%s: the README has not five lines: %v", dir, err)
		}
	}
}

// TestExamples runs each bot as its users do, and has wxdev verify and test
// it: no bot may be worth even a warning, and all go by the same scenarios,
// one after the other and side by side.
func TestExamples(t *testing.T) {
	for name, bot := range exampleBots {
		t.Run(name, func(t *testing.T) {
			if !bot.has(t) {
				if os.Getenv("CI") == "true" || os.Getenv("WXDEV_STACKS") == "all" {
					t.Fatalf("no %s: run testdata/servers/setup.sh", bot.needs)
				}
				t.Skipf("no %s: testdata/servers/setup.sh installs it, or says how", bot.needs)
			}
			url := startBot(t, filepath.Join(examples, name), bot.run)
			wxdev := func(args ...string) {
				t.Helper()
				env, out, errOut := testEnv(t, "WXDEV_URL", url, "WXDEV_TOKEN", "letmein7")
				env.Now = time.Now
				if code := Main(args, env); code != exitOK {
					t.Errorf("wxdev %s: exit %d\n%s%s", strings.Join(args, " "), code, out, errOut)
				}
			}
			wxdev("verify", "--strict", "--skip", "V14,V28,V37") // which a busy machine would cause
			wxdev("test", examples+"/scenarios")
			wxdev("test", examples+"/scenarios", "--parallel", "8")
		})
	}
}

// startBot runs a bot until the test ends, and returns its URL once it takes
// connections.
func startBot(t *testing.T, dir string, run []string) string {
	t.Helper()
	addr := busy.Free(t)
	_, port, _ := net.SplitHostPort(addr)
	program := run[0]
	if program == "{python}" {
		program = examplePython()
	}
	var output bytes.Buffer
	cmd := exec.Command(program, run[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PORT="+port, "TOKEN=letmein7", "NODE_PATH="+nodeModules(t))
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // go run's child too
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // fails when all is over, which is fine
		<-ended
		if t.Failed() {
			t.Logf("%s printed:\n%s", program, output.String())
		}
	})
	for deadline := time.Now().Add(5 * time.Minute); ; { // go run may have to compile
		conn, err := net.DialTimeout("tcp", addr, time.Second)
		if err == nil {
			conn.Close()
			return "http://" + addr + "/wechat"
		}
		if !errors.Is(err, syscall.ECONNREFUSED) || time.Now().After(deadline) {
			t.Fatal(err)
		}
		select {
		case <-ended:
			t.Fatal("the bot ended before it took a connection")
		case <-time.After(10 * time.Millisecond):
		}
	}
}
