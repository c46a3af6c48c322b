package main

import (
	"strings"
	"testing"
)

// A group is listed once, and every type's mark stands in one column.
func TestSendListGroups(t *testing.T) {
	env, out, errOut := testEnv(t)
	if code := Main([]string{"send", "list"}, env); code != exitOK {
		t.Fatalf("exit code %d\n%s", code, errOut)
	}
	seen, mark := map[string]bool{}, 0
	for line := range strings.Lines(out.String()) {
		switch {
		case line[0] != ' ' && line[0] != '*':
			if len(line) > 1 && seen[line] {
				t.Errorf("%q is listed twice", line)
			}
			seen[line] = true
		case strings.Contains(line, " * "):
			if at := strings.Index(line, " * "); mark == 0 {
				mark = at
			} else if at != mark {
				t.Errorf("the mark is in column %d, not %d: %s", at, mark, line)
			}
		}
	}
	if len(seen) < 10 {
		t.Errorf("%d groups", len(seen))
	}
}
