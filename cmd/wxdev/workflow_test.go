package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// commandsIn finds what a runner would obey.
func commandsIn(log string) []string {
	var found []string
	for line := range strings.Lines(log) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") || strings.Contains(line, "##vso[") || strings.Contains(line, "##teamcity[") {
			found = append(found, line)
		}
	}
	return found
}

func TestHarmless(t *testing.T) {
	const log = "fine :: here\n::error::x\n  \t::set-output name=a::b\nx ##[error]y\n##vso[task.setvariable]z\n##teamcity[x]\n::1 is an address\n# ## heading\n::"
	for _, size := range []int{1, 3, len(log)} { // in pieces, too
		var out bytes.Buffer
		h := &harmless{w: &out}
		for rest := log; rest != ""; {
			n := min(size, len(rest))
			if wrote, err := h.Write([]byte(rest[:n])); wrote != n || err != nil {
				t.Fatal(wrote, err)
			}
			rest = rest[n:]
		}
		if err := h.Flush(); err != nil {
			t.Fatal(err)
		}
		if found := commandsIn(out.String()); len(found) > 0 {
			t.Errorf("in pieces of %d: %q", size, found)
		}
		if got := strings.NewReplacer(": :", "::", "# #[", "##[", "# #v", "##v", "# #t", "##t").Replace(out.String()); got != log {
			t.Errorf("in pieces of %d: %q", size, out.String())
		}
	}
}

// TestJSONKeepsItsData: in a JSON document the markers are escaped, not
// changed.
func TestJSONKeepsItsData(t *testing.T) {
	const text = "##[error]x ##vso[y] ## z ::"
	var out bytes.Buffer
	if err := writeJSON(&out, map[string]string{"a": text}); err != nil {
		t.Fatal(err)
	}
	var back map[string]string
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || back["a"] != text || len(commandsIn(out.String())) > 0 {
		t.Errorf("%s: %v", &out, err)
	}
}
