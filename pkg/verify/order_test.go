package verify_test

import (
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

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

// A server that drops equal values is found also where a second ends between the
// nonce and the timestamp of the push that has both alike.
func TestEqualValuesAtTheEndOfASecond(t *testing.T) {
	start := safeBot(bot{check: func(q url.Values, e string) bool {
		parts := []string{token, q.Get("timestamp"), q.Get("nonce"), e}
		slices.Sort(parts)
		return q.Get("msg_signature") == sum(nil, slices.Compact(parts)...)
	}})
	for _, step := range []time.Duration{300 * time.Millisecond, 600 * time.Millisecond} {
		o := messageOptions(t, handler(start(newCodec(t, appID)))(t), "safe")
		var calls atomic.Int64
		began := time.Now()
		o.Now = func() time.Time { return began.Add(time.Duration(calls.Add(1)) * step) }
		if r := run(t, o); !names(r, "M23 set") {
			t.Errorf("with %s from one look at the clock to the next: %v", step, serious(r))
		}
	}
}
