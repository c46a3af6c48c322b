package catalog

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/wxdev/wxdev/pkg/finding"
)

// Localize returns the code with its comments in lang. One that has no
// translation stays in English.
func (c Code) Localize(lang finding.Lang) string {
	if lang != finding.Chinese {
		return c.Text
	}
	lines := strings.Split(c.Text, "\n")
	for i, line := range lines {
		lines[i] = localizeComment(line)
	}
	return strings.Join(lines, "\n")
}

// localizeComment translates what stands behind a comment's mark at the end of
// a line of code, whatever the language: a text that is in the table is a
// comment.
func localizeComment(line string) string {
	for _, mark := range []string{"// ", "# ", "<!-- ", "-- ", "; "} {
		for at := 0; ; {
			i := strings.Index(line[at:], mark)
			if i < 0 {
				break
			}
			at += i + len(mark)
			rest, end := strings.CutSuffix(line[at:], " -->")
			if zh, ok := comments()[rest]; ok {
				if line = line[:at] + zh; end {
					line += " -->"
				}
				return line
			}
		}
	}
	return line
}

// The comments of the samples, a line each: finding.English, tab, Chinese.
//
//go:embed comments.tsv
var commentsTSV string

var comments = sync.OnceValue(func() map[string]string {
	table := map[string]string{}
	for line := range strings.Lines(commentsTSV) {
		if en, zh, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); ok {
			table[en] = zh
		}
	}
	return table
})
