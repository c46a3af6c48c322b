package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/schema"
	"github.com/wxdev/wxdev/internal/stacks"
)

const examples = "../../examples"

var editorPages = []string{"../../docs/editors.md", "../../docs/editors.zh-CN.md"}

var schemaAddress = regexp.MustCompile(`https://raw\.githubusercontent\.com/wxdev/wxdev/main/([^\s">]+)`)

// TestEditorPagesNameSchemas: each address is that of a schema, the files' are
// all there, and the settings for VS Code are JSON whose patterns match.
func TestEditorPagesNameSchemas(t *testing.T) {
	for _, page := range editorPages {
		text := readText(t, page)
		var named []string
		for _, m := range schemaAddress.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat("../../" + m[1]); err != nil {
				t.Errorf("%s: %v", page, err)
			}
			named = append(named, m[0])
		}
		for _, name := range schema.Files() {
			if !slices.Contains(named, schema.URL(name)) {
				t.Errorf("%s does not name %s", page, schema.URL(name))
			}
		}
		var settings map[string]any
		if err := json.Unmarshal([]byte(fenced(t, page, text, "json", 0)), &settings); err != nil {
			t.Errorf("%s: %v", page, err)
		}
		patterns, _ := settings["evenBetterToml.schema.associations"].(map[string]any)
		for pattern := range patterns {
			re, err := regexp.Compile(pattern)
			if err != nil || !re.MatchString("file:///srv/bot/wxdev.toml") && !re.MatchString("file:///srv/bot/conversations/greeting.toml") {
				t.Errorf("%s: %s matches no file, %v", page, pattern, err)
			}
		}
	}
}

// fenced is the nth block of a kind.
func fenced(t *testing.T, page, text, kind string, n int) string {
	t.Helper()
	parts := strings.Split(text, "```"+kind+"\n")
	if len(parts) < n+2 {
		t.Fatalf("%s has no block %d of %s", page, n, kind)
	}
	block, _, _ := strings.Cut(parts[n+1], "```")
	return block
}

// TestTaplo has what editors use check files by the configuration that the page
// shows, with the schemas of this checkout in place of those in the network.
func TestTaplo(t *testing.T) {
	stacks.Need(t, "npm taplo")
	taplo, err := filepath.Abs("../../testdata/editors/node_modules/@taplo/cli/dist/cli.js")
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := filepath.Abs("../../docs/schemas")
	if err != nil {
		t.Fatal(err)
	}
	local := strings.NewReplacer("https://raw.githubusercontent.com/wxdev/wxdev/main/docs/schemas", "file://"+filepath.ToSlash(schemas))
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(local.Replace(text)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	lint := func(files ...string) (string, error) {
		cmd := exec.Command("node", append([]string{taplo, "lint", "--colors", "never"}, files...)...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	write(".taplo.toml", fenced(t, editorPages[0], readText(t, editorPages[0]), "toml", 1))

	var good []string
	scenarios, err := filepath.Glob(filepath.Join(examples, "scenarios", "*.toml"))
	if err != nil || len(scenarios) < 3 {
		t.Fatalf("%q, %v", scenarios, err)
	}
	for _, file := range scenarios {
		name := "conversations/" + filepath.Base(file)
		write(name, readText(t, file))
		good = append(good, name)
	}
	env, out, _ := testEnv(t)
	if code := Main([]string{"init", "--scenario", "-"}, env); code != exitOK {
		t.Fatalf("exit %d", code)
	}
	write("written.toml", out.String()) // its first line names the schema
	write("wxdev.toml", "[account]\nurl = \"http://127.0.0.1:8080/wechat\"\ntoken = \"mytoken\"\nmode = \"safe\"\n")
	if out, err := lint(append(good, "written.toml", "wxdev.toml")...); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	wrong := map[string]struct{ text, want string }{
		"conversations/bad.toml": {"[[step]]\nsend = \"text\"\nexpekt = { type = \"text\" }\n", "'expekt' was unexpected"},
		"other/wxdev.toml":       {"[account]\nmode = \"saef\"\n", `"saef" is not one of`},
		"rules.toml":             {schemaLine("replies") + "[[rule]]\ntext = \"a\"\n", `"reply" is a required property`},
		"seed.toml":              {schemaLine("seed") + "[[account]]\nappid = 1\n", `1 is not of type "string"`},
		"menu.toml":              {schemaLine("menu") + "[[button]]\nnaem = \"a\"\n", "'naem' was unexpected"},
	}
	var bad []string
	for name, file := range wrong {
		write(name, file.text)
		bad = append(bad, name)
	}
	said, err := lint(bad...)
	if err == nil {
		t.Error("wrong files are passed")
	}
	for name, file := range wrong {
		if !strings.Contains(said, file.want) {
			t.Errorf("%s: no %q in\n%s", name, file.want, said)
		}
	}
}
