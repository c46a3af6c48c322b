package verify_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/finding"
)

// TestOrderThatHardlyShows: what goes wrong only with letters, or with two
// equal values, cannot fail a plain message, whose nonce is digits.
func TestOrderThatHardlyShows(t *testing.T) {
	const most = 60 // requests: the cause is the first that is tried
	for want, start := range map[string]func(*testing.T) string{
		"M23 set": handler(hashing(func(v values) string {
			parts := []string{token, v.timestamp, v.nonce}
			slices.Sort(parts)
			return sum(nil, slices.Compact(parts)...)
		})),
		"M23 case-order": handler(hashing(func(v values) string {
			return sum(func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }, token, v.timestamp, v.nonce)
		})),
	} {
		for mode, severity := range map[string]finding.Severity{
			"plain": finding.Info, "compat": finding.Warning, "safe": finding.Warning,
		} {
			t.Run(want+" "+mode, func(t *testing.T) {
				t.Parallel()
				o := options(start(t))
				o.Mode, o.AppID = mode, appID
				r := run(t, o)
				describable(t, r)
				i := slices.IndexFunc(r.Findings, func(f finding.Finding) bool { return f.ID+" "+f.Variant == want })
				if i < 0 || r.Findings[i].Severity != severity || len(r.Probes) > most || mode == "plain" && len(serious(r)) > 0 {
					t.Errorf("found %v with %d requests", r.Findings, len(r.Probes))
				}
			})
		}
	}
}
