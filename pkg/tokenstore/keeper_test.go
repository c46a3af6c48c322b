package tokenstore

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// crowd calls Get from n keepers at once, and counts the fetches. The first
// fetch begins when all of them have looked into the store.
func crowd(t *testing.T, n int, open func() Store, want Want, fetch Fetch) (tokens []Token, errs []error, fetches int64) {
	t.Helper()
	var looked sync.WaitGroup
	looked.Add(n)
	var count atomic.Int64
	tokens, errs = make([]Token, n), make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		k := &Keeper{Store: &firstLook{Store: open(), looked: looked.Done}}
		all.Go(func() {
			tokens[i], errs[i] = k.Get(t.Context(), testKey("k"), want, func(ctx context.Context, old Token) (Token, error) {
				count.Add(1)
				looked.Wait()
				return fetch(ctx, old)
			})
		})
	}
	all.Wait()
	return tokens, errs, count.Load()
}

// firstLook tells when a store is looked into for the first time.
type firstLook struct {
	Store
	once   sync.Once
	looked func()
}

func (f *firstLook) Load(ctx context.Context, key Key) (Record, error) {
	r, err := f.Store.Load(ctx, key)
	f.once.Do(f.looked)
	return r, err
}

func TestOneFetchForAll(t *testing.T) {
	for _, c := range []struct {
		name string
		kept Token
		want Want
	}{
		{"nothing is kept", Token{}, Want{}},
		{"what is kept has ended", life("old", time.Now().Add(-3*time.Hour), 2*time.Hour), Want{}},
		{"what is kept was refused", life("old", time.Now(), 2*time.Hour), Want{Not: "old"}},
		{"a new one is demanded", life("old", time.Now(), 2*time.Hour), Want{Force: true}},
		{"a new one is demanded, and nothing is kept", Token{}, Want{Force: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachStore(t, func(t *testing.T, open func() Store) {
				put(t, open(), c.kept)
				tokens, errs, fetches := crowd(t, 64, open, c.want, fetched("new"))
				for i, got := range tokens {
					if errs[i] != nil || got.Value != "new" {
						t.Fatalf("keeper %d: %q, %v", i, got.Value, errs[i])
					}
				}
				if fetches != 1 {
					t.Errorf("%d fetches", fetches)
				}
				k := &Keeper{Store: open()}
				again, err := k.Get(t.Context(), testKey("k"), Want{}, never(t))
				if err != nil || again.Value != "new" || !reflect.DeepEqual(again.From, k.Store.Name()) {
					t.Errorf("later: %q from %q, %v", again.Value, again.From, err)
				}
			})
		})
	}
}

// The API may refuse a token and stable_token give it again: that is an
// answer, and one of them is enough.
func TestTheRefusedOneComesAgain(t *testing.T) {
	eachStore(t, func(t *testing.T, open func() Store) {
		put(t, open(), life("old", time.Now().Add(-time.Minute), 2*time.Hour))
		tokens, errs, fetches := crowd(t, 16, open, Want{Not: "old"}, fetched("old"))
		for i, got := range tokens {
			if errs[i] != nil || got.Value != "old" {
				t.Fatalf("keeper %d: %q, %v", i, got.Value, errs[i])
			}
		}
		if fetches != 1 {
			t.Errorf("%d fetches", fetches)
		}
	})
}

func TestFailureIsShared(t *testing.T) {
	eachStore(t, func(t *testing.T, open func() Store) {
		_, errs, fetches := crowd(t, 32, open, Want{}, func(context.Context, Token) (Token, error) {
			return Token{}, errors.New("refused: 40164")
		})
		for i, err := range errs {
			if err == nil || err.Error() != "refused: 40164" {
				t.Fatalf("keeper %d: %v", i, err)
			}
		}
		if fetches != 1 {
			t.Errorf("%d fetches", fetches)
		}
		// Whoever comes later tries anew.
		k := &Keeper{Store: open()}
		if got, err := k.Get(t.Context(), testKey("k"), Want{}, fetched("new")); err != nil || got.Value != "new" {
			t.Errorf("later: %q, %v", got.Value, err)
		}
	})
}

// A failure is told as the caller wants it told.
func TestFreezeAndThaw(t *testing.T) {
	m := &Memory{}
	thawed := errors.New("thawed")
	k := func() *Keeper {
		return &Keeper{
			Store:       m,
			EncodeError: func(err error) string { return "frozen " + err.Error() },
			DecodeError: func(text string) error {
				if text != "frozen no" {
					t.Errorf("thaw %q", text)
				}
				return thawed
			},
		}
	}
	var looked sync.WaitGroup
	looked.Add(2)
	var all sync.WaitGroup
	var asThawed atomic.Int64
	for range 2 {
		keeper := k()
		keeper.Store = &firstLook{Store: m, looked: looked.Done}
		all.Go(func() {
			_, err := keeper.Get(t.Context(), testKey("k"), Want{}, func(context.Context, Token) (Token, error) {
				looked.Wait()
				return Token{}, errors.New("no")
			})
			if errors.Is(err, thawed) {
				asThawed.Add(1)
			} else if err == nil || err.Error() != "no" {
				t.Errorf("got %v", err)
			}
		})
	}
	all.Wait()
	if asThawed.Load() != 1 {
		t.Errorf("%d of 2 were told by DecodeError", asThawed.Load())
	}
}

func TestFresh(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	for _, c := range []struct {
		name       string
		token      Token
		fresh      bool
		livesStill bool
	}{
		{"new", life("t", now, 2*time.Hour), true, true},
		{"none", life("", now, 2*time.Hour), false, false},
		{"five minutes left", life("t", now.Add(5*time.Minute-2*time.Hour), 2*time.Hour), true, true},
		{"four minutes left", life("t", now.Add(4*time.Minute-2*time.Hour), 2*time.Hour), false, true},
		{"no time left", life("t", now.Add(-2*time.Hour), 2*time.Hour), false, false},
		{"a short life, begun", life("t", now, 8*time.Second), true, true},
		{"a short life, near its end", life("t", now.Add(-6*time.Second), 8*time.Second), false, true},
		{"five minutes as stable_token gives them", life("t", now, 300*time.Second), true, true},
		{"the clock was corrected by a little", life("t", now.Add(50*time.Second), 2*time.Hour), true, true},
		{"the clock was set back", life("t", now.Add(2*time.Minute), 2*time.Hour), false, false},
		{"the clock was set back by years", life("t", now.AddDate(3, 0, 0), 2*time.Hour), false, false},
		{"a life that nobody gives", life("t", now, 25*time.Hour), false, false},
		{"an end before the beginning", life("t", now, -time.Hour), false, false},
		{"no life", life("t", now, 0), false, false},
	} {
		if got := c.token.Fresh(now); got != c.fresh {
			t.Errorf("%s: Fresh is %t", c.name, got)
		}
		if got := c.token.lives(now); got != c.livesStill {
			t.Errorf("%s: lives is %t", c.name, got)
		}
	}
}

// Near the end a token is renewed, and if that fails the old one serves on,
// with a warning. One that was refused does not.
func TestRenewalFails(t *testing.T) {
	eachStore(t, func(t *testing.T, open func() Store) {
		put(t, open(), life("old", time.Now().Add(-118*time.Minute), 2*time.Hour))
		var warned []string
		k := &Keeper{Store: open(), Warn: func(err error) { warned = append(warned, err.Error()) }}
		fails := func(context.Context, Token) (Token, error) { return Token{}, errors.New("no network") }
		got, err := k.Get(t.Context(), testKey("k"), Want{}, fails)
		if err != nil || got.Value != "old" || len(warned) != 1 || warned[0] != "no network" {
			t.Errorf("%q, %v, warned of %q", got.Value, err, warned)
		}
		for _, want := range []Want{{Not: "old"}, {Force: true}} {
			if got, err := k.Get(t.Context(), testKey("k"), want, fails); err == nil {
				t.Errorf("%+v: got %q", want, got.Value)
			}
		}
		if got, err = k.Get(t.Context(), testKey("k"), Want{}, fetched("new")); err != nil || got.Value != "new" {
			t.Errorf("%q, %v", got.Value, err)
		}
	})
}

// A value that another secret got must not hide that this one is wrong, and
// the wrong one must not destroy what the right one got.
func TestGuard(t *testing.T) {
	eachStore(t, func(t *testing.T, open func() Store) {
		put(t, open(), life("right", time.Now(), 2*time.Hour))
		wrong := testKey("k")
		wrong.Guard = "wrong"
		k := &Keeper{Store: open()}
		_, err := k.Get(t.Context(), wrong, Want{}, func(_ context.Context, old Token) (Token, error) {
			if old.Value != "" {
				t.Errorf("fetch is shown %q", old.Value)
			}
			return Token{}, errors.New("invalid appsecret")
		})
		if err == nil || err.Error() != "invalid appsecret" {
			t.Errorf("got %v", err)
		}
		if peeked, err := k.Peek(t.Context(), wrong); err != nil || peeked.Value != "" {
			t.Errorf("peeked at %q, %v", peeked.Value, err)
		}
		got, err := k.Get(t.Context(), testKey("k"), Want{}, never(t))
		if err != nil || got.Value != "right" {
			t.Errorf("%q, %v", got.Value, err)
		}
	})
}

// Kinds do not touch each other, though a file holds them all.
func TestKinds(t *testing.T) {
	eachStore(t, func(t *testing.T, open func() Store) {
		var all sync.WaitGroup
		for i := range 8 {
			kind := fmt.Sprintf("kind%d", i)
			k := &Keeper{Store: open()}
			all.Go(func() {
				if _, err := k.Get(t.Context(), testKey(kind), Want{}, fetched(kind)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		k := &Keeper{Store: open()}
		for i := range 8 {
			kind := fmt.Sprintf("kind%d", i)
			if got, err := k.Peek(t.Context(), testKey(kind)); err != nil || got.Value != kind {
				t.Errorf("%s: %q, %v", kind, got.Value, err)
			}
		}
	})
}

// A fetch may hold one lock and take another, as that of a ticket does, which
// takes a token.
func TestNestedFetch(t *testing.T) {
	eachStore(t, func(t *testing.T, open func() Store) {
		k := &Keeper{Store: open()}
		got, err := k.Get(t.Context(), testKey("ticket"), Want{}, func(ctx context.Context, _ Token) (Token, error) {
			token, err := k.Get(ctx, testKey("token"), Want{}, fetched("token"))
			return life("ticket by "+token.Value, time.Now(), 2*time.Hour), err
		})
		if err != nil || got.Value != "ticket by token" {
			t.Errorf("%q, %v", got.Value, err)
		}
	})
}

// Whoever is interrupted while fetching leaves no failure to those who wait.
func TestInterruptedFetch(t *testing.T) {
	eachStore(t, func(t *testing.T, open func() Store) {
		ctx, cancel := context.WithCancel(t.Context())
		k := &Keeper{Store: open()}
		_, err := k.Get(ctx, testKey("k"), Want{}, func(ctx context.Context, _ Token) (Token, error) {
			cancel()
			<-ctx.Done()
			return Token{}, errors.New("some words about it")
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		r, err := open().Load(t.Context(), testKey("k"))
		if err != nil || r.Failure != nil {
			t.Errorf("left %+v, %v", r.Failure, err)
		}
		if got, err := k.Get(t.Context(), testKey("k"), Want{}, fetched("new")); err != nil || got.Value != "new" {
			t.Errorf("%q, %v", got.Value, err)
		}
	})
}

func TestWaitHasAnEnd(t *testing.T) {
	eachStore(t, func(t *testing.T, open func() Store) {
		lock, ok, err := open().TryLock(t.Context(), testKey("k"))
		if err != nil || !ok {
			t.Fatalf("%t, %v", ok, err)
		}
		defer lock.Release()
		k := &Keeper{Store: open(), Wait: 50 * time.Millisecond}
		_, err = k.Get(t.Context(), testKey("k"), Want{}, never(t))
		var store *StoreError
		if !errors.As(err, &store) || !strings.Contains(err.Error(), "another process has held the lock for 50ms") {
			t.Errorf("got %v", err)
		}
		demandChinese(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		k.Wait = 0
		if _, err := k.Get(ctx, testKey("k"), Want{}, never(t)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

// A Fetch may decide that the old one is still the newest, and nothing is
// written.
func TestFetchKeepsTheOldOne(t *testing.T) {
	eachStore(t, func(t *testing.T, open func() Store) {
		put(t, open(), life("old", time.Now().Add(-time.Minute), 2*time.Hour))
		k := &Keeper{Store: open()}
		got, err := k.Get(t.Context(), testKey("k"), Want{Force: true}, func(_ context.Context, old Token) (Token, error) {
			return old, nil
		})
		if err != nil || got.Value != "old" || got.From == nil {
			t.Errorf("%q from %q, %v", got.Value, got.From, err)
		}
		if r, err := open().Load(t.Context(), testKey("k")); err != nil || r.ForceID != "" {
			t.Errorf("wrote %+v, %v", r, err)
		}
	})
}
