package emulator

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/wxdev/wxdev/pkg/push"
	"github.com/wxdev/wxdev/pkg/wire"
)

// ErrNotFound is in the errors that say that an account, a user, a file or a
// QR code is not there; ask for it with errors.Is.
var ErrNotFound = errors.New("not found")

// notFound is an error that is ErrNotFound.
type notFound string

func (e notFound) Error() string      { return string(e) }
func (notFound) Is(target error) bool { return target == ErrNotFound }

func errNoAccount(appid string) error { return notFound("there is no account " + quote(appid)) }

// UpdateAccount changes an account: change works on a copy, which takes the
// account's place if it is right. An AppID that is not there yet is a new
// account; an empty one is the first account. change must not call the
// Emulator.
func (e *Emulator) UpdateAccount(appid string, change func(*Account) error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	old := e.account(appid)
	fresh := &Account{AppID: appid}
	if old != nil {
		var err error
		if fresh, err = old.clone(); err != nil {
			return err
		}
	}
	if err := change(fresh); err != nil {
		return err
	}
	fresh.dropNils()
	if old != nil && fresh.AppID != old.AppID || old == nil && fresh.AppID != appid {
		return errors.New("an account keeps its appid")
	}
	if err := fresh.complete(e.routes); err != nil {
		return fmt.Errorf("account %s: %w", quote(fresh.AppID), err)
	}
	if old == nil {
		e.state.Accounts = append(e.state.Accounts, fresh)
	} else {
		for _, t := range old.Tokens {
			delete(e.tokens, t.Value)
		}
		e.state.Accounts[slices.Index(e.state.Accounts, old)] = fresh
	}
	fresh.index(e.tokens)
	e.secrets.Add(fresh.secrets()...)
	e.emit(EventAccount, about(fresh.AppID, ""), AccountEvent{fresh.AppID})
	return nil
}

// clone copies an account with all that belongs to it. Chats and files are
// copied by hand: they may have many megabytes, which would be written as TOML
// and read again while everybody waits.
func (a *Account) clone() (*Account, error) {
	a.store()
	light := *a
	light.Media, light.Users = nil, pointers(values(a.Users))
	for _, u := range light.Users {
		u.Chat = nil
	}
	copied, err := (&State{Accounts: []*Account{&light}}).clone()
	if err != nil {
		return nil, err
	}
	fresh := copied.Accounts[0]
	fresh.derived.configured = a.derived.configured
	fresh.Media = pointers(values(a.Media)) // nobody changes the bytes
	for i, u := range a.Users {
		fresh.Users[i].Chat = pointers(values(u.Chat))
	}
	return fresh, nil
}

// UpdateUser changes a user in the way of [Emulator.UpdateAccount], and returns
// the OpenID. user is a name or an OpenID; one who is not known yet becomes a
// follower.
func (e *Emulator) UpdateUser(appid, user string, change func(*User) error) (openid string, err error) {
	err = e.UpdateAccount(appid, func(a *Account) error {
		a.index(map[string]issuedToken{}) // users are looked up in it
		u, err := a.ensure(user, false)
		if err != nil {
			return err
		}
		if err := change(u); err != nil {
			return err
		}
		appid, openid = a.AppID, u.OpenID
		return nil
	})
	if err != nil {
		return "", err
	}
	e.emitUser(appid, openid)
	return openid, nil
}

// AccountInfo is an account without its secrets: its names and settings, and
// of the rest how much there is.
type AccountInfo struct {
	AppID      string     `json:"appid"`
	Followers  int        `json:"followers"`
	Format     string     `json:"format"`
	HasMenu    bool       `json:"has_menu"`
	Media      int        `json:"media"`
	Drafts     int        `json:"drafts"`
	Published  int        `json:"published"`
	Mode       string     `json:"mode"`
	Name       string     `json:"name"` // the AppID of one that has none
	OriginalID string     `json:"original_id"`
	QRCodes    int        `json:"qrcodes"`
	Tags       []Tag      `json:"tags"`
	Templates  []Template `json:"templates"`
	URL        string     `json:"url"`
	Usage      []Usage    `json:"usage"`
	Users      int        `json:"users"`

	ServerOrigin string     `json:"server_origin,omitempty"` // of its url: scheme, host and port
	PushLimits   PushLimits `json:"push_limits"`
	TokenAges    []TokenAge `json:"tokens"` // the newest of each kind
}

// PushLimits are how a message is delivered.
type PushLimits struct {
	Timeout  int64 `json:"timeout_ms"` // of one delivery
	Attempts int   `json:"attempts"`   // deliveries in all when they fail
}

// TokenAge says how old a token is. The token itself is not told.
type TokenAge struct {
	Kind    string `json:"kind"`      // token or stable_token
	Age     int64  `json:"age_s"`     // seconds
	Expires int64  `json:"expires_s"` // in how many seconds; 0 of one that is over
}

// info is what is told of an account: an empty list is one, too.
func (e *Emulator) info(a *Account) AccountInfo {
	a = e.server(a)
	return AccountInfo{
		Name: cmp.Or(a.Name, a.AppID), ServerOrigin: origin(a.URL), PushLimits: e.pushLimits(), TokenAges: a.tokenAges(e.now()),
		AppID: a.AppID, OriginalID: a.OriginalID, URL: a.URL, Mode: a.Mode, Format: a.Format,
		Users: len(a.Users), Followers: len(a.followers()), Tags: append([]Tag{}, values(a.Tags)...), Templates: append([]Template{}, values(a.Templates)...),
		HasMenu: a.derived.menu != nil, Media: len(a.Media), Drafts: len(a.Drafts), Published: len(a.Published), QRCodes: len(a.QRCodes), Usage: append([]Usage{}, values(a.Usage)...),
	}
}

// origin is the scheme, host and port of a URL, as browsers compare them; of
// none it is none.
func origin(rawURL string) string {
	u, err := wire.CheckURL(rawURL)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Scheme + "://" + u.Host)
}

func (e *Emulator) pushLimits() PushLimits {
	return PushLimits{cmp.Or(e.cfg.Timeout, wire.DefaultTimeout).Milliseconds(), cmp.Or(e.cfg.Attempts, push.Attempts)}
}

func (a *Account) tokenAges(now time.Time) []TokenAge {
	ages := []TokenAge{}
	for _, kind := range []string{plainToken, stableToken} {
		if t := a.current(kind); t != nil {
			ages = append(ages, TokenAge{kind, int64(now.Sub(t.Created).Seconds()), max(0, int64(t.Expires.Sub(now).Seconds()))})
		}
	}
	return ages
}

// values copies what a list points to.
func values[T any](list []*T) []T {
	if list == nil {
		return nil
	}
	copies := make([]T, 0, len(list))
	for _, v := range list {
		copies = append(copies, *v)
	}
	return copies
}

// Accounts lists the accounts; the first one is the default.
func (e *Emulator) Accounts() []AccountInfo {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := []AccountInfo{}
	for _, a := range e.state.Accounts {
		list = append(list, e.info(a))
	}
	return list
}

// Account returns one account, the first one if appid is empty. The error is
// [ErrNotFound].
func (e *Emulator) Account(appid string) (AccountInfo, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a := e.account(appid)
	if a == nil {
		return AccountInfo{}, errNoAccount(appid)
	}
	return e.info(a), nil
}

// Users returns copies of the users of an account, the first one if appid is
// empty. The error is [ErrNotFound].
func (e *Emulator) Users(appid string) ([]User, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a := e.account(appid)
	if a == nil {
		return nil, errNoAccount(appid)
	}
	list := make([]User, 0, len(a.Users))
	for _, u := range a.Users {
		list = append(list, u.clone())
	}
	return list, nil
}

// User returns a copy of one user, by name or OpenID. The error is
// [ErrNotFound].
func (e *Emulator) User(appid, user string) (User, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, u, err := e.userNamed(appid, user)
	if err != nil {
		return User{}, err
	}
	return u.clone(), nil
}

// clone copies a user and all that belongs to it.
func (u *User) clone() User {
	c := *u
	c.TagIDs, c.Accepted, c.MassTimes = slices.Clone(u.TagIDs), maps.Clone(u.Accepted), slices.Clone(u.MassTimes)
	c.Windows, c.Chat = pointers(values(u.Windows)), pointers(values(u.Chat))
	return c
}

func pointers[T any](list []T) []*T {
	if list == nil {
		return nil
	}
	to := make([]*T, 0, len(list))
	for i := range list {
		to = append(to, &list[i])
	}
	return to
}

// DisplayName is what to call a user.
func (u *User) DisplayName() string { return cmp.Or(u.Nickname, u.Name, u.OpenID) }
