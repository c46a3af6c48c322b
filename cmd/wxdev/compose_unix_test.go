//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/internal/stacks"
)

// TestCompose runs the very commands of examples/compose, each as a process that
// knows of the other only what the file gives it. What containers have of their
// own is put in: the name of wxdev, the volume, the ports.
func TestCompose(t *testing.T) {
	stacks.Need(t, "python", "curl")
	file, err := os.ReadFile(filepath.Join(examples, "compose", "compose.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	home, volume := t.TempDir(), filepath.Join(t.TempDir(), "wxdev")
	bot, host := busy.Free(t), otherAddress()
	_, botPort, _ := net.SplitHostPort(bot)
	wxdevAddr := net.JoinHostPort(host, freePort(t, host))
	tests, err := filepath.Abs(filepath.Join(examples, "later"))
	if err != nil {
		t.Fatal(err)
	}
	in := strings.NewReplacer("/wxdev/env", volume+"/env", `"/wxdev"`, `"`+volume+`"`, "wxdev:8900", wxdevAddr, "bot:8080", bot, "python ", "python3 ",
		"/tmp/ready", filepath.Join(home, "ready"), `"/tests"`, `"`+tests+`"`)
	command := func(key, service, dir string, env ...string) *exec.Cmd {
		args := composeCommand(t, string(file), service, key, in)
		if args[0] == "CMD" { // of the health check
			args = args[1:]
		} else if service != "bot" { // the image begins each command with its program
			args = append([]string{"wxdev"}, args...)
		}
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = dir
		cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "WXDEV_LANG=en"}, env...)
		return cmd
	}
	start := func(service, dir string, env ...string) {
		cmd, out := command("command", service, dir, env...), &bytes.Buffer{}
		cmd.Stdout, cmd.Stderr = out, out
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended
			_ = cmd.Wait()
			if t.Failed() {
				t.Logf("%s said:\n%s", service, out)
			}
			if service != "wxdev" {
				return
			}
			if left, _ := os.ReadDir(volume); len(left) > 0 {
				t.Errorf("%s is left in the volume", left[0].Name())
			}
			for _, want := range []string{"whoever reaches " + wxdevAddr, "the phone: http://localhost:8900/ "} {
				if host != "127.0.0.1" && !strings.Contains(out.String(), want) {
					t.Errorf("it does not say %q:\n%s", want, out)
				}
			}
		})
	}
	start("wxdev", home)
	within(t, "health", func() bool { return command("test", "wxdev", home).Run() == nil })
	for _, name := range []string{"env", "ca.pem", "trusted.pem", "php/wxdev.ini"} {
		if info, err := os.Stat(filepath.Join(volume, name)); err != nil || info.Mode().Perm() != 0o644 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	start("bot", filepath.Join(examples, "llm-python-bot"), "TOKEN=wxdevtoken", "APPID=wx0123456789abcdef",
		"SECRET=0123456789abcdef0123456789abcdef", "PORT="+botPort)
	within(t, "the bot", func() bool {
		c, err := net.Dial("tcp", bot)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	users := "http://" + wxdevAddr + "/__wxdev/users/alice/"
	if out, err := exec.Command("curl", "-sSd", "value=你好", users+"text").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	within(t, "the answer", func() bool {
		out, _ := exec.Command("curl", "-s", users+"chat").Output()
		return strings.Contains(string(out), "您说的是：你好")
	})
	if out, err := command("command", "tests", home).CombinedOutput(); err != nil {
		t.Errorf("the tests: %v\n%s", err, out)
	}
}

// composeCommand is a command of a service, by its key.
func composeCommand(t *testing.T, file, service, key string, in *strings.Replacer) []string {
	_, file, _ = strings.Cut(file, "\n  "+service+":\n")
	_, file, _ = strings.Cut(file, " "+key+": ")
	line, _, _ := strings.Cut(file, "\n")
	var args []string
	if err := json.Unmarshal([]byte(in.Replace(line)), &args); err != nil || len(args) == 0 {
		t.Fatalf("the command of %s is %q: %v", service, line, err)
	}
	return args
}

// otherAddress is one of this machine that is not loopback, if it has one.
func otherAddress() string {
	all, _ := net.InterfaceAddrs()
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && n.IP.IsGlobalUnicast() {
			return n.IP.String()
		}
	}
	return "127.0.0.1"
}

func freePort(t *testing.T, host string) string {
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

func within(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(busy.Net); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s does not come", what)
		}
	}
}
