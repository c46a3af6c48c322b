package atomicfile

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var writers = map[string]func(path string, content []byte) error{
	"Write":        func(path string, content []byte) error { return Write(path, content, 0o644) },
	"Replace":      Replace,
	"Create":       func(path string, content []byte) error { return Create(path, content, 0o644) },
	"CreateSynced": func(path string, content []byte) error { return CreateSynced(path, content, 0o600) },
}

const killedEnv = "ATOMICFILE_WRITER"

func TestMain(m *testing.M) {
	if name := os.Getenv(killedEnv); name != "" {
		writeForEver(name, os.Args[1])
	}
	os.Exit(m.Run())
}

// content is large, and tells by each byte which one it is.
func content(n int) []byte { return bytes.Repeat([]byte{'a' + byte(n%26)}, 4<<20) }

// writeForEver is the process that is killed. Creators write a file of another
// name each time.
func writeForEver(name, dir string) {
	for n := 0; ; n++ {
		path := filepath.Join(dir, "file")
		if strings.HasPrefix(name, "Create") {
			path = fmt.Sprintf("%s%d", path, n%8)
			_ = os.Remove(path)
		}
		if err := writers[name](path, content(n)); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		if n == 1 {
			fmt.Println("writing")
		}
	}
}

// TestKilled: whenever a process dies, and whoever reads meanwhile, a file is
// whole.
func TestKilled(t *testing.T) {
	for name, write := range writers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			self, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			for round := range 5 {
				c := exec.Command(self, dir)
				c.Env = append(os.Environ(), killedEnv+"="+name)
				out, err := c.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := c.Start(); err != nil {
					t.Fatal(err)
				}
				line, err := bufio.NewReader(out).ReadString('\n')
				if line != "writing\n" {
					t.Errorf("the writer says %q, %v", line, err)
				}
				end := time.Now().Add(time.Duration(round*7+3) * time.Millisecond)
				for ok := true; ok; ok = time.Now().Before(end) {
					allWhole(t, dir)
				}
				_ = c.Process.Kill()
				_ = c.Wait()
				if allWhole(t, dir) == 0 {
					t.Error("nothing was written")
				}
			}
			// What the dead have left is in nobody's way.
			path := filepath.Join(dir, "file")
			_ = os.Remove(path)
			if err := write(path, []byte("new")); err != nil {
				t.Error(err)
			}
		})
	}
}

// allWhole looks at the files of a folder, and says how many there are.
func allWhole(t *testing.T, dir string) (n int) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "file*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, ".tmp") {
			continue
		}
		b, err := os.ReadFile(path)
		if err != nil {
			continue // the writer has just removed it
		}
		n++
		if len(b) != 4<<20 || bytes.Count(b, b[:1]) != len(b) {
			t.Errorf("%s has %d bytes", path, len(b))
		}
	}
	return n
}
