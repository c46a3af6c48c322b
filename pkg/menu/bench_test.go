package menu_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/wxdev/wxdev/pkg/menu"
)

// BenchmarkLint reads a menu and applies every rule to it, beside encoding/json,
// which is given the same bytes.
func BenchmarkLint(b *testing.B) {
	body, err := os.ReadFile("../../testdata/menus/official.json")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var m struct{ Button []map[string]any }
			if err := json.Unmarshal(body, &m); err != nil || len(m.Button) == 0 {
				b.Fatal(m, err)
			}
		}
	})
	b.Run("wxdev", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, problems := menu.Parse("menu.json", body); menu.HasErrors(problems) {
				b.Fatal(problems)
			}
		}
	})
}
