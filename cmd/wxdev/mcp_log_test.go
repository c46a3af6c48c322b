package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/mcp"
)

// TestMCPLogFits: of more than a result takes, the oldest are left out and counted.
func TestMCPLogFits(t *testing.T) {
	for _, c := range []struct{ entries, body, want int }{{3, 10, 3}, {1000, 2000, 0}, {2, mcp.MaxText, 1}, {0, 0, 0}} {
		doc := mcpLog{Entries: []mcpEntry{}, More: 5}
		for i := range c.entries {
			doc.Entries = append(doc.Entries, mcpEntry{ID: int64(i + 1), Body: strings.Repeat("x", c.body)})
		}
		b, err := doc.fitted()
		var got mcpLog
		if err != nil || json.Unmarshal(b, &got) != nil || got.Entries == nil {
			t.Fatalf("%v: %.200s", err, b)
		}
		n := len(got.Entries)
		if n+got.More != c.entries+5 || c.want > 0 && n != c.want || c.entries > 0 && got.Entries[n-1].ID != int64(c.entries) {
			t.Errorf("%+v: %d entries, %d more", c, n, got.More)
		}
		if c.want == 0 && len(b) > mcp.MaxText || c.entries == 1000 && n < 50 {
			t.Errorf("%+v: %d entries in %d bytes", c, n, len(b))
		}
	}
}
