package emulator

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/menu"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/wire"
)

// derived is what an account keeps beside its state, made from it.
type derived struct {
	configured bool // its secrets come from the Config
	menu       *menu.Menu
	menuAnswer []byte // of menu/get; nil when it has to be made
	users      map[string]*User
	usage      map[string]*Usage
	codec      *msgcrypt.Codec
}

// complete fills in what a state leaves out, and checks it.
func (e *Emulator) complete(s *State) error {
	for _, given := range e.cfg.Accounts {
		i := slices.IndexFunc(s.Accounts, func(a *Account) bool { return a.AppID == given.AppID })
		if i < 0 {
			one := State{Accounts: []*Account{&given}}
			copied, err := one.clone()
			if err != nil {
				return err
			}
			s.Accounts = append(s.Accounts, copied.Accounts[0])
			i = len(s.Accounts) - 1
		}
		a := s.Accounts[i]
		a.derived.configured = true
		for _, f := range []struct{ to, from *string }{
			{&a.Secret, &given.Secret},
			{&a.Token, &given.Token},
			{&a.AESKey, &given.AESKey},
			{&a.URL, &given.URL},
			{&a.Mode, &given.Mode},
			{&a.Format, &given.Format},
			{&a.OriginalID, &given.OriginalID},
		} {
			*f.to = cmp.Or(*f.from, *f.to)
		}
	}
	if len(s.Accounts) == 0 {
		s.Accounts = []*Account{{AppID: DefaultAppID}}
	}
	seen := map[string]bool{}
	for _, a := range s.Accounts {
		if seen[a.AppID] {
			return fmt.Errorf("account %s is listed twice", quote(a.AppID))
		}
		seen[a.AppID] = true
		if err := a.complete(e.routes); err != nil {
			return fmt.Errorf("account %s: %w", quote(a.AppID), err)
		}
	}
	for i, f := range s.Faults {
		if err := f.check(); err != nil {
			return fmt.Errorf("fault %d: %w", i+1, err)
		}
	}
	return nil
}

func quote(s string) string { return text.Quote([]byte(s), 80) }

var (
	anAppID  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_-]{4,64}$`) })
	aToken   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9]{3,32}$`) })
	anOpenID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_-]{6,64}$`) })
)

// complete fills in the defaults of an account, and checks it.
func (a *Account) complete(routes map[string]*route) error {
	a.Secret = cmp.Or(a.Secret, DefaultSecret)
	a.Token = cmp.Or(a.Token, DefaultToken)
	a.AESKey = cmp.Or(a.AESKey, DefaultAESKey)
	a.OriginalID = cmp.Or(a.OriginalID, message.OriginalID(a.AppID))
	a.Mode = cmp.Or(a.Mode, string(msgcrypt.Plain))
	a.Format = cmp.Or(a.Format, string(msgcrypt.XML))
	a.LastID = max(a.LastID, firstID)
	key, keyErr := msgcrypt.ParseKey(a.AESKey)
	switch {
	case !anAppID().MatchString(a.AppID):
		return errors.New("not an appid")
	case !aToken().MatchString(a.Token):
		return errors.New("token: it takes 3 to 32 letters and digits")
	case keyErr != nil:
		return fmt.Errorf("aes_key: %w", keyErr)
	case !slices.Contains([]string{"plain", "compat", "safe"}, a.Mode):
		return fmt.Errorf("mode is %s: it takes plain, compat or safe", quote(a.Mode))
	case a.MassSpeed < 0 || a.MassSpeed >= len(realSpeeds):
		return fmt.Errorf("mass_speed is %d: it takes 0 to %d", a.MassSpeed, len(realSpeeds)-1)
	case a.Format != string(msgcrypt.XML) && a.Format != string(msgcrypt.JSON):
		return fmt.Errorf("format is %s: it takes xml or json", quote(a.Format))
	}
	a.derived.codec = msgcrypt.New(key, a.AppID)
	if a.URL != "" {
		if _, err := wire.CheckURL(a.URL); err != nil {
			return fmt.Errorf("url: %w", err)
		}
	}
	for path := range a.Quota {
		if routes[path] == nil {
			return fmt.Errorf("quota: there is no %s", quote(path))
		}
	}
	for _, check := range []func() error{a.checkTags, a.checkTemplates, a.checkUsers, a.loadMenu} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// firstID is where the ids of an account begin: those below are WeChat's own
// tags.
const firstID = 100

func (a *Account) checkTags() error {
	for i, t := range a.Tags {
		if t.Name == "" || slices.ContainsFunc(a.Tags[:i], func(o *Tag) bool { return o.ID == t.ID || o.Name == t.Name }) {
			return fmt.Errorf("tag %d %s: it needs an id and a name that no other has", t.ID, quote(t.Name))
		}
		a.LastID = max(a.LastID, t.ID)
	}
	return nil
}

func (a *Account) checkTemplates() error {
	for i, t := range a.Templates {
		if t.ID == "" || slices.ContainsFunc(a.Templates[:i], func(o *Template) bool { return o.ID == t.ID }) {
			return fmt.Errorf("template %s: it needs an id that no other has", quote(t.ID))
		}
	}
	return nil
}

func (a *Account) checkUsers() error {
	seen := map[string]bool{}
	for _, u := range a.Users {
		if u.OpenID == "" {
			u.OpenID = userID(u.Name)
		}
		switch {
		case !anOpenID().MatchString(u.OpenID):
			return fmt.Errorf("user %s: it needs an openid or a name", quote(cmp.Or(u.OpenID, u.Name)))
		case seen[u.OpenID]:
			return fmt.Errorf("user %s is listed twice", quote(u.OpenID))
		case u.Platform != "" && platforms[u.Platform] == "":
			return fmt.Errorf("user %s: platform is %s: it takes ios, android or other", quote(u.OpenID), quote(u.Platform))
		}
		for _, id := range u.TagIDs {
			if a.tag(id) == nil {
				return fmt.Errorf("user %s: there is no tag %d", quote(u.OpenID), id)
			}
		}
		seen[u.OpenID] = true
	}
	return nil
}

// userID is the OpenID of a test user.
func userID(name string) string {
	if name == "" {
		return ""
	}
	return message.OpenID(name)
}

// dropNils removes what JSON can have in a list and TOML cannot: null.
func (a *Account) dropNils() {
	for _, u := range present(&a.Users) {
		present(&u.Windows)
		present(&u.Chat)
	}
	present(&a.Tags)
	present(&a.Templates)
	present(&a.Tokens)
	present(&a.Tickets)
	present(&a.QRCodes)
	present(&a.Media)
	present(&a.Codes)
	present(&a.Grants)
	present(&a.Usage)
	present(&a.Sent)
	present(&a.Drafts)
	present(&a.Published)
	present(&a.Mass)
}

func present[T any](list *[]*T) []*T {
	*list = slices.DeleteFunc(*list, func(v *T) bool { return v == nil })
	return *list
}

// index makes what is looked up by a key.
func (a *Account) index(tokens map[string]issuedToken) {
	a.derived.users = map[string]*User{}
	for _, u := range a.Users {
		a.derived.users[u.OpenID] = u
	}
	a.derived.usage = map[string]*Usage{}
	for _, u := range a.Usage {
		a.derived.usage[u.Path] = u
	}
	for _, t := range a.Tokens {
		tokens[t.Value] = issuedToken{a, t}
	}
}

// store writes what is kept beside the state back into it.
func (a *Account) store() { a.storeMenu() }

func (a *Account) nextID() int64 {
	a.LastID++
	return a.LastID
}

// account finds an account by its AppID; the first one is the default.
func (e *Emulator) account(appid string) *Account {
	if appid == "" {
		return e.state.Accounts[0]
	}
	for _, a := range e.state.Accounts {
		if a.AppID == appid {
			return a
		}
	}
	return nil
}

// denied reports whether the account may not use a path.
func (a *Account) denied(path string) bool {
	return slices.ContainsFunc(a.Denied, func(d string) bool {
		prefix, isPrefix := strings.CutSuffix(d, "*")
		return d == path || isPrefix && strings.HasPrefix(path, prefix)
	})
}
