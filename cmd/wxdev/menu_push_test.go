package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
)

// TestMenuPushAsks: on a terminal, before something live goes, and only then.
func TestMenuPushAsks(t *testing.T) {
	s, err := local.NewServer(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	dir := t.TempDir()
	files := map[string]string{
		"two.json": `{"button": [{"type": "click", "name": "一", "key": "A"}, {"type": "click", "name": "二", "key": "B"}]}`,
		"one.json": `{"button": [{"type": "click", "name": "一", "key": "A"}]}`,
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	vars := []string{"WXDEV_API_BASE", s.URL, "WXDEV_APPID", emulator.DefaultAppID, "WXDEV_SECRET", emulator.DefaultSecret}
	push := func(answer string, args ...string) (code int, out, errs string) {
		env, outBuf, errBuf := testEnv(t, vars...)
		env.In, env.InTTY, env.ErrTTY = strings.NewReader(answer), true, true
		env.CacheDir = func() (string, error) { return dir, nil }
		code = Main(append([]string{"menu", "push", "--color", "never"}, args...), env)
		return code, outBuf.String(), errBuf.String()
	}
	file := func(name string) string { return filepath.Join(dir, name) }

	if code, out, errs := push("", file("two.json")); code != exitOK || strings.Contains(errs, "Go on?") {
		t.Fatalf("nothing goes, so nothing is asked: %d\n%s%s", code, out, errs)
	}
	code, out, errs := push("n\n", file("one.json"))
	if code != exitNo || !strings.Contains(errs, "live parts of wx0123456789abcdef at "+strings.TrimPrefix(s.URL, "http://")+" that would be removed: 1\nGo on? [y/N] nothing was sent") {
		t.Errorf("no: %d\n%s%s", code, out, errs)
	}
	if code, _, errs := push("", file("one.json")); code != exitNo {
		t.Errorf("no answer at all: %d\n%s", code, errs)
	}
	if code, out, _ := push("", file("two.json")); code != exitOK || !strings.HasPrefix(out, "unchanged") {
		t.Errorf("the menu did not survive: %d\n%s", code, out)
	}
	if code, out, errs := push("y\n", file("one.json")); code != exitOK || !strings.Contains(out, "pushed") {
		t.Errorf("yes: %d\n%s%s", code, out, errs)
	}
	// Some CI systems give a job a terminal.
	vars = append(vars, "CI", "true")
	if code, _, errs := push("", file("two.json")); code != exitOK {
		t.Fatalf("in CI: %d\n%s", code, errs)
	}
	if code, out, errs := push("", file("one.json")); code != exitOK || !strings.Contains(out, "pushed") || strings.Contains(errs, "Go on?") {
		t.Errorf("in CI: %d\n%s%s", code, out, errs)
	}
	if bytes.Contains([]byte(errs), []byte(emulator.DefaultSecret)) {
		t.Error("the secret was printed")
	}
}
