package load

import (
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/message"
)

// Mix is which types of messages are sent, and how many of each. An empty one is
// text alone.
type Mix []Share

// Share is a type of package message, as [message.LookupType] knows it, and how
// many of it there are among the sum of all weights.
type Share struct {
	Type   string
	Weight int
}

// MaxWeight is the most that a share may weigh.
const MaxWeight = 10_000

// MixError says what is wrong with a mix. Nearest is the type that was meant, or
// empty.
type MixError struct {
	Fault   *finding.Reason
	Nearest string
}

func (e *MixError) Error() string { return e.In(finding.English) }

// In implements [finding.Fact].
func (e *MixError) In(lang finding.Lang) string { return e.Fault.In(lang) }

// ParseMix reads "text=70,click=20,subscribe=10". A type without a weight weighs
// 1. The error is a [*MixError].
func ParseMix(s string) (Mix, error) {
	var mix Mix
	for part := range strings.SplitSeq(s, ",") {
		name, weight, weighed := strings.Cut(strings.TrimSpace(part), "=")
		share := Share{Type: strings.TrimSpace(name), Weight: 1}
		if weighed {
			n, err := strconv.Atoi(strings.TrimSpace(weight))
			if err != nil {
				n = -1
			}
			share.Weight = n
		}
		if err := share.check(); err != nil {
			return nil, err
		}
		mix = append(mix, share)
	}
	return mix, mix.check()
}

func (m Mix) check() error {
	sum := 0
	for _, share := range m {
		if err := share.check(); err != nil {
			return err
		}
		sum += share.Weight
	}
	if sum == 0 {
		return &MixError{Fault: finding.Because(reason.MixEmpty)}
	}
	return nil
}

func (s Share) check() error {
	shown := finding.Quote{Text: s.Type, Limit: 40}
	if _, ok := message.LookupType(s.Type); !ok {
		var names []string
		for _, t := range message.Types() {
			names = append(names, t.Name)
		}
		return &MixError{finding.Because(reason.TypeUnknown, "type", shown), text.Nearest(s.Type, names)}
	}
	if s.Weight < 0 || s.Weight > MaxWeight {
		return &MixError{Fault: finding.Because(reason.MixWeight, "type", shown, "limit", MaxWeight)}
	}
	return nil
}

// pattern is the order in which the shares take turns, each spread evenly: the
// numbers of the shares, as many as the weights in their lowest terms.
func (m Mix) pattern() []int {
	common, sum := 0, 0
	for _, share := range m {
		common = gcd(common, share.Weight)
		sum += share.Weight
	}
	sum /= common
	owed := make([]int, len(m))
	pattern := make([]int, 0, sum)
	for range sum {
		next := 0
		for i, share := range m {
			owed[i] += share.Weight / common
			if owed[i] > owed[next] {
				next = i
			}
		}
		owed[next] -= sum
		pattern = append(pattern, next)
	}
	return pattern
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
