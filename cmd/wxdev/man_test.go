package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cpuguy83/go-md2man/v2/md2man"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/wxdev/wxdev/internal/words"
	"github.com/wxdev/wxdev/pkg/finding"
)

// TestManPages holds the manual pages to the help that they are made of, in both
// languages; `make man` rewrites them.
func TestManPages(t *testing.T) {
	for dir, lang := range map[string]finding.Lang{"man/man1": finding.English, "man/zh_CN/man1": finding.Chinese} {
		dir = filepath.Join("../../docs", filepath.FromSlash(dir))
		pages := manPages(t, lang)
		if *update {
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		for name, want := range pages {
			file := filepath.Join(dir, name)
			if *update {
				if err := os.WriteFile(file, want, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if have, err := os.ReadFile(file); err != nil || !bytes.Equal(have, want) {
				t.Errorf("%s is not what the help says: run `make man` (%v)", file, err)
			}
		}
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(files) != len(pages) {
			t.Errorf("%s has %d pages for %d commands: run `make man`", dir, len(files), len(pages))
		}
	}
}

// manTitles are those of a page that help has not.
var manTitles = map[finding.Lang][3]string{
	finding.English: {"Name", "Description", "See also"},
	finding.Chinese: {"名称", "说明", "参见"},
}

// manPages are the pages by their files' names: wxdev-menu-push.1.
func manPages(t *testing.T, lang finding.Lang) map[string][]byte {
	env, _, _ := testEnv(t)
	cobra.EnableCommandSorting = false // as Main has it
	root := NewRoot(env)
	fillAllHelp(root, lang)
	pages := map[string][]byte{}
	walk(root, func(c *cobra.Command) {
		if isShown(c) || c == root || c.IsAdditionalHelpTopicCommand() {
			pages[manName(c)+".1"] = md2man.Render([]byte(manPage(c, lang)))
		}
	})
	return pages
}

func manName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// manPage is the page in the Markdown that md2man reads. The help has its lines
// ended as they are meant, so that they stay.
func manPage(c *cobra.Command, lang finding.Lang) string {
	var b strings.Builder
	say, shown := sayIn(lang), page{lang: lang}
	title := func(text string) { fmt.Fprintf(&b, "# %s\n", strings.ToUpper(strings.TrimRight(text, ":："))) }
	head := func(id words.ID) { title(say(id)) }
	as := func(text string) { fmt.Fprintf(&b, "```\n%s\n```\n\n", strings.Trim(text, "\n")) }
	fmt.Fprintf(&b, "%% %s 1 \"\" wxdev \"wxdev\"\n", strings.ToUpper(manName(c)))
	title(manTitles[lang][0])
	fmt.Fprintf(&b, "%s - %s\n\n", manName(c), c.Short)
	if c.Runnable() {
		head(words.ManualUsage)
		as(c.UseLine())
	}
	title(manTitles[lang][1])
	as(c.Long)
	if c.HasExample() {
		head(words.ManualExamples)
		as(c.Example)
	}
	flags := func(set *pflag.FlagSet) {
		set.VisitAll(func(f *pflag.Flag) {
			if f.Hidden {
				return
			}
			name := "**--" + f.Name + "**"
			if f.Shorthand != "" {
				name = "**-" + f.Shorthand + "**, " + name
			}
			switch value := valueName(f); {
			case value == "":
			case f.NoOptDefVal != "":
				name += "[=*" + value + "*]"
			default:
				name += " *" + value + "*"
			}
			fmt.Fprintf(&b, "%s\n: %s\n\n", name, f.Usage+shown.usual(f))
		})
	}
	if c.HasAvailableLocalFlags() {
		head(words.ManualFlags)
		flags(c.LocalFlags())
	}
	if c.HasAvailableInheritedFlags() {
		head(words.ManualGlobalFlags)
		flags(c.InheritedFlags())
	}
	title(manTitles[lang][2])
	var others []string
	if c.HasParent() {
		others = append(others, "**"+manName(c.Parent())+"(1)**")
	}
	for _, child := range c.Commands() {
		if isShown(child) || child.IsAdditionalHelpTopicCommand() {
			others = append(others, "**"+manName(child)+"(1)**")
		}
	}
	fmt.Fprintln(&b, strings.Join(others, ", "))
	return b.String()
}
