package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/local"
)

// english is a run of small words, as no Chinese text has one: names of fields
// and commands are shorter.
var english = regexp.MustCompile(`(?:\b[a-z][a-z']*[ ,;:]+){3,}[a-z]+\b`)

// quotations are what a text quotes: of the user's, of commands, of libraries.
var quotations = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'[^']*'|“[^”]*”|wxdev [a-z].*|--[a-z-]+`)

// TestErrorsAreChinese runs what the scripts run in vain: every command line that
// is a mistake, for a Chinese user.
func TestErrorsAreChinese(t *testing.T) {
	scripts, err := filepath.Glob("../../testdata/script/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for i, name := range scripts {
		if scripts[i], err = filepath.Abs(name); err != nil {
			t.Fatal(err)
		}
	}
	api, err := local.NewServer(emulator.Config{}) // whoever comes so far as to call it waits for nothing
	if err != nil {
		t.Fatal(err)
	}
	defer api.Close()
	n := 0
	for _, name := range scripts {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		t.Chdir(dir)
		for _, f := range a.Files {
			path := filepath.Join(dir, f.Name)
			if os.MkdirAll(filepath.Dir(path), 0o700) != nil || os.WriteFile(path, f.Data, 0o600) != nil {
				t.Fatal("cannot write the files of " + name)
			}
		}
		vars := map[string]string{"WXDEV_LANG": "zh", "URL": api.URL, "NOBODY": "127.0.0.1:1", "WORK": dir}
		for line := range strings.SplitSeq(string(a.Comment), "\n") {
			words := scriptWords(line, vars)
			switch {
			case len(words) == 2 && words[0] == "env":
				key, value, _ := strings.Cut(words[1], "=")
				if key != "WXDEV_LANG" {
					vars[key] = value
				}
			case len(words) > 3 && words[0] == "exits" && words[1] == "2" && words[2] == "wxdev":
				n++
				for _, left := range englishOf(t, dir, vars, words[3:]) {
					t.Errorf("%s: %s: %q", filepath.Base(name), strings.Join(words[2:], " "), left)
				}
			}
		}
	}
	if n < 150 {
		t.Errorf("only %d command lines were run", n)
	}
}

// scriptWords splits a line as testscript does.
func scriptWords(line string, vars map[string]string) []string {
	var all []string
	for _, m := range regexp.MustCompile(`(?:'[^']*'|[^\s'])+`).FindAllString(line, -1) {
		if strings.HasPrefix(m, "#") {
			break
		}
		if !strings.HasPrefix(m, "'") {
			m = os.Expand(m, func(name string) string { return vars[name] })
		}
		all = append(all, strings.ReplaceAll(m, "'", ""))
	}
	return all
}

// englishOf runs a command line for a Chinese user, and returns the lines that
// are English.
func englishOf(t *testing.T, dir string, vars map[string]string, args []string) (left []string) {
	t.Helper()
	for i, arg := range args {
		if arg == "--lang" || strings.HasPrefix(arg, "--lang=en") || arg == "&" && i > 0 {
			return nil
		}
	}
	env, out, errOut := testEnv(t)
	env.LookupEnv = func(name string) (string, bool) { v, ok := vars[name]; return v, ok }
	env.Getwd = func() (string, error) { return dir, nil }
	Main(args, env)
	for line := range strings.SplitSeq(out.String()+errOut.String(), "\n") {
		if english.MatchString(quotations.ReplaceAllString(line, "")) {
			left = append(left, line)
		}
	}
	return left
}

// TestOutputIsChinese runs what goes well, or says no, against a server and an
// emulator.
func TestOutputIsChinese(t *testing.T) {
	api, err := local.NewServer(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer api.Close()
	server := httptest.NewServer(scriptServers["echobot"])
	defer server.Close()
	dir := t.TempDir()
	t.Chdir(dir)
	for name, text := range map[string]string{
		"menu.json": demoMenu, "bad.json": `{"button":[{"type":"clik","name":"x"}]}`, "key": emulator.DefaultAESKey,
		"body.xml": "<xml><Encrypt>AAAA</Encrypt></xml>", "log": "GET /wechat?signature=abc&timestamp=1&nonce=2 HTTP/1.0\nGET /\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	vars := map[string]string{
		"WXDEV_LANG": "zh", "WXDEV_API_BASE": api.URL, "WXDEV_APPID": emulator.DefaultAppID, "WXDEV_SECRET": emulator.DefaultSecret,
		"WXDEV_TOKEN": "letmein7", "WXDEV_AES_KEY": emulator.DefaultAESKey, "WXDEV_URL": server.URL,
	}
	for line := range strings.SplitSeq(`
config
token --info
ticket --info
status
keygen
version
sign
sign --curl
encrypt hello
encrypt --envelope --to gh_1 hello
decrypt AAAA --show-steps
decrypt body.xml --show-steps
decrypt --body body.xml --msg-signature abc --timestamp 1 --nonce 2 --show-steps
check -v 'signature=abc&timestamp=1714036504&nonce=2'
check -v 'signature=f464b24fc39322e44b38aa78f5edd27bd1441696&timestamp=1714036504&nonce=1320562132'
check log
send list
send list text
send text 你好 -v
send subscribe
send text 你好 --mode safe
send text 你好 --set Foo=1
send text 你好 --url http://127.0.0.1:1/
verify --timeout 2
verify --only V18
verify --token wrong12345
menu lint
menu lint bad.json
menu push --dry-run
menu push --yes
menu diff
menu list
menu pull copy.json
menu pull copy.toml
menu delete
custom send text hi --to oX
api GET /cgi-bin/menu/get --field menu.buttn
api GET /cgi-bin/menu/get --field menu.button.9
sign-js https://example.com/
sign-js --card --card-id x
sign-js --explain 0123456789012345678901234567890123456789 --nonce a --timestamp 1 https://example.com/
sign-js --explain none.js https://example.com/
explain V18
explain zzz qqq
explain V999
init --scenario
init --scenario later
test scenario.toml -v
test later.toml
replay 0001
replay --to-scenario
nosuch
help nosuch
verify --nosuch
verify -Z
verify --timeout
verify --timeout soon
verify --json=maybe
send text --attempts many
`, "\n") {
		args := scriptWords(line, vars)
		if len(args) == 0 {
			continue
		}
		for _, left := range englishOf(t, dir, vars, args) {
			t.Errorf("wxdev %s: %q", line, left)
		}
	}
}
