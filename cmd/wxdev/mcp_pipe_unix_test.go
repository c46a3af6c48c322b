//go:build unix

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
)

// TestMCPWaitsForNoPipe: a pipe that nobody writes to, wherever a tool takes the
// name of a file, is refused. The empty device is a file without content.
func TestMCPWaitsForNoPipe(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe.toml")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	calls := map[string]string{
		"a file":       `{"name":"menu_lint","arguments":{"files":["PIPE"]}}`,
		"a device":     `{"name":"menu_lint","arguments":{"files":["/dev/zero"]}}`,
		"in a folder":  `{"name":"test","arguments":{"files":["DIR"],"url":"http://127.0.0.1:1/","token":"letmein7"}}`,
		"the settings": `{"name":"verify","arguments":{"config":"PIPE"}}`,
		"a secret":     `{"name":"verify","arguments":{"url":"http://127.0.0.1:1/","token":"file:PIPE"}}`,
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			call = strings.NewReplacer("PIPE", pipe, "DIR", dir).Replace(call)
			said, code := mcpCall(t, dir, call)
			if code != exitOK || !strings.Contains(said, "a pipe or a device") || !strings.Contains(said, `"isError":true`) {
				t.Errorf("exit %d: %s", code, said)
			}
		})
	}
	if said, _ := mcpCall(t, dir, `{"name":"verify","arguments":{"config":"`+os.DevNull+`"}}`); !strings.Contains(said, "no url and no token") {
		t.Errorf("with %s: %s", os.DevNull, said)
	}
}

// mcpCall is what wxdev mcp answers to one call, and its exit code.
func mcpCall(t *testing.T, dir, call string) (string, int) {
	t.Helper()
	env, out, _ := testEnv(t)
	env.Std = [3]*os.File{}
	env.Getwd = func() (string, error) { return dir, nil }
	env.In = strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":` + call + "}\n")
	ended := make(chan int, 1)
	go func() { ended <- Main([]string{"mcp", "--allow-changes"}, env) }()
	select {
	case code := <-ended:
		if !json.Valid(out.Bytes()) {
			t.Errorf("no JSON: %s", out)
		}
		return out.String(), code
	case <-time.After(busy.Net):
		t.Fatal("it waits")
		return "", 0
	}
}
