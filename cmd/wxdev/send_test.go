package main

import (
	"slices"
	"testing"

	"github.com/wxdev/wxdev/pkg/message"
)

// TestFieldFlagsAreCurrent: the short flags are written down in send.go, and
// come from the types.
func TestFieldFlagsAreCurrent(t *testing.T) {
	var want []string
	for _, typ := range message.Types() {
		for _, f := range typ.Flags {
			if f.Name != "appid" && f.Name != "url" { // settings, on every command
				want = append(want, f.Name)
			}
		}
	}
	slices.Sort(want)
	if want = slices.Compact(want); !slices.Equal(fieldFlags, want) {
		t.Errorf("fieldFlags are\n%q, the types have\n%q", fieldFlags, want)
	}
}
