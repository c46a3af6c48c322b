package packaging

import (
	"bytes"
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/receiver"
)

// npm is a command in a folder, which asks no registry and keeps its cache
// there.
func npm(dir string, command ...string) *exec.Cmd {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "npm_config_cache="+filepath.Join(dir, ".cache"), "npm_config_offline=true", "npm_config_ignore_scripts=true",
		"npm_config_audit=false", "npm_config_fund=false", "npm_config_update_notifier=false", "WXDEV_LANG=en")
	return cmd
}

// installed is a folder with the npm packages of these tarballs.
func installed(t *testing.T, tarballs ...string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte(`{"private":true}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := npm(dir, append([]string{"npm", "install"}, tarballs...)...).CombinedOutput(); err != nil {
		t.Fatalf("npm install: %v\n%s", err, out)
	}
	return dir
}

// TestNPM uses npx as people do: what goes in, what comes out, the exit code and
// the signals are the program's.
func TestNPM(t *testing.T) {
	made := dist(t, "npm")
	dir := installed(t, filepath.Join(made, "wxdev-"+version+".tgz"), filepath.Join(made, "wxdev-linux-x64-"+version+".tgz"))
	right := httptest.NewServer(&receiver.Handler{Token: "mytoken"})
	defer right.Close()
	for _, c := range []struct {
		args  []string
		stdin string
		code  int
		out   string
	}{
		{[]string{"--version"}, "", 0, "wxdev version v" + version},
		{[]string{"verify", "--url", right.URL + "/wechat", "--token", "mytoken"}, "", 0, "WeChat would accept this URL"},
		{[]string{"verify", "--url", right.URL + "/wechat", "--token", "other"}, "", 1, "FAIL"},
		{[]string{"verify", "--nonsense"}, "", 2, ""},
		{[]string{"sign", "--token", "-", "--timestamp", "1", "--nonce", "n"}, "mytoken\n", 0, "8bde2ce919a0550728671bf4ae66f526fb217c02\n"},
		{[]string{"menu", "lint", "-"}, `{"button":[]}`, 1, ""},
	} {
		cmd := npm(dir, append([]string{"npx", "wxdev"}, c.args...)...)
		cmd.Stdin = strings.NewReader(c.stdin)
		out, err := cmd.Output()
		if cmd.ProcessState.ExitCode() != c.code || !strings.Contains(string(out), c.out) {
			t.Errorf("wxdev %s: %v, want exit code %d and %q\n%s", strings.Join(c.args, " "), err, c.code, c.out, out)
		}
	}
	t.Run("signals", func(t *testing.T) { passesSignals(t, dir) })
}

// passesSignals sends signals to Node: the emulator ends by itself, exit code 0,
// or is killed, and then Node is, too.
func passesSignals(t *testing.T, dir string) {
	for signal, killed := range map[syscall.Signal]bool{syscall.SIGINT: false, syscall.SIGTERM: false, syscall.SIGHUP: true} {
		ready := filepath.Join(t.TempDir(), "ready")
		cmd := npm(dir, "node", "node_modules/wxdev/wxdev.js", "emulator", "--ready-file", ready)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // no terminal, which would send Ctrl-C to both
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		end := time.AfterFunc(busy.Net, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
		for deadline := time.Now().Add(busy.Net); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
			if _, err := os.Stat(ready); err == nil {
				break
			}
		}
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		err := cmd.Wait() // for both: the output is theirs
		end.Stop()
		status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus)
		if killed && status.Signal() != signal || !killed && err != nil {
			t.Errorf("%v: %v\n%s", signal, err, out.String())
		}
	}
}

// TestNPMWithoutProgram: who leaves out optional dependencies is told.
func TestNPMWithoutProgram(t *testing.T) {
	made := dist(t, "npm")
	dir := installed(t, filepath.Join(made, "wxdev-"+version+".tgz"))
	for lang, want := range map[string]string{"en": "hint: install with optional dependencies", "zh": "提示：安装时不要跳过可选依赖"} {
		_, err := npm(dir, "npx", "wxdev", "verify", "--lang", lang).Output()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 3 || !strings.Contains(string(exit.Stderr), want) {
			t.Errorf("%s: %v: want exit code 3 and %q\n%s", lang, err, want, exit.Stderr)
		}
	}
}

// TestNPMOtherPlatform: who has a system without a program is not told to install
// one again.
func TestNPMOtherPlatform(t *testing.T) {
	made := dist(t, "npm")
	dir := installed(t, filepath.Join(made, "wxdev-"+version+".tgz"))
	if err := os.WriteFile(filepath.Join(dir, "other.js"), []byte("Object.defineProperty(process, 'platform', {value: 'freebsd'});"), 0o644); err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[string]string{"en": "there is no program for freebsd-", "zh": "没有适用于 freebsd-"} {
		_, err := npm(dir, "node", "-r", "./other.js", "node_modules/wxdev/wxdev.js", "verify", "--lang", lang).Output()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 3 || !strings.Contains(string(exit.Stderr), want) || !strings.Contains(string(exit.Stderr), "linux-x64") {
			t.Errorf("%s: %v: want exit code 3 and %q\n%s", lang, err, want, exit.Stderr)
		}
	}
}
