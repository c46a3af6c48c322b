package message

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"
)

// TestMsgIDsLookReal compares them with ids of captured pushes, each with the
// time it came.
func TestMsgIDsLookReal(t *testing.T) {
	for sec, id := range map[int64]int64{
		1552115230: 22220946756594166, 1668869541: 23892468385179204,
		1669640883: 23903507600338688, 1732329909: 24801004976846051,
	} {
		ids := NewMsgIDs(nil, time.Unix(sec, 0))
		for range 100 {
			ours := ids.Next()
			if ours>>32 != id>>32 {
				t.Errorf("%d: %d is of other five minutes than WeChat's %d", sec, ours, id)
			}
			if ours < 1e16 || ours >= 1e17 || int64(float64(ours)) == ours {
				t.Errorf("%d: %d", sec, ours)
			}
		}
	}
}

// TestMsgIDsOfRunsDiffer begins runs in one instant, as a build server does.
func TestMsgIDsOfRunsDiffer(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	seen := map[int64]bool{}
	for range 20 { // two share an id once in 50,000 runs of this test
		ids := NewMsgIDs(nil, now)
		for range 100 {
			id := ids.Next()
			if seen[id] {
				t.Errorf("%d came twice", id)
			}
			seen[id] = true
		}
	}
}

func TestMsgIDsAreRepeatable(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	for _, bytes := range []string{"\x00\x00\x00\x00", "\x12\x34\x56\x78", "\xff\xff\xff\xfe"} {
		one, two := NewMsgIDs(strings.NewReader(bytes), now), NewMsgIDs(strings.NewReader(bytes), now)
		doubles := map[float64]bool{}
		for range 10 {
			a, b := one.Next(), two.Next()
			if a != b || a>>32 != now.Unix()/300 || doubles[float64(a)] {
				t.Errorf("%q: %d and %d", bytes, a, b)
			}
			doubles[float64(a)] = true
		}
	}
	if id := NewMsgIDs(iotest.ErrReader(errors.New("no entropy")), now).Next(); id>>32 != now.Unix()/300 {
		t.Errorf("without entropy: %d", id)
	}
}

func TestMsgIDsForManyGoroutines(t *testing.T) {
	ids := NewMsgIDs(nil, time.Now())
	var seen sync.Map
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				if _, again := seen.LoadOrStore(ids.Next(), true); again {
					t.Error("an id came twice")
				}
			}
		})
	}
	wg.Wait()
}
