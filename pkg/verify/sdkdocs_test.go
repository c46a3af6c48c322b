//go:build unix

package verify_test

import (
	"maps"
	"testing"

	"github.com/wxdev/wxdev/internal/stacks"
)

// TestSDKDocs: docs/sdks.md says of each server what the tests want to see,
// and of none that there is no more.
func TestSDKDocs(t *testing.T) {
	for _, page := range stacks.SDKDocs {
		rows := stacks.Rows(t, page)
		left := maps.Clone(rows)
		check := func(name, sdk string, want []string) {
			delete(left, name)
			if rows[name] == nil {
				t.Errorf("%s has no row for %s", page, name)
				return
			}
			rows[name].Check(t, sdk, want, "clean", "无问题")
		}
		for _, s := range readStacks(t) {
			switch {
			case s.SDK != "":
				check(s.Name, stacks.Versioned(t, s.SDK, "servers/node"), s.Want)
			case rows[s.Name] != nil:
				check(s.Name, "–", s.Want)
			}
		}
		for _, s := range sdkServers {
			check(s.name, s.sdk, s.want)
		}
		for name, row := range left {
			if len(row) < 2 || row[1] != "works" && row[1] != "可用" { // a client, which pkg/emulator tests
				t.Errorf("%s: no server is called %s", page, name)
			}
		}
	}
}
