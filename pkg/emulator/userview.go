package emulator

import (
	"hash/fnv"
	"strconv"
	"strings"
	"unicode"

	"github.com/wxdev/wxdev/pkg/finding"
)

// UserView is a user, and what follows from their state now.
type UserView struct {
	User

	OpenWindows     []OpenWindow    `json:"windows"` // those that end first come first
	CustomerService CustomerService `json:"cs"`
	Avatar          string          `json:"avatar"` // initials and a hue in degrees: "Al,210"
}

// View returns one user with words in a language. user is a name or an OpenID.
// The error is [ErrNotFound].
func (e *Emulator) View(appid, user string, lang finding.Lang) (UserView, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, u, err := e.userNamed(appid, user)
	if err != nil {
		return UserView{}, err
	}
	return e.view(u, lang), nil
}

// Views is View for all users of an account, the first one if appid is empty.
func (e *Emulator) Views(appid string, lang finding.Lang) ([]UserView, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a := e.account(appid)
	if a == nil {
		return nil, errNoAccount(appid)
	}
	list := make([]UserView, 0, len(a.Users))
	for _, u := range a.Users {
		list = append(list, e.view(u, lang))
	}
	return list, nil
}

// view is View for those who hold the lock.
func (e *Emulator) view(u *User, lang finding.Lang) UserView {
	now := e.now()
	return UserView{u.clone(), u.openWindows(now, lang), u.customerService(now, lang), u.avatar()}
}

// userNamed finds a user of an account, by name or OpenID. The caller holds the lock.
func (e *Emulator) userNamed(appid, user string) (*Account, *User, error) {
	a := e.account(appid)
	if a == nil {
		return nil, nil, errNoAccount(appid)
	}
	u := a.find(user)
	if u == nil {
		return nil, nil, notFound("there is no user " + quote(user))
	}
	return a, u, nil
}

// avatar stands for the picture, whose URL is somebody else's: the initials of
// the name, two letters or one character of Chinese, and a hue that is the
// OpenID's, whatever the user is called.
func (u *User) avatar() string {
	var initials []rune
	for _, r := range u.DisplayName() {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		initials = append(initials, r)
		if r > unicode.MaxLatin1 || len(initials) == 2 {
			break
		}
	}
	if len(initials) == 0 {
		initials = []rune{'?'}
	}
	first := strings.ToUpper(string(initials[0])) + string(initials[1:])
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(u.OpenID)) // never fails
	return first + "," + strconv.Itoa(int(hash.Sum32()%360))
}
