package main

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/stacks"
)

// TestTestcontainersTypes has the example in TypeScript checked against the
// types of the package.
func TestTestcontainersTypes(t *testing.T) {
	stacks.Need(t, "npm testcontainers")
	dir := filepath.Join(examples, "testcontainers", "node")
	tsc := exec.Command("node", filepath.Join("node_modules", "typescript", "bin", "tsc"))
	tsc.Dir = dir
	if out, err := tsc.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

var (
	containerCommand = regexp.MustCompile(`(?i)with_?command\(\[?("emulator".*?)\]?\)`)
	controlPath      = regexp.MustCompile(`/__wxdev/[a-z/]+`)
)

// TestTestcontainersCommands: what the examples give the container is a command of
// wxdev's, and the paths that they ask are the control API's. What cannot be run
// here says so.
func TestTestcontainersCommands(t *testing.T) {
	env, _, _ := testEnv(t)
	root := NewRoot(env)
	for file, isRun := range map[string]bool{"node/bot.test.ts": true, "java/BotTest.java": false, "python/test_bot.py": false} {
		text := readText(t, filepath.Join(examples, "testcontainers", filepath.FromSlash(file)))
		if !isRun && !strings.Contains(text, "Not run here") {
			t.Errorf("%s does not say that it is not run here", file)
		}
		m := containerCommand.FindStringSubmatch(text)
		if m == nil {
			t.Errorf("%s has no command", file)
			continue
		}
		words := strings.Fields(strings.NewReplacer(`"`, "", ",", "", "`", "").Replace(m[1]))
		if fault := (mention{quoted: true, words: words}).fault(root); fault != "" {
			t.Errorf("%s: %q: %s", file, words, fault)
		}
		paths := controlPath.FindAllString(text, -1)
		for _, path := range paths {
			switch path {
			case "/__wxdev/ready", "/__wxdev/users/", "/__wxdev/users/alice/text", "/__wxdev/users/alice/chat":
			default:
				t.Errorf("%s asks %s", file, path)
			}
		}
		if len(paths) < 3 {
			t.Errorf("%s asks only %q", file, paths)
		}
	}
}
