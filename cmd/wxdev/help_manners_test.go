package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"
	"github.com/spf13/cobra"

	"github.com/wxdev/wxdev/pkg/finding"
)

// helpPages are the helps of all commands, as Main prints them.
func helpPages(t *testing.T, lang finding.Lang) map[string]string {
	env, _, _ := testEnv(t)
	pages := map[string]string{}
	walk(NewRoot(env), func(c *cobra.Command) {
		_, path, _ := strings.Cut(c.CommandPath(), " ")
		args := append([]string{"help"}, strings.Fields(path)...)
		env, out, errOut := testEnv(t)
		if code := Main(append(args, "--lang", string(lang)), env); code != exitOK || errOut.Len() > 0 || out.Len() == 0 {
			t.Errorf("wxdev %s: exit %d, %q, %d bytes", strings.Join(args, " "), code, errOut, out.Len())
		}
		pages[c.CommandPath()] = out.String()
	})
	return pages
}

// tooWide are the lines that cannot be shorter, besides those of one URL.
var tooWide []string

// TestHelpFits: no line is wider than 80 columns, even where the terminal shows
// quotation marks and dashes as wide as Chinese characters.
func TestHelpFits(t *testing.T) {
	wide := runewidth.Condition{EastAsianWidth: true}
	narrow := runewidth.Condition{}
	alone := regexp.MustCompile(`^\s*https://\S+$`)
	for lang, terminal := range map[finding.Lang]runewidth.Condition{finding.English: narrow, finding.Chinese: wide} {
		for command, page := range helpPages(t, lang) {
			for line := range strings.SplitSeq(page, "\n") {
				if n := terminal.StringWidth(line); n > helpWidth && !alone.MatchString(line) && !slices.Contains(tooWide, line) {
					t.Errorf("%s: %s: %d columns: %s", lang, command, n, line)
				}
				if strings.TrimRight(line, " \t") != line {
					t.Errorf("%s: %s: blanks at the end of %q", lang, command, line)
				}
			}
		}
	}
}

// These may be in English: commands, whether shown, used or foreign, code, URLs,
// and what others say in quotation marks.
var foreign = regexp.MustCompile(`(?m)^  (\$|wxdev|  ).*$|https?://\S+|'[^']*'|"[^"]*"`)

// englishWords is what no Chinese text has: some English words in a row.
var englishWords = regexp.MustCompile(`\b[a-z]{2,}(?:[ ,]+[a-z]{2,}){2,}\b`)

// TestChineseHelpIsChinese: no English englishWords is left in it.
func TestChineseHelpIsChinese(t *testing.T) {
	for command, page := range helpPages(t, finding.Chinese) {
		for _, found := range englishWords.FindAllString(foreign.ReplaceAllString(strings.ReplaceAll(page, customTable(), ""), ""), -1) {
			t.Errorf("%s: %q", command, found)
		}
	}
	if !englishWords.MatchString("用于 give the name") || englishWords.MatchString("menu push 与 menu pull") {
		t.Error("the test cannot tell")
	}
}
