package answer

import (
	"strings"
	"testing"
)

// TestMarks: all are in lower case, as they are compared, and each kind has some.
func TestMarks(t *testing.T) {
	for k := Debug; k <= StrictBase64; k++ {
		if len(marks.Get()[k]) == 0 {
			t.Errorf("kind %d has no marks", k)
		}
		for _, m := range marks.Get()[k] {
			if m == "" || m != strings.ToLower(m) {
				t.Errorf("kind %d: %q", k, m)
			}
		}
	}
}
