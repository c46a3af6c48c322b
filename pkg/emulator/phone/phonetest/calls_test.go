package phonetest

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/wxdev/wxdev/pkg/emulator/control"
)

// TestNoPowerOfItsOwn: each call that the page makes is one of the control API,
// and no file but calls.js has addresses.
func TestNoPowerOfItsOwn(t *testing.T) {
	var known []string
	for _, c := range control.Calls() {
		known = append(known, c.Method+" "+c.Path)
	}
	calls, err := os.ReadFile("../web/calls.js")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`"((?:GET|POST|DELETE) [^"]+)"`).FindAllStringSubmatch(string(calls), -1)
	if len(found) < 20 {
		t.Fatalf("%d calls", len(found))
	}
	for _, m := range found {
		if !slices.Contains(known, m[1]) {
			t.Errorf("the control API has no %s", m[1])
		}
	}
	files, err := os.ReadDir("../web")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.IsDir() || f.Name() == "calls.js" || f.Name() == "index.html" {
			continue
		}
		text, err := os.ReadFile("../web/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		if found := regexp.MustCompile(`["'` + "`" + `]/__wxdev[^"'` + "`" + `]*`).FindString(string(text)); found != "" {
			t.Errorf("%s has the address %s", f.Name(), found)
		}
	}
}
