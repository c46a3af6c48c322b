package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/finding"
)

func TestExamplesParse(t *testing.T) {
	for path, c := range leaves(t) {
		for line := range strings.SplitSeq(c.Example, "\n") {
			resolves(t, "example of "+path, line)
		}
	}
}

var readmeLine = regexp.MustCompile(`(?m)^(?:\$ )?(?:[A-Z_]+=\S+ )*(?:.*\| )?(wxdev .*)$`)

// TestReadmesResolve reads the wxdev lines of the code blocks.
func TestReadmesResolve(t *testing.T) {
	for _, file := range []string{"README.md", "README.zh-CN.md"} {
		text, err := os.ReadFile("../../" + file)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for i, block := range strings.Split(string(text), "```") {
			if i%2 == 0 {
				continue
			}
			for _, m := range readmeLine.FindAllStringSubmatch(block, -1) {
				resolves(t, file, m[1])
				n++
			}
		}
		if n < 10 {
			t.Errorf("%s shows only %d commands", file, n)
		}
	}
}

// TestSamplesResolve reads the wxdev lines of the catalogue's code samples.
func TestSamplesResolve(t *testing.T) {
	n := 0
	for _, id := range catalog.IDs() {
		e, _ := catalog.Lookup(id)
		for _, code := range e.Code {
			for line := range strings.SplitSeq(code.In(finding.English), "\n") {
				if strings.HasPrefix(line, "wxdev ") {
					resolves(t, "sample of "+id, line)
					n++
				}
			}
		}
	}
	if n < 10 {
		t.Errorf("the samples show only %d commands", n)
	}
}

var word = regexp.MustCompile(`'[^']*'|"[^"]*"|\S+`)

// resolves demands that every wxdev command in a shell line exists and knows
// its flags.
func resolves(t *testing.T, where, line string) {
	t.Helper()
	line, _, _ = strings.Cut(line, "  #")
	for part := range strings.SplitSeq(line, "|") {
		words := word.FindAllString(part, -1)
		i := slices.Index(words, "wxdev")
		if i < 0 {
			continue
		}
		env, _, _ := testEnv(t)
		root := NewRoot(env)
		args := words[i+1:]
		if cut := slices.IndexFunc(args, func(w string) bool { return strings.HasPrefix(w, "<") || strings.HasPrefix(w, ">") }); cut >= 0 {
			args = args[:cut]
		}
		c, rest, err := root.Find(args)
		if err != nil {
			t.Errorf("%s: %q: %v", where, part, err)
			continue
		}
		if err := c.ParseFlags(rest); err != nil && !strings.Contains(err.Error(), "help requested") {
			t.Errorf("%s: %q: %v", where, part, err)
		} else if rest := c.Flags().Args(); c.HasSubCommands() && c.Args(c, rest) != nil {
			t.Errorf("%s: %q: %s has no command %q", where, part, c.CommandPath(), rest)
		}
	}
}

// toldIn are the files that tell people of commands. What help says is in
// internal/words/text/help; hints and package docs are in Go.
var toldIn = []string{
	"README*.md", "CONTRIBUTING.md", "AGENTS.md", "skills/*/SKILL.md", "examples/*/README.md", "examples/ci/*", "docs/editors*.md", "docs/guides/*.md", "pkg/catalog/findings/*.toml", "pkg/catalog/*.tsv",
	"pkg/finding/reason/*.toml", "internal/words/text/*.toml", "internal/words/text/help/*.toml",
	"cmd/wxdev/*.go", "internal/*/*.go", "pkg/*/*.go", "pkg/*/*/*.go",
}

// TestToldCommandsExist finds the commands that texts tell of, in both
// languages, and demands them and their flags of the command tree.
func TestToldCommandsExist(t *testing.T) {
	env, _, _ := testEnv(t)
	root := NewRoot(env)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	n := 0
	for _, pattern := range toldIn {
		files, err := filepath.Glob("../../" + pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for i, line := range strings.Split(string(text), "\n") {
				for _, m := range mentions(line) {
					n++
					if fault := m.fault(root); fault != "" {
						t.Errorf("%s:%d: wxdev %s: %s", file, i+1, strings.Join(m.words, " "), fault)
					}
				}
			}
		}
	}
	if n < 200 {
		t.Errorf("only %d mentions were found", n)
	}
}

// TestMentions shows what TestToldCommandsExist finds.
func TestMentions(t *testing.T) {
	env, _, _ := testEnv(t)
	root := NewRoot(env)
	for line, want := range map[string]string{
		"wxdev ran -- npm test    # the tests": "there is no command ran",
		"  $ wxdev verfy":                      "there is no command verfy",
		"Use 'wxdev menu pulls' first":         "there is no command pulls",
		"look with `wxdev status --jsn`":       "there is no flag --jsn",
		"测试连接 wxdev emulate；清零":                "there is no command emulate",
		"send it with wxdev send text -x, and": "there is no flag -x",

		"'wxdev menu' and wxdev menu push are two; wxdev sends": "",
		"wxdev send click KEY --mode safe -h":                   "",
		"github.com/wxdev/wxdev does":                           "",
		"see .wxdev is a folder":                                "",
	} {
		got := ""
		for _, m := range mentions(line) {
			got += m.fault(root)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

// mention is what follows the word wxdev in a text.
type mention struct {
	quoted bool // in quotes of some kind, or after a prompt: all of it is the command
	words  []string
}

var (
	named = regexp.MustCompile(`(^|[^\w/.-])wxdev (-*[a-z])`)
	// clauseEnd is where a command in prose ends at the latest.
	clauseEnd = regexp.MustCompile(`[¦|;<"'\x60()（）。，、；：…\\]|[,.:](\s|$)|\s#\s|[^\x00-\x7f]`)
)

func mentions(line string) []mention {
	var found []mention
	for _, at := range named.FindAllStringSubmatchIndex(line, -1) {
		rest := line[at[4]:]
		before := strings.TrimSpace(line[:at[3]])
		quote := before[max(0, len(before)-1):]
		m := mention{quoted: quote == "'" || quote == "`" || quote == "$"}
		if end := clauseEnd.FindStringIndex(rest); end != nil {
			rest = rest[:end[0]]
		}
		m.words = strings.Fields(rest)
		found = append(found, m)
	}
	return found
}

// noCommand is what else follows the word wxdev: "the wxdev folder", and the
// verb of a sentence, such as "what wxdev sends".
var noCommand = regexp.MustCompile(`^(at|for|folder|repeated|with|\w+s)$`)

// fault tells what of a mention is not in the command tree.
func (m mention) fault(root *cobra.Command) string {
	c, words := root, m.words
	for len(words) > 0 && c.HasSubCommands() && !strings.HasPrefix(words[0], "-") {
		next := child(c, words[0])
		switch {
		case next == nil && c.Args(c, words[:1]) == nil: // an argument
			return unknownFlag(c, words)
		case next == nil && !m.quoted && (c != root || noCommand.MatchString(words[0])):
			return ""
		case next == nil:
			return "there is no command " + words[0]
		}
		c, words = next, words[1:]
	}
	return unknownFlag(c, words)
}

func child(c *cobra.Command, name string) *cobra.Command {
	for _, below := range c.Commands() {
		if below.Name() == name || below.HasAlias(name) {
			return below
		}
	}
	return nil
}

func unknownFlag(c *cobra.Command, words []string) string {
	c.InitDefaultHelpFlag()
	c.InitDefaultVersionFlag()
	for _, w := range words {
		name, _, _ := strings.Cut(w, "=")
		switch {
		case w == "--", w == "-->": // the latter ends a comment in Markdown
			return ""
		case strings.HasPrefix(name, "--") && c.Flag(name[2:]) == nil:
			return "there is no flag " + name
		case len(name) == 2 && name[0] == '-' && c.Flags().ShorthandLookup(name[1:]) == nil && c.InheritedFlags().ShorthandLookup(name[1:]) == nil:
			return "there is no flag " + name
		}
	}
	return ""
}
