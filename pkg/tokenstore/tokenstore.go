// Package tokenstore shares access tokens and tickets between processes, so
// that any number of them make one call for a new one.
//
// A [Keeper] decides whether a kept value is still good and who fetches the
// next; a [Store] holds the values: [File] for one user's processes, [Redis]
// for those of a team or of CI runners, [Memory] for one process. What a value
// is and how it is fetched is up to the caller:
//
//	k := &tokenstore.Keeper{Store: &tokenstore.File{Dir: dir}}
//	key := tokenstore.Key{Base: base, AppID: appid, Kind: "stable_token"}
//	t, err := k.Get(ctx, key, tokenstore.Want{}, fetch)
//
// Get returns the kept value while it is good for some minutes more. Otherwise
// it takes the key's lock, looks again, and calls fetch; those who waited for
// the lock get the result of that call, even if it failed. A value that the API
// has refused is passed in [Want].Not: whoever comes first replaces it, the
// others get the new one.
//
// A value counts as expired a little before its end (see [Token.Fresh]), and
// when it was fetched in the future: then the clock was set back, and its age
// is unknown. If a value close to its end cannot be renewed, the old one is
// returned, and the failure goes to [Keeper].Warn.
//
// A File whose folder cannot be used warns and does without. A Redis that
// cannot be reached is an error, a [*StoreError]: if every process then fetched
// for itself, they would invalidate each other's tokens.
//
// Values are secrets. No error of this package contains one.
//
// # Compatibility
//
// The README says what a release may change. The format in which values are
// kept, in a file or in Redis, is private: a cache file of another version is
// replaced.
package tokenstore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
)

// Key names one value.
type Key struct {
	Base  string // base URL of the API
	AppID string // the account
	Kind  string // what it is: "stable_token", "jsapi"
	Guard string // changes with the secret; a value kept under another one does not count
}

// account is a name for base and appid that serves as a file name: the appid so
// that people find it, the hash so that it is unique.
func (k Key) account() string {
	sum := sha256.Sum256([]byte(k.AppID + "\x00" + k.Base))
	return plain(k.AppID) + "-" + hex.EncodeToString(sum[:6])
}

func (k Key) kind() string { return plain(k.Kind) }

// plain keeps the part of a name that is harmless in a path.
func plain(name string) string {
	keep := func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' {
			return r
		}
		return -1
	}
	name = strings.Map(keep, name)
	return name[:min(len(name), 64)]
}

// Token is a value with its age.
type Token struct {
	Value   string      `json:"value"`
	Via     string      `json:"via"` // the call that issued it
	Fetched time.Time   `json:"fetched"`
	Expires time.Time   `json:"expires"`
	Forced  []time.Time `json:"forced,omitempty"` // forced refreshes, for those who must count them

	// From is the Name of the store that had it, or nil when it was fetched
	// just now.
	From finding.Fact `json:"-"`
}

const (
	margin  = 4 * time.Minute // stable_token issues a new token 5 minutes before the end, and not earlier
	skew    = time.Minute     // a clock may be corrected by as much, unseen in the margin
	maxLife = 24 * time.Hour  // no value lives as long; one that says so is damaged
)

// Fresh reports whether t is good at now: it has four minutes left, or a
// quarter of its life if that is less.
func (t Token) Fresh(now time.Time) bool {
	life := t.Expires.Sub(t.Fetched)
	return t.lives(now) && t.Expires.Sub(now) > min(margin, life/4)
}

// lives reports whether t has not expired, as far as the clock can be trusted.
func (t Token) lives(now time.Time) bool {
	life := t.Expires.Sub(t.Fetched)
	return t.Value != "" && life > 0 && life <= maxLife && !t.Fetched.After(now.Add(skew)) && t.Expires.After(now)
}

// Record is what a store keeps under a key.
type Record struct {
	Token   Token    `json:"token"`
	Guard   string   `json:"guard,omitempty"`
	ID      string   `json:"id"`                 // changes with each fetch
	ForceID string   `json:"force_id,omitempty"` // changes with each forced fetch
	Failure *Failure `json:"failure,omitempty"`  // of the last fetch
}

// Failure is a fetch that failed, for those who waited for it.
type Failure struct {
	ID     string `json:"id"`
	Guard  string `json:"guard,omitempty"`
	Forced bool   `json:"forced,omitempty"`
	Text   string `json:"text"` // by Keeper.EncodeError
}

// failureID tells one failure from another.
func (r Record) failureID() string {
	if r.Failure == nil {
		return ""
	}
	return r.Failure.ID
}

// Store holds records. A missing record is the zero Record.
type Store interface {
	// Name tells people where values are.
	Name() finding.Fact
	Load(ctx context.Context, key Key) (Record, error)
	Save(ctx context.Context, key Key, r Record) error
	// TryLock takes the lock of key unless another has it, and does not wait.
	TryLock(ctx context.Context, key Key) (l *Lock, ok bool, err error)
}

// Lock is held until Release.
type Lock struct {
	Ctx     context.Context // ends when the lock is lost
	Release func()
}

// StoreError is a store that cannot be used.
type StoreError struct {
	Store finding.Fact // its Name
	Why   finding.Fact // safe to print
	Late  bool         // it was lost while a value was being fetched: the call may have been made
}

// Error implements error, in English.
func (e *StoreError) Error() string { return e.In(finding.English) }

// In implements [finding.Fact].
func (e *StoreError) In(lang finding.Lang) string {
	return finding.Because(reason.AtPlace, "place", e.Store, "why", e.Why).In(lang)
}
