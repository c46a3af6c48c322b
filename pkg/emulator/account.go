package emulator

import (
	"cmp"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
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
			{&a.Name, &given.Name},
		} {
			*f.to = cmp.Or(*f.from, *f.to)
		}
	}
	if e.takeComponent(s); s.Component != nil {
		if err := s.Component.complete(s, e.routes); err != nil {
			return err
		}
	}
	if len(s.Accounts) == 0 {
		s.Accounts = []*Account{{AppID: DefaultAppID}}
	}
	seen := map[string]bool{}
	for _, a := range s.Accounts {
		if seen[a.AppID] {
			return finding.Because(reason.AccountTwice, "account", named(a.AppID))
		}
		seen[a.AppID] = true
		if err := a.complete(e.routes); err != nil {
			return finding.Because(reason.AtAccount, "account", named(a.AppID), "error", err)
		}
	}
	for i, f := range s.Faults {
		if err := f.check(); err != nil {
			return finding.Because(reason.AtFault, "number", i+1, "error", err)
		}
	}
	return nil
}

// named is a name that an error quotes.
func named(s string) finding.Quote { return finding.Quote{Text: s, Limit: 80} }

func quote(s string) string { return named(s).In(finding.English) }

// takes is the error of a key with a wrong value.
func takes(key string, value any, what finding.Fact) error {
	return finding.Because(reason.KeyTakes, "key", key, "value", value, "values", what)
}

var (
	anAppID  = lazy.Regexp(`^[A-Za-z0-9_-]{4,64}$`)
	aToken   = lazy.Regexp(`^[A-Za-z0-9]{3,32}$`)
	anOpenID = lazy.Regexp(`^[A-Za-z0-9_-]{6,64}$`)
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
	case !anAppID.Get().MatchString(a.AppID):
		return finding.Because(reason.NotAnAppID)
	case !aToken.Get().MatchString(a.Token):
		return finding.Because(reason.BadToken)
	case keyErr != nil:
		return finding.Because(reason.AtKey, "key", "aes_key", "error", keyErr)
	case !slices.Contains(modes(), a.Mode):
		return takes("mode", named(a.Mode), finding.AnyOf(modes()))
	case a.MassSpeed < 0 || a.MassSpeed >= len(realSpeeds):
		return takes("mass_speed", a.MassSpeed, finding.Because(reason.FromTo, "least", 0, "most", len(realSpeeds)-1))
	case a.Format != string(msgcrypt.XML) && a.Format != string(msgcrypt.JSON):
		return takes("format", named(a.Format), finding.AnyOf([]string{"xml", "json"}))
	}
	a.derived.codec = msgcrypt.New(key, a.AppID)
	if a.URL != "" {
		if _, err := wire.CheckURL(a.URL); err != nil {
			return finding.Because(reason.AtKey, "key", "url", "error", err)
		}
	}
	for path := range a.Quota {
		if routes[path] == nil {
			return finding.Because(reason.NoQuota, "path", named(path))
		}
	}
	for _, check := range []func() error{a.checkTags, a.checkTemplates, a.checkUsers, a.loadMenu} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// modes are those of an account.
func modes() []string { return []string{"plain", "compat", "safe"} }

// firstID is where the ids of an account begin: those below are WeChat's own
// tags.
const firstID = 100

func (a *Account) checkTags() error {
	for i, t := range a.Tags {
		if t.Name == "" || slices.ContainsFunc(a.Tags[:i], func(o *Tag) bool { return o.ID == t.ID || o.Name == t.Name }) {
			return finding.Because(reason.TagNotUnique, "id", t.ID, "name", named(t.Name))
		}
		a.LastID = max(a.LastID, t.ID)
	}
	return nil
}

func (a *Account) checkTemplates() error {
	for i, t := range a.Templates {
		if t.ID == "" || slices.ContainsFunc(a.Templates[:i], func(o *Template) bool { return o.ID == t.ID }) {
			return finding.Because(reason.TemplateNotUnique, "id", named(t.ID))
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
		case !anOpenID.Get().MatchString(u.OpenID):
			return finding.Because(reason.UserWithoutID, "user", named(cmp.Or(u.OpenID, u.Name)))
		case seen[u.OpenID]:
			return finding.Because(reason.UserTwice, "user", named(u.OpenID))
		case u.Platform != "" && platforms.Get()[u.Platform] == "":
			return finding.Because(reason.AtUser, "user", named(u.OpenID), "error", takes("platform", named(u.Platform), finding.AnyOf([]string{"ios", "android", "other"})))
		}
		for _, id := range u.TagIDs {
			if a.tag(id) == nil {
				return finding.Because(reason.AtUser, "user", named(u.OpenID), "error", finding.Because(reason.NoTag, "id", id))
			}
		}
		seen[u.OpenID] = true
	}
	return nil
}

// secrets are what of an account must not be in a log. The defaults are public.
func (a *Account) secrets() []string {
	list := []string{a.Secret}
	for _, s := range [][2]string{{a.Token, DefaultToken}, {a.AESKey, DefaultAESKey}} {
		if s[0] != s[1] {
			list = append(list, s[0])
		}
	}
	return list
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
