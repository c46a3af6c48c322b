package config

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestProtected(t *testing.T) {
	w := newWorld(t, map[string]string{"wxdev.toml": `[account]
protect = true

[profile.staging]
protect = false

[profile.live]
`})
	for profile, want := range map[string]bool{"": true, "live": true, "staging": false} {
		if got := w.load(func(o *Options) { o.Profile = profile }).Protected(); got != want {
			t.Errorf("profile %q: %t", profile, got)
		}
	}
	if c, err := Load(Options{}); err != nil || c.Protected() {
		t.Errorf("without a file: %v", err)
	}
	w = newWorld(t, map[string]string{"wxdev.toml": "[account]\nprotect = \"yes\"\n"})
	_, err := Load(w.options())
	wantError(t, err, "wxdev.toml:2:1: protect is text, not true or false", "write true or false, without quotes")
}

// TestSchemaHasTheKeys: the schema of wxdev.toml knows the keys that the reader
// takes, and no other.
func TestSchemaHasTheKeys(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "schema", "file", "wxdev.toml.json"))
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		Definitions struct {
			Account struct {
				Properties map[string]struct {
					Properties map[string]any
				} `json:"properties"`
			} `json:"account"`
		} `json:"definitions"`
	}
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	properties := s.Definitions.Account.Properties
	for _, k := range append(fileKeys(), apiSecurity) {
		if _, ok := properties[k]; !ok {
			t.Errorf("the schema lacks %s", k)
		}
	}
	for k := range properties {
		if k != apiSecurity && !slices.Contains(fileKeys(), k) {
			t.Errorf("the schema has %s", k)
		}
	}
	if got := slices.Sorted(maps.Keys(properties[apiSecurity].Properties)); !slices.Equal(got, slices.Sorted(slices.Values(securityKeys()))) {
		t.Errorf("the schema of %s has %q", apiSecurity, got)
	}
}
