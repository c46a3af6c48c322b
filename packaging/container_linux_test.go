package packaging

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"net/http"
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

// maxImage is how large the image may be, in bytes.
const maxImage = 20_000_000

// image is what the last stage of the Containerfile says.
type image struct {
	root            string
	entry, cmd      []string
	health          []string
	user, dir, base string
	env             []string
}

// readImage refuses an instruction that the test does not follow.
func readImage(t *testing.T) image {
	t.Helper()
	text, err := os.ReadFile("../Containerfile")
	if err != nil {
		t.Fatal(err)
	}
	var i image
	list := func(text string) (words []string) {
		if err := json.Unmarshal([]byte(text), &words); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return words
	}
	for line := range strings.Lines(string(text)) {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch name {
		case "FROM":
			i = image{base: rest}
		case "USER":
			i.user = rest
		case "WORKDIR":
			i.dir = rest
		case "ENV":
			i.env = strings.Fields(rest)
		case "ENTRYPOINT":
			i.entry = list(rest)
		case "CMD":
			i.cmd = list(rest)
		case "HEALTHCHECK":
			_, command, _ := strings.Cut(rest, "CMD ")
			i.health = list(command)
		case "COPY", "RUN", "ARG", "LABEL", "EXPOSE", "", "#":
			if strings.HasPrefix(rest, "--from=build") && rest != "--from=build /rootfs /" {
				t.Errorf("the test does not know %q", line)
			}
		default:
			t.Fatalf("the test does not know %q", line)
		}
	}
	return i
}

// in is a command in the root file system, as the image's user.
func (i image) in(command ...string) *exec.Cmd {
	program := ""
	for _, v := range i.env {
		if path, ok := strings.CutPrefix(v, "PATH="); ok {
			program = path + "/" + command[0]
		}
	}
	cmd := exec.Command(program, command[1:]...)
	cmd.Path, cmd.Err = program, nil // of that file system, not of this one
	cmd.Env, cmd.Dir = i.env, i.dir
	var uid, gid uint32
	_, _ = fmt.Sscanf(i.user, "%d:%d", &uid, &gid)
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: i.root, Credential: &syscall.Credential{Uid: uid, Gid: gid}}
	return cmd
}

// TestContainer makes the files of the image as its Containerfile does, goes into
// them as its user, and runs what it runs, health check included. There is no
// engine here, so nothing is said of layers and networks.
func TestContainer(t *testing.T) {
	stacks.Need(t, "go")
	if os.Getuid() != 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("chroot takes root")
		}
		t.Skip("chroot takes root")
	}
	i := readImage(t)
	i.root = t.TempDir()
	for dir := i.root; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil { // the user goes through them
			t.Fatal(err)
		}
	}
	rootfs := exec.Command("sh", "packaging/container/rootfs.sh", i.root, "v"+version)
	rootfs.Dir = ".."
	if out, err := rootfs.CombinedOutput(); err != nil {
		t.Fatalf("rootfs.sh: %v\n%s", err, out)
	}
	hasFiles(t, i.root, "etc/ssl/certs/ca-certificates.crt")
	if i.base != "scratch" || i.user != "65532:65532" {
		t.Errorf("the image is of %s, its user is %s", i.base, i.user)
	}
	if size := sizeOf(t, i.root); size > maxImage {
		t.Errorf("the image has %d bytes", size)
	}
	if out, err := i.in(append(i.entry, "--version")...).CombinedOutput(); string(out) != "wxdev version v"+version+"\n" {
		t.Errorf("it says %q: %v", out, err)
	}
	i.health, i.cmd = elsewhere(t, i.health), elsewhere(t, i.cmd)
	if err := i.in(i.health...).Run(); err == nil {
		t.Error("it is healthy before it runs")
	}
	i.run(t)
}

// port is one for 8900, which somebody may have here.
var port string

func elsewhere(t *testing.T, command []string) []string {
	t.Helper()
	if port == "" {
		_, port, _ = net.SplitHostPort(busy.Free(t))
	}
	text := strings.Join(command, "\x00")
	if !strings.Contains(text, ":8900") {
		t.Errorf("%q has no port 8900", command)
	}
	return strings.Split(strings.ReplaceAll(text, ":8900", ":"+port), "\x00")
}

func sizeOf(t *testing.T, dir string) (size int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		size += info.Size()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return size
}

// run starts the default command, is told that it is healthy, reaches it by an
// address as from outside, and stops it as an engine does.
func (i image) run(t *testing.T) {
	cmd := i.in(append(i.entry, i.cmd...)...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill() }() // it has ended
	var said []byte
	for deadline := time.Now().Add(busy.Net); ; time.Sleep(20 * time.Millisecond) {
		var err error
		if said, err = i.in(i.health...).CombinedOutput(); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("it does not become healthy: %s", said)
		}
	}
	for _, host := range []string{"127.0.0.1", "localhost"} { // by a published port
		resp, err := http.Get("http://" + net.JoinHostPort(host, port) + "/__wxdev/ready")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s answers %s", host, resp.Status)
		}
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("at the end: %v", err)
	}
	if s := out.String(); !strings.Contains(s, "emulating api.weixin.qq.com on http://127.0.0.1:"+port) {
		t.Errorf("it says:\n%s", s)
	}
}
