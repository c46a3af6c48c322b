package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/terminal"
	"github.com/wxdev/wxdev/pkg/catalog"
)

// A line of Chinese is as long as it may be, and tears no Latin word.
func TestChineseLines(t *testing.T) {
	const width = 78
	word := regexp.MustCompile(`^[!-~]+`)
	for _, id := range []string{"M12", "V29", "A08"} {
		e, _ := catalog.Lookup(id)
		text := terminal.Paragraph(e.Zh.Why)
		lines := strings.Split(wrap(text, width, ""), "\n")
		for i, line := range lines {
			if columns(line) > width {
				t.Errorf("%s: %d columns: %s", id, columns(line), line)
			}
			if i == len(lines)-1 {
				break
			}
			next := lines[i+1]
			if strings.Contains(text, line+next) && regexp.MustCompile(`[!-~]$`).MatchString(line) && word.MatchString(next) {
				t.Errorf("%s: %q is torn from %q", id, next, line)
			}
			// a character that may not begin a line takes its neighbour along
			if room := width - columns(line) - columns(word.FindString(next)); room > 4 {
				t.Errorf("%s: %d more columns fit after %s", id, room, line)
			}
			if strings.ContainsAny(string([]rune(next)[:1]), "，。、；：）”") {
				t.Errorf("%s: a line begins with punctuation: %s", id, next)
			}
		}
	}
}
