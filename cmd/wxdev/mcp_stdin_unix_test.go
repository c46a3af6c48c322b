//go:build unix

package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
)

// TestMCPOwnStdin: a tool that is told to read /dev/stdin does not take what the
// client says, nor wait for it.
func TestMCPOwnStdin(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command("wxdev", "mcp")
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(busy.Net, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	lines := bufio.NewReader(out)
	for _, call := range []string{
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"menu_lint","arguments":{"files":["/dev/stdin"]}}}`,
		`{"jsonrpc":"2.0","id":2,"method":"ping"}`,
	} {
		if _, err := io.WriteString(in, call+"\n"); err != nil {
			t.Fatal(err)
		}
		id, _, _ := strings.Cut(call, `,"method"`)
		if line, err := lines.ReadString('\n'); err != nil || !strings.HasPrefix(line, id) {
			t.Errorf("it answers %.300s, %v", line, err)
		}
	}
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}
