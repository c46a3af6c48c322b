package tokenstore

import (
	"context"
	"crypto/rand"
	"errors"
	mrand "math/rand/v2"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// Keeper gets values from a store, and fetches those that it lacks.
type Keeper struct {
	Store Store
	Now   func() time.Time // nil is time.Now
	Wait  time.Duration    // for another's fetch; 0 is a minute

	// Warn is told why a value close to its end could not be renewed. It may be
	// nil.
	Warn func(error)

	// EncodeError and DecodeError turn the error of a fetch into text and back, for those
	// in other processes who waited for that fetch. When they are nil, these
	// get an error with the same words.
	EncodeError func(error) string
	DecodeError func(string) error
}

// Want says which value will do.
type Want struct {
	Not   string // not this one: the API has refused it
	Force bool   // a new one, not one that was there before
}

// Fetch gets a new value. old is what is kept, if anything: its value may have
// expired. A Fetch that returns old itself keeps it.
type Fetch func(ctx context.Context, old Token) (Token, error)

const (
	standardWait = time.Minute
	firstPoll    = 4 * time.Millisecond
	lastPoll     = 60 * time.Millisecond
	saveTime     = 5 * time.Second
)

// Get returns the value of key that is kept, or what fetch gives.
func (k *Keeper) Get(ctx context.Context, key Key, want Want, fetch Fetch) (Token, error) {
	q := &query{Keeper: k, key: key, want: want}
	var err error
	if q.first, err = k.Store.Load(ctx, key); err != nil {
		return Token{}, err
	}
	if !want.Force && q.good(q.first) {
		return q.kept(q.first), nil
	}
	lock, r, err := q.lock(ctx)
	if err != nil {
		return Token{}, err
	}
	if lock == nil {
		return q.answer(r)
	}
	defer lock.Release()
	return q.fetch(ctx, lock, r, fetch)
}

// Peek returns what is kept under key, valid or not, and fetches nothing.
func (k *Keeper) Peek(ctx context.Context, key Key) (Token, error) {
	r, err := k.Store.Load(ctx, key)
	if err != nil || r.Guard != key.Guard {
		return Token{}, err
	}
	t := r.Token
	t.From = k.Store.Name()
	return t, nil
}

func (k *Keeper) now() time.Time {
	if k.Now != nil {
		return k.Now()
	}
	return time.Now()
}

// query is one Get.
type query struct {
	*Keeper
	key   Key
	want  Want
	first Record // as it was when Get was called
}

// good reports whether r has a value for the query. What was fetched since the
// query began is as new as can be, even if it is the one that was refused.
func (q *query) good(r Record) bool {
	return r.Guard == q.key.Guard && r.Token.Fresh(q.now()) && (r.Token.Value != q.want.Not || r.ID != q.first.ID)
}

func (q *query) kept(r Record) Token {
	t := r.Token
	t.From = q.Store.Name()
	return t
}

// hasValue reports whether r has the value that is asked for, hasFailure
// whether it has the failure of such a fetch that ended after the query began.
func (q *query) hasValue(r Record) bool {
	return q.good(r) && (!q.want.Force || r.ForceID != q.first.ForceID)
}

func (q *query) hasFailure(r Record) bool {
	f := r.Failure
	return f != nil && r.failureID() != q.first.failureID() && f.Guard == q.key.Guard && f.Forced == q.want.Force
}

// answer is what r, which others made, means for the query.
func (q *query) answer(r Record) (Token, error) {
	if q.hasValue(r) {
		return q.kept(r), nil
	}
	if q.DecodeError != nil {
		return q.rescue(r, q.DecodeError(r.Failure.Text))
	}
	return q.rescue(r, errors.New(r.Failure.Text))
}

// lock waits until the lock of the key is free, or until whoever has it has
// answered the query: then it returns no lock. The record is the latest.
func (q *query) lock(ctx context.Context) (*Lock, Record, error) {
	limit := q.Wait
	if limit == 0 {
		limit = standardWait
	}
	end := time.NewTimer(limit)
	defer end.Stop()
	for poll := firstPoll; ; poll = min(poll*3/2, lastPoll) {
		lock, ok, err := q.Store.TryLock(ctx, q.key)
		if err != nil {
			return nil, Record{}, err
		}
		r, err := q.Store.Load(ctx, q.key)
		done := err != nil || q.hasValue(r) || q.hasFailure(r)
		switch {
		case ok && done:
			lock.Release()
			return nil, r, err
		case ok || done:
			return lock, r, err
		}
		select {
		case <-ctx.Done():
			return nil, r, ctx.Err()
		case <-end.C:
			return nil, r, &StoreError{Store: q.Store.Name(), Why: finding.Because(reason.LockHeld, "limit", limit.String())}
		case <-time.After(poll/2 + mrand.N(poll)): // not all at once
		}
	}
}

// fetch gets a new value under the lock, and keeps it or its failure.
func (q *query) fetch(ctx context.Context, lock *Lock, r Record, fetch Fetch) (Token, error) {
	old := r.Token
	if r.Guard != q.key.Guard {
		old = Token{Forced: old.Forced} // another secret's, but the same account's count
	}
	t, err := fetch(lock.Ctx, old)
	if err != nil {
		if ctx.Err() != nil {
			return Token{}, ctx.Err() // no failure for the others
		}
		if lost := context.Cause(lock.Ctx); lost != nil {
			return Token{}, late(lost)
		}
		return q.failed(ctx, r, err)
	}
	if t.Value == old.Value && t.Fetched.Equal(old.Fetched) {
		return q.kept(r), nil
	}
	fresh := Record{Token: t, Guard: q.key.Guard, ID: rand.Text(), ForceID: r.ForceID}
	if q.want.Force {
		fresh.ForceID = fresh.ID
	}
	if err := q.save(ctx, fresh); err != nil {
		return Token{}, late(err)
	}
	return t, nil
}

// late marks the error of a store that was lost after the fetch began.
func late(err error) error {
	var lost *StoreError
	if errors.As(err, &lost) {
		return &StoreError{Store: lost.Store, Why: lost.Why, Late: true}
	}
	return err
}

// failed tells those who wait for the lock.
func (q *query) failed(ctx context.Context, r Record, err error) (Token, error) {
	failure := &Failure{ID: rand.Text(), Guard: q.key.Guard, Forced: q.want.Force, Text: q.encode(err)}
	if err := q.save(ctx, Record{r.Token, r.Guard, r.ID, r.ForceID, failure}); err != nil {
		return Token{}, err
	}
	return q.rescue(r, err)
}

// save happens even if the user has lost patience: a token that has arrived is
// worth keeping.
func (q *query) save(ctx context.Context, r Record) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTime)
	defer cancel()
	return q.Store.Save(ctx, q.key, r)
}

func (q *query) encode(err error) string {
	if q.EncodeError != nil {
		return q.EncodeError(err)
	}
	return err.Error()
}

// rescue returns the kept value after a failed renewal, while it lasts.
func (q *query) rescue(r Record, err error) (Token, error) {
	if q.want.Force || r.Guard != q.key.Guard || r.Token.Value == q.want.Not || !r.Token.lives(q.now()) {
		return Token{}, err
	}
	if q.Warn != nil {
		q.Warn(err)
	}
	return q.kept(r), nil
}
