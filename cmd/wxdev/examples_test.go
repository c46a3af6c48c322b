//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/stacks"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
)

// exampleBots are the folders of examples/ with a program, and what runs it.
var exampleBots = map[string]struct {
	run       []string
	needs     string
	scenarios string // the folder
}{
	"go-bot":         {[]string{"go", "run", "."}, "go", "scenarios"},
	"flask-bot":      {[]string{"{python}", "bot.py"}, "flask", "scenarios"},
	"express-bot":    {[]string{"node", "bot.js"}, "npm packages", "scenarios"},
	"llm-go-bot":     {[]string{"go", "run", "."}, "go", "later"},
	"llm-python-bot": {[]string{"{python}", "bot.py"}, "flask", "later"},
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
// it: no bot may be worth even a warning, and all of a kind go by the same
// scenarios, one after the other and side by side. What comes later goes by way
// of an emulator.
func TestExamples(t *testing.T) {
	for name, bot := range exampleBots {
		t.Run(name, func(t *testing.T) {
			stacks.Need(t, bot.needs)
			// An example has no Express of its own in a checkout.
			modules := "NODE_PATH=" + stacks.Testdata("servers/node/node_modules")
			emu, err := local.NewServer(emulator.Config{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(emu.Close)
			url := "http://" + stacks.Serve(t, filepath.Join(examples, name), bot.run, "TOKEN=letmein7", modules,
				"WXDEV_API_BASE="+emu.URL, "APPID="+emulator.DefaultAppID, "SECRET="+emulator.DefaultSecret) + "/wechat"
			wxdev := func(args ...string) {
				t.Helper()
				env, out, errOut := testEnv(t, "WXDEV_URL", url, "WXDEV_TOKEN", "letmein7", "WXDEV_API_BASE", emu.URL)
				env.Now = time.Now
				if code := Main(args, env); code != exitOK {
					t.Errorf("wxdev %s: exit %d\n%s%s", strings.Join(args, " "), code, out, errOut)
				}
			}
			wxdev("verify", "--strict", "--skip", "V14,V28,V37") // which a busy machine would cause
			wxdev("test", filepath.Join(examples, bot.scenarios))
			wxdev("test", filepath.Join(examples, bot.scenarios), "--parallel", "8")
		})
	}
}
