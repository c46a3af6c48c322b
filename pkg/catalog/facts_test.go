package catalog

import (
	"regexp"
	"strings"
	"testing"
)

var recordedSource = regexp.MustCompile(`^20\d\d-[01]\d-[0-3]\d( https://\S+)+$`)

// TestSources: a source is the day and the pages, or says that it was not kept,
// which no source at all comes to.
func TestSources(t *testing.T) {
	check := func(name string, s Source) {
		if s != "" && s != Unrecorded && !recordedSource.MatchString(string(s)) {
			t.Errorf("%s: its source is %q: write the day it was read and the pages, or %q", name, string(s), Unrecorded)
		}
	}
	for _, id := range IDs() {
		e, _ := Lookup(id)
		check(id, e.Source)
	}
	for _, c := range Codes() {
		check(Ref{Code: &c}.Name(), c.Source)
	}
	for name, s := range settings.Get() {
		check(name, s.Source)
		if s.En == "" || !strings.Contains(s.Zh, "：") {
			t.Errorf("%s: a language is missing", name)
		}
	}
	if recorded, all := Facts(); recorded < 30 || recorded > all {
		t.Errorf("%d of %d are recorded", recorded, all)
	}
}
