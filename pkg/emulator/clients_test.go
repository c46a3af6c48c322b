package emulator_test

import (
	"bytes"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/stacks"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
	"github.com/wxdev/wxdev/pkg/message"
)

// clientSeed is what the scripts of testdata/clients expect.
const clientSeed = `
[[account]]
appid = "wx0123456789abcdef"
[[account.user]]
name = "alice"
nickname = "爱丽丝"
[[account.template]]
id = "ORDER"
content = "{{first.DATA}}"
[[account.template]]
id = "NOTE"
content = "{{thing1.DATA}}"
subscribe = true
`

// onePixel is a picture, as PNG.
const onePixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

// TestClients lets clients that nobody here wrote call the emulator on a
// socket. Each script checks what it gets; what they have in common is
// checked here.
func TestClients(t *testing.T) {
	stacks.Need(t, "npm clients")
	for _, name := range []string{"wechat-api", "co-wechat-api", "node-easywechat"} {
		t.Run(name, func(t *testing.T) {
			state, err := emulator.ParseState("seed", []byte(clientSeed))
			if err != nil {
				t.Fatal(err)
			}
			s, err := local.NewServer(emulator.Config{Seed: state})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if _, err := s.Act(t.Context(), emulator.Action{User: "alice", Do: "text", Value: "hi"}); err != nil {
				t.Fatal(err)
			}
			runClient(t, s, name+".mjs")
			for _, e := range s.Log(emulator.Match{}) {
				if e.Status != 200 && e.Status != 302 {
					t.Errorf("%s %s: status %d: %s", e.Method, e.Path, e.Status, e.Response)
				}
			}
			chat, err := s.Chat("", "alice")
			if err != nil || len(chat) < 2 || !strings.HasPrefix(chat[1].Text, "你好") {
				t.Errorf("what was sent did not come: %+v, %v", chat, err)
			}
		})
	}
}

func runClient(t *testing.T, s *local.Server, script string) {
	t.Helper()
	files := t.TempDir()
	picture, err := base64.StdEncoding.DecodeString(onePixel)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(files, "a.png"), picture, 0o600); err != nil {
		t.Fatal(err)
	}
	var output bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "node", script)
	cmd.Dir = stacks.Testdata("clients/node")
	cmd.Env = append(os.Environ(),
		"WXDEV_API_BASE="+s.URL, "WXDEV_APPID="+emulator.DefaultAppID, "WXDEV_SECRET="+emulator.DefaultSecret,
		"ALICE="+message.OpenID("alice"), "FILES="+files, "TMPDIR="+t.TempDir(), "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Run(); err != nil {
		t.Errorf("node %s: %v\n%s", script, err, output.String())
	}
}
