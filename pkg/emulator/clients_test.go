package emulator_test

import (
	"bytes"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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

// noSuchCall is the errcode of a path that is not emulated.
const noSuchCall = 40066

// client is a program on an SDK that nobody here wrote; sdk is its package.
type client struct {
	name, sdk, needs, dir string // dir is in testdata
	run                   []string
	silent                bool // it only logs users in, and sends none of them 你好
}

var clients = []client{
	{"wechat-api", "wechat-api", "npm clients", "clients/node", []string{"node", "wechat-api.mjs"}, false},
	{"co-wechat-api", "co-wechat-api", "npm clients", "clients/node", []string{"node", "co-wechat-api.mjs"}, false},
	{"node-easywechat", "node-easywechat", "npm clients", "clients/node", []string{"node", "node-easywechat.mjs"}, false},
	{"wechat-oauth", "wechat-oauth", "npm clients", "clients/node", []string{"node", "wechat-oauth.mjs"}, true},
	{"co-wechat-oauth", "co-wechat-oauth", "npm clients", "clients/node", []string{"node", "co-wechat-oauth.mjs"}, true},
	{"tnwx", "@tnwx/wxmp", "npm clients", "clients/node", []string{"node", "tnwx.mjs"}, false},
	{"silenceper", "github.com/silenceper/wechat/v2", "silenceper", "silenceper", []string{"go", "run", "./client"}, false},
}

// TestClients lets them call the emulator on a socket. Each checks what it
// gets; what they have in common is checked here.
func TestClients(t *testing.T) {
	for _, c := range clients {
		t.Run(c.name, func(t *testing.T) {
			stacks.Need(t, c.needs)
			s := clientServer(t)
			runClient(t, s, c.dir, c.run)
			for _, e := range s.Log(emulator.Match{}) {
				if e.Status != 200 && e.Status != 302 {
					t.Errorf("%s %s: status %d: %s", e.Method, e.Path, e.Status, e.Response)
				}
				if e.ErrCode == noSuchCall {
					t.Errorf("the SDK calls what is not emulated: %s", e.ErrMsg)
				}
			}
			chat, err := s.Chat("", "alice")
			if !c.silent && (err != nil || len(chat) < 2 || !strings.HasPrefix(chat[1].Text, "你好")) {
				t.Errorf("what was sent did not come: %+v, %v", chat, err)
			}
		})
	}
}

// TestClientsAreListed finds a client that nothing runs.
func TestClientsAreListed(t *testing.T) {
	files, err := filepath.Glob(stacks.Testdata("clients/node/*.mjs"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		script := filepath.Base(f)
		if script != "setup.mjs" && !slices.ContainsFunc(clients, func(c client) bool { return slices.Contains(c.run, script) }) {
			t.Errorf("no test runs %s", f)
		}
	}
}

// TestClientDocs: docs/sdks.md names each client, with its version.
func TestClientDocs(t *testing.T) {
	for _, page := range stacks.SDKDocs {
		rows := stacks.Rows(t, page)
		for _, c := range clients {
			rows["client/"+c.name].Check(t, stacks.Versioned(t, c.sdk, c.dir), nil, "works", "可用")
		}
	}
}

// clientServer is an emulator with alice, who has written.
func clientServer(t *testing.T) *local.Server {
	t.Helper()
	state, err := emulator.ParseState("seed", []byte(clientSeed))
	if err != nil {
		t.Fatal(err)
	}
	s, err := local.NewServer(emulator.Config{Seed: state})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if _, err := s.Act(t.Context(), emulator.Action{User: "alice", Do: "text", Value: "hi"}); err != nil {
		t.Fatal(err)
	}
	return s
}

func runClient(t *testing.T, s *local.Server, dir string, run []string) {
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
	cmd := exec.CommandContext(t.Context(), run[0], run[1:]...)
	cmd.Dir = stacks.Testdata(dir)
	cmd.Env = append(os.Environ(),
		"WXDEV_API_BASE="+s.URL, "WXDEV_APPID="+emulator.DefaultAppID, "WXDEV_SECRET="+emulator.DefaultSecret,
		"ALICE="+message.OpenID("alice"), "FILES="+files, "TMPDIR="+t.TempDir(), "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Run(); err != nil {
		t.Errorf("%s: %v\n%s", strings.Join(run, " "), err, output.String())
	}
}
