package main

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/wxdev/wxdev/pkg/catalog"
	"github.com/wxdev/wxdev/pkg/message"
)

// TestCountsAreTrue: where CHANGELOG.md and the READMEs say how many there are,
// so many there are.
func TestCountsAreTrue(t *testing.T) {
	var (
		ids   = regexp.MustCompile(`\b([VMJASERWP])01\s+(?:to|到|至)\s+[VMJASERWP](\d\d)\b`)
		codes = regexp.MustCompile(`over (\d+)00 API and console codes`)
		types = regexp.MustCompile(`one of (\d+) messages and events`)
	)
	last := map[string]string{} // the number of the last finding, by letter
	all := catalog.IDs()
	slices.Sort(all)
	for _, id := range all {
		last[id[:1]] = id[1:]
	}
	seen := 0
	for _, file := range []string{"../../CHANGELOG.md", "../../README.md", "../../README.zh-CN.md"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, said := range ids.FindAllSubmatch(text, -1) {
			seen++
			if letter := string(said[1]); last[letter] != string(said[2]) {
				t.Errorf("%s: %q: the last one is %s%s", file, said[0], letter, last[letter])
			}
		}
		for pattern, is := range map[*regexp.Regexp]int{codes: len(catalog.Codes()) / 100, types: len(message.Types())} {
			for _, said := range pattern.FindAllSubmatch(text, -1) {
				seen++
				if n, err := strconv.Atoi(string(said[1])); err != nil || n != is {
					t.Errorf("%s: %q: it is %d", file, said[0], is)
				}
			}
		}
	}
	if seen < 5 {
		t.Errorf("only %d counts were found: the patterns no longer fit", seen)
	}
}
