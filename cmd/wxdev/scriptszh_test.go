package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wxdev/wxdev/internal/busy"
)

// englishFile names, in the environment of scripts that are run for a Chinese
// user, the file that gets what they were told in English.
const englishFile = "WXDEV_TEST_ENGLISH"

// judged are the lines of a script that look at what was said.
var judged = regexp.MustCompile(`(?m)^(?:\[[^\]]*\] *)*!? *(?:stdout|stderr|ttyout|cmp|cmpenv|grep)\b.*$`)

// quotedInScripts is what the scripts' users, servers and accounts wrote, what
// is WeChat's own (the meaning of a code, the errmsg), and lists of commands.
var quotedInScripts = regexp.MustCompile(`（[^）]*）|not really a picture|the (?:bad|first) one|you said: .*|what do you mean|the card's quantity.*|errmsg  .*|"the permission.*|` +
	`4\d{4} [a-z].*|：\s+[a-z][-a-z ]+$|await using .*|^[- ]*\d+  .*`) // the last: names of requests, which are ids

// mainChinese runs a command of a script as mainHeld does, and notes what is
// English in what it says. What is for programs is English in both languages.
func mainChinese(args []string, env *Env, file string) int {
	var said bytes.Buffer
	env.Out, env.Err = io.MultiWriter(env.Out, &said), io.MultiWriter(env.Err, &said)
	code := mainHeld(args, env)
	if speaksEnglish(args, env) {
		return code
	}
	for line := range strings.SplitSeq(said.String(), "\n") {
		if english.MatchString(quotedInScripts.ReplaceAllString(quotations.ReplaceAllString(line, ""), "")) {
			f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
			if err != nil {
				panic(err)
			}
			fmt.Fprintf(f, "wxdev %s: %s\n", strings.Join(args, " "), line)
			f.Close()
		}
	}
	return code
}

// speaksEnglish reports whether a command was told to, or prints what is a
// language of its own: a schema, a completion, a script, the user's files.
func speaksEnglish(args []string, env *Env) bool {
	lang, _ := env.LookupEnv("WXDEV_LANG")
	return lang != "zh" || slices.Contains(args, "--json") || slices.Contains(args, "--export") ||
		slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "--lang") }) ||
		len(args) > 0 && slices.Contains([]string{"schema", "completion", "__complete", "decrypt"}, args[0])
}

// TestScriptsInChinese runs the scripts for a Chinese user: what is said is not
// compared, but there is no English in it.
func TestScriptsInChinese(t *testing.T) {
	if testing.Short() {
		t.Skip("runs every script once more")
	}
	scripts, err := filepath.Glob("../../testdata/script/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	dir := t.TempDir()
	for _, name := range scripts {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		head, files, some := bytes.Cut(b, []byte("\n-- "))
		head = judged.ReplaceAll(head, nil)
		if b = append(head, '\n'); some {
			b = append(b, "-- "+string(files)...)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	left := filepath.Join(t.TempDir(), "english")
	nobody := busy.Nobody(t)
	t.Run("run", func(t *testing.T) {
		testscript.Run(t, testscript.Params{
			Dir: dir, RequireExplicitExec: true, Cmds: scriptCommands,
			Setup: func(env *testscript.Env) error {
				env.Setenv("WXDEV_LANG", "zh")
				env.Setenv(englishFile, left)
				env.Setenv("FREE", busy.Free(t))
				return setUpScript(env, nobody)
			},
		})
	})
	if b, err := os.ReadFile(left); err == nil {
		t.Errorf("English:\n%s", b)
	}
}
