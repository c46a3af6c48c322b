package catalog

import (
	"regexp"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
)

func TestCodeIn(t *testing.T) {
	c := Code{Text: "a();  // ¦not b()¦不要写 b()¦\n<!-- ¦here¦这里¦ -->"}
	if got := c.In(finding.English); got != "a();  // not b()\n<!-- here -->" {
		t.Errorf("%q", got)
	}
	if got := c.In(finding.Chinese); got != "a();  // 不要写 b()\n<!-- 这里 -->" {
		t.Errorf("%q", got)
	}
}

// untold is a comment of some words that is not in both languages.
var untold = regexp.MustCompile(`(?:^|\s)(?://|#) (?:.*\b)?(?:no|not|on|to|is|of|and|or|the|for) .*`)

// Each comment is whole, on one line, and says something in both languages.
func TestComments(t *testing.T) {
	for _, id := range IDs() {
		e, _ := Lookup(id)
		for _, c := range e.Code {
			for line := range strings.SplitSeq(c.Text, "\n") {
				parts := strings.Split(line, "¦")
				if len(parts)%3 != 1 {
					t.Errorf("%s: a comment is not closed: %s", id, line)
					continue
				}
				for i := 0; i < len(parts); i += 3 {
					if c := untold.FindString(parts[i]); c != "" {
						t.Errorf("%s: the comment %q is in English alone", id, c)
					}
				}
				for i := 1; i < len(parts); i += 3 {
					if en, zh := parts[i], parts[i+1]; en == "" || !hasHan(zh) || hasHan(en) {
						t.Errorf("%s: the comment %q is %q in Chinese", id, en, zh)
					}
				}
			}
		}
	}
}
