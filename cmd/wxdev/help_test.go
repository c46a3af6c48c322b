package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/wxdev/wxdev/pkg/finding"
)

// fillAllHelp fills in the texts of the whole tree, which no command shows at
// once.
func fillAllHelp(root *cobra.Command, lang finding.Lang) {
	walk(root, func(c *cobra.Command) {
		c.InitDefaultHelpFlag()
		c.InitDefaultVersionFlag()
		fillHelp(c, lang)
	})
}

// eachFlag visits the flags that c declares and shows.
func eachFlag(c *cobra.Command, visit func(*pflag.Flag)) {
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			visit(f)
		}
	})
}

// TestHelpIsWhole: every command, flag and group has a text, and every text
// belongs to one of them.
func TestHelpIsWhole(t *testing.T) {
	for _, lang := range []finding.Lang{finding.English, finding.Chinese} {
		env, _, _ := testEnv(t)
		root := NewRoot(env)
		fillAllHelp(root, lang)
		known := map[string]bool{}
		for _, group := range root.Groups() {
			known["wxdev.group."+group.ID], known["wxdev.group."+group.ID+".about"] = true, true
			if group.Title == "" {
				t.Errorf("%s: group %s has no title", lang, group.ID)
			}
		}
		walk(root, func(c *cobra.Command) {
			name := helpName(c)
			for _, part := range []string{"short", "long", "example"} {
				known[name+"."+part] = true
			}
			if c.Short == "" {
				t.Errorf("%s: %s has no short help", lang, c.CommandPath())
			}
			for _, text := range []string{c.Short, c.Long} {
				if left := regexp.MustCompile(`(?:^|[^{])(\{[a-z]+\})(?:[^}]|$)`).FindString(text); left != "" {
					t.Errorf("%s: %s: the help still has %q", lang, c.CommandPath(), left)
				}
			}
			eachFlag(c, func(f *pflag.Flag) {
				known[name+".flag."+f.Name], known["shared.flag."+f.Name] = true, true
				if f.Usage == "" {
					t.Errorf("%s: %s: --%s has no help", lang, c.CommandPath(), f.Name)
				}
			})
		})
		for _, id := range helpIDs(t) {
			if !known[id] {
				t.Errorf("help.%s is the help of nothing", id)
			}
		}
	}
}

// helpIDs are the names of all help texts.
func helpIDs(t *testing.T) (all []string) {
	files, err := filepath.Glob("../../internal/words/text/help/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no help texts: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^\["help\.(.+)"\]$`).FindAllSubmatch(text, -1) {
			all = append(all, string(m[1]))
		}
	}
	return all
}

// TestDeclarationsHaveNoTexts: they would be put together at every start.
func TestDeclarationsHaveNoTexts(t *testing.T) {
	env, _, _ := testEnv(t)
	walk(NewRoot(env), func(c *cobra.Command) {
		if first, _, _ := strings.Cut(helpName(c), "_"); first == "help" || first == "completion" {
			return // cobra's own
		}
		if c.Short+c.Long+c.Example != "" {
			t.Errorf("%s declares its help", c.CommandPath())
		}
		eachFlag(c, func(f *pflag.Flag) {
			if f.Usage != "" {
				t.Errorf("%s declares the help of --%s", c.CommandPath(), f.Name)
			}
		})
	})
}

// Help, usage and completion each fill in the texts first.
func TestTextsAreFilledIn(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"verify", "--help"}, "Run it before you press"},
		{[]string{"help", "menu", "push"}, "say what would change, and send nothing"},
		{[]string{"menu"}, "Draw the menu as a phone shows it"},
		{[]string{"__complete", "ver"}, "verify\tCheck a server the way WeChat does"},
		{[]string{"__complete", "help", "menu", "pu"}, "push\tMake the account's menu"},
		{[]string{"__complete", "verify", "--str"}, "--strict\tlet warnings count as errors"},
	} {
		env, out, errOut := testEnv(t)
		Main(c.args, env)
		if !bytes.Contains(append(out.Bytes(), errOut.Bytes()...), []byte(c.want)) {
			t.Errorf("%q does not say %q:\n%s%s", c.args, c.want, out, errOut)
		}
	}
}
