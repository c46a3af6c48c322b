//go:build unix

package verify_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/verify"
)

const (
	serversDir  = "../../testdata/servers"
	stackToken  = "wxdevtoken"
	stackAppID  = "wx0123456789abcdef"
	stackAESKey = "wxdevwxdevwxdevwxdevwxdevwxdevwxdevwxdevwxd"
)

// stack is an entry of testdata/servers/servers.toml, which explains the fields.
type stack struct {
	Name     string   `toml:"name"`
	Dir      string   `toml:"dir"`
	Run      []string `toml:"run"`
	Needs    []string `toml:"needs"`
	Format   string   `toml:"format"`
	Messages bool     `toml:"messages"`
	Hangs    bool     `toml:"hangs"`
	Mode     string   `toml:"mode"`
	Want     []string `toml:"want"`
}

func (s stack) encrypted() bool { return s.Mode == "compat" || s.Mode == "safe" }

func (s stack) options(t *testing.T, url string) verify.Options {
	o := verify.Options{
		URL: url, Token: stackToken, AppID: stackAppID,
		Format: s.Format, Messages: s.Messages, Mode: s.Mode,
	}.WithSlow(time.Hour)
	if s.encrypted() {
		key, err := msgcrypt.ParseKey(stackAESKey)
		if err != nil {
			t.Fatal(err)
		}
		o.AESKey, o.Codec = stackAESKey, msgcrypt.New(key, stackAppID)
	}
	return o
}

// environ is what the process sees: the AES key only where the account has
// one in use, as servers tell from it what to do.
func (s stack) environ(port, tmp string) []string {
	env := append(os.Environ(), "PORT="+port, "TOKEN="+stackToken, "APPID="+stackAppID, "TMPDIR="+tmp)
	if s.encrypted() {
		env = append(env, "AES_KEY="+stackAESKey)
	}
	return env
}

// TestStacks checks servers as people write them, run by the programs that
// people run them with: theory and stacks differ.
func TestStacks(t *testing.T) {
	for _, s := range readStacks(t) {
		t.Run(s.Name, func(t *testing.T) {
			s.demandTools(t)
			url := s.start(t)
			limit := busy.Net
			if s.Hangs {
				limit = 2 * time.Second
			}
			slices.Sort(s.Want)
			o := s.options(t, url)
			busy.Patiently(t, limit, func(limit time.Duration) error {
				o.Sender.Timeout = limit
				report := run(t, o)
				got := serious(report)
				slices.Sort(got)
				if !slices.Equal(got, s.Want) || report.OK() == s.wantsError() {
					return fmt.Errorf("findings %q, want %q; OK() is %t", got, s.Want, report.OK())
				}
				return nil
			})
		})
	}
}

// TestStacksTable finds what TestStacks would not: a server that nothing
// runs, and a wanted finding that there is none of.
func TestStacksTable(t *testing.T) {
	stacks := readStacks(t)
	for _, pattern := range []string{"python/*.py", "php/*.php", "node/*.mjs", "go/*", "java/*.java", "nginx/*.conf"} {
		files, err := filepath.Glob(filepath.Join(serversDir, pattern))
		if err != nil || len(files) == 0 {
			t.Errorf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, f := range files {
			name := filepath.Base(f)
			if name != "nginx.conf" && !slices.ContainsFunc(stacks, func(s stack) bool { return s.runs(name) }) {
				t.Errorf("servers.toml never runs %s", f)
			}
		}
	}
	for _, s := range stacks {
		for _, want := range s.Want {
			id, variant, _ := strings.Cut(want, " ")
			e, ok := catalog.Lookup(id)
			if !ok {
				t.Errorf("%s: no finding %q", s.Name, id)
			} else if _, ok := e.Variant(variant); !ok {
				t.Errorf("%s: %s has no variant %q", s.Name, id, variant)
			}
		}
	}
}

func readStacks(t *testing.T) []stack {
	t.Helper()
	file, err := os.Open(filepath.Join(serversDir, "servers.toml"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var table struct {
		Server []stack `toml:"server"`
	}
	if err := toml.NewDecoder(file).DisallowUnknownFields().Decode(&table); err != nil {
		t.Fatal(err)
	}
	return table.Server
}

// wantsError reports whether a wanted finding is worse than a warning.
func (s stack) wantsError() bool {
	return slices.ContainsFunc(s.Want, func(want string) bool {
		id, variant, _ := strings.Cut(want, " ")
		return catalog.SeverityOf(id, variant) == finding.Error
	})
}

func (s stack) runs(file string) bool {
	return slices.ContainsFunc(s.Run, func(arg string) bool { return filepath.Base(arg) == file })
}

// tools says for each word of "needs" whether the machine has it.
var tools = map[string]func() bool{
	"go":     func() bool { return program("go") != "" },
	"php":    func() bool { return program("php") != "" },
	"node":   func() bool { return program("node") != "" },
	"nginx":  func() bool { return program("nginx", "/usr/sbin/nginx") != "" },
	"python": func() bool { return program("python3") != "" },
	"java":   func() bool { return program("java") != "" && program("javac") != "" },
	"flask":  func() bool { return hasFlask(python()) },
	"php-xml": func() bool {
		modules, err := exec.Command("php", "-m").Output()
		return err == nil && bytes.Contains(modules, []byte("SimpleXML"))
	},
	"npm packages": func() bool {
		_, err := os.Stat(filepath.Join(serversDir, "node/node_modules/.package-lock.json"))
		return err == nil && program("node") != ""
	},
}

// demandTools fails where everything must run, and else skips, when a tool is
// missing.
func (s stack) demandTools(t *testing.T) {
	t.Helper()
	for _, need := range s.Needs {
		has, ok := tools[need]
		if !ok {
			t.Fatalf("servers.toml needs %q, which this test does not know", need)
		}
		if has() {
			continue
		}
		if os.Getenv("CI") == "true" || os.Getenv("WXDEV_STACKS") == "all" {
			t.Fatalf("no %s: run testdata/servers/setup.sh", need)
		}
		t.Skipf("no %s: testdata/servers/setup.sh installs it, or says how", need)
	}
}

// program returns the first of the names that can be run.
func program(names ...string) string {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// python prefers the system's, which has the system's Flask; setup.sh looks
// at the same two.
var python = sync.OnceValue(func() string {
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if hasFlask(name) {
			return name
		}
	}
	return "python3"
})

func hasFlask(python string) bool { return exec.Command(python, "-c", "import flask").Run() == nil }

// start runs the server until the test ends and returns its URL, once it
// takes connections.
func (s stack) start(t *testing.T) string {
	t.Helper()
	addr := busy.Free(t)
	_, port, _ := net.SplitHostPort(addr)
	args := make([]string, len(s.Run))
	for i, arg := range s.Run {
		if arg == "{python}" {
			arg = python()
		}
		args[i] = strings.ReplaceAll(arg, "{port}", port)
	}
	var output bytes.Buffer
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = filepath.Join(serversDir, s.Dir)
	cmd.Env = s.environ(port, t.TempDir())
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // to reach its children too
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		stop(cmd.Process.Pid, ended)
		if t.Failed() {
			t.Logf("%s printed:\n%s", strings.Join(args, " "), output.String())
		}
	})
	awaitListener(t, addr, ended)
	return "http://" + addr + "/wechat"
}

// stop asks the process group to end, and then makes it.
func stop(pid int, ended <-chan error) {
	_ = syscall.Kill(-pid, syscall.SIGTERM) // fails when all is over, which is fine
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
	}
	_ = syscall.Kill(-pid, syscall.SIGKILL)
	<-ended
}

// awaitListener returns when addr takes connections. Five minutes are for go
// run on a cold cache and a busy machine.
func awaitListener(t *testing.T, addr string, ended <-chan error) {
	t.Helper()
	deadline := time.Now().Add(5 * time.Minute)
	for {
		conn, err := net.DialTimeout("tcp", addr, time.Second)
		if err == nil {
			conn.Close()
			return
		}
		if !errors.Is(err, syscall.ECONNREFUSED) || time.Now().After(deadline) {
			t.Fatal(err)
		}
		select {
		case err := <-ended:
			t.Fatalf("the server ended before it took a connection: %v", err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}
