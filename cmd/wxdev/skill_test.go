package main

import (
	"encoding/json"
	"maps"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/receiver"
)

// What agents are told: to use wxdev, and to work on it.
var agentFiles = []string{"skills/wxdev/SKILL.md", "AGENTS.md"}

const skillFile = "../../skills/wxdev/SKILL.md"

// TestSkillIsShort: a skill is read whole, into a context that has room for
// little else. Four bytes a token are a bound for English; Chinese takes three
// bytes for a character, which is rarely more than a token.
func TestSkillIsShort(t *testing.T) {
	if tokens := len(readText(t, skillFile)) / 4; tokens > 3000 {
		t.Errorf("it has about %d tokens, the limit is 3000", tokens)
	}
}

var (
	inlineCode = regexp.MustCompile("`([^`\n]+)`")
	aFlag      = regexp.MustCompile(`(?:^|\s)--([a-z][a-z-]*)`)
	makeTarget = regexp.MustCompile("(?m)(?:`|^)make ((?:[a-z-]+ ?)+)")
)

// TestAgentsAreToldOfFlagsThatExist: each flag is one of a command, as help
// --json has it; where a command stands before it, TestToldCommandsExist holds it
// to that.
func TestAgentsAreToldOfFlagsThatExist(t *testing.T) {
	env, out, _ := testEnv(t)
	if code := Main([]string{"help", "--json"}, env); code != exitOK {
		t.Fatalf("exit %d", code)
	}
	var manual helpJSON
	if err := json.Unmarshal(out.Bytes(), &manual); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, c := range manual.Commands {
		for _, f := range c.Flags {
			known[f.Name] = true
		}
	}
	n := 0
	for _, file := range agentFiles {
		for _, m := range inlineCode.FindAllStringSubmatch(readText(t, "../../"+file), -1) {
			for _, f := range aFlag.FindAllStringSubmatch(m[1], -1) {
				n++
				if !known[f[1]] {
					t.Errorf("%s tells of --%s, which no command has", file, f[1])
				}
			}
		}
	}
	if n < 10 {
		t.Errorf("only %d flags were found", n)
	}
}

// TestAgentsAreToldOfTargetsThatExist is about make.
func TestAgentsAreToldOfTargetsThatExist(t *testing.T) {
	makefile := readText(t, "../../Makefile")
	n := 0
	for _, file := range append(agentFiles, "CONTRIBUTING.md") {
		for _, m := range makeTarget.FindAllStringSubmatch(readText(t, "../../"+file), -1) {
			for name := range strings.FieldsSeq(m[1]) {
				n++
				if !strings.Contains(makefile, "\n"+name+":") {
					t.Errorf("%s tells of `make %s`, which there is not", file, name)
				}
			}
		}
	}
	if n < 10 {
		t.Errorf("only %d targets were found", n)
	}
}

// TestSkillReadsWhatIsPrinted: the object that the skill shows, and the names in
// the text about it, are those of the schema and of a run.
func TestSkillReadsWhatIsPrinted(t *testing.T) {
	server := httptest.NewServer(numericSort{&receiver.Handler{Token: "letmein7"}})
	defer server.Close()
	env, out, _ := testEnv(t)
	env.Now = time.Now
	Main([]string{"verify", "--json", "--url", server.URL + "/wechat", "--token", "letmein7"}, env)
	var run any
	if err := json.Unmarshal(out.Bytes(), &run); err != nil {
		t.Fatal(err)
	}
	printed := namesIn(run)
	env, out, _ = testEnv(t)
	if code := Main([]string{"schema", "verify"}, env); code != exitOK {
		t.Fatalf("exit %d", code)
	}
	var schema any
	if err := json.Unmarshal(out.Bytes(), &schema); err != nil {
		t.Fatal(err)
	}
	described := namesIn(schema)

	skill := readText(t, skillFile)
	_, section, _ := strings.Cut(skill, "## Read the JSON\n")
	section, _, _ = strings.Cut(section, "\n## ")
	_, sample, _ := strings.Cut(section, "```json\n")
	sample, prose, _ := strings.Cut(sample, "```")
	var shown any
	if err := json.Unmarshal([]byte(sample), &shown); err != nil {
		t.Fatalf("the sample: %v", err)
	}
	keys := keysIn(shown)
	if len(keys) < 10 {
		t.Errorf("the sample has only %q", keys)
	}
	for _, key := range keys {
		if !printed[key] || !described[key] {
			t.Errorf("the skill shows %q: in a run %v, in the schema %v", key, printed[key], described[key])
		}
	}
	for _, m := range inlineCode.FindAllStringSubmatch(prose, -1) {
		if name := m[1]; regexp.MustCompile(`^[a-z_]+$`).MatchString(name) && !printed[name] && !described[name] {
			t.Errorf("the skill tells of %q, which is neither printed nor in the schema", name)
		}
	}
}

// namesIn are all keys and texts of a document.
func namesIn(v any) map[string]bool {
	all := map[string]bool{}
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			all[key] = true
			maps.Copy(all, namesIn(value))
		}
	case []any:
		for _, value := range v {
			maps.Copy(all, namesIn(value))
		}
	case string:
		all[v] = true
	}
	return all
}

// keysIn are the keys of a document.
func keysIn(v any) (keys []string) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			keys = append(append(keys, key), keysIn(value)...)
		}
	case []any:
		for _, value := range v {
			keys = append(keys, keysIn(value)...)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func readText(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
