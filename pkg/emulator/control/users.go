package control

import (
	"cmp"
	"errors"
	"net/http"
	"slices"

	"github.com/wxdev/wxdev/pkg/emulator"
)

// orNotFound gives an error the status 404 if it says that something is not
// there.
func orNotFound(err error) error {
	if errors.Is(err, emulator.ErrNotFound) {
		return notFound{err}
	}
	return err
}

func (h *handler) getAccounts(*http.Request) (any, error) {
	return map[string]any{"accounts": h.emulator.Accounts()}, nil
}

func (h *handler) getAccount(req *http.Request) (any, error) {
	a, err := h.emulator.Account(req.PathValue("appid"))
	return a, orNotFound(err)
}

func (h *handler) postAccount(req *http.Request) (any, error) {
	b, o, err := readObject(req)
	if err != nil {
		return nil, err
	}
	return nil, h.emulator.UpdateAccount(o.text("appid"), func(a *emulator.Account) error { return decode(b, a) })
}

func (h *handler) getUsers(req *http.Request) (any, error) {
	list, err := h.emulator.Users(req.URL.Query().Get("appid"))
	return map[string]any{"users": list}, orNotFound(err)
}

func (h *handler) getUser(req *http.Request) (any, error) {
	u, err := h.emulator.User(req.URL.Query().Get("appid"), req.PathValue("user"))
	return u, orNotFound(err)
}

func (h *handler) postUser(req *http.Request) (any, error) {
	b, o, err := readObject(req)
	if err != nil {
		return nil, err
	}
	who := cmp.Or(o.text("openid"), o.text("name"))
	if who == "" {
		return nil, errors.New("which user? give a name or an openid")
	}
	openid, err := h.emulator.UpdateUser(req.URL.Query().Get("appid"), who, func(u *emulator.User) error { return decode(b, u) })
	return map[string]string{"openid": openid}, err
}

func (h *handler) getChat(req *http.Request) (any, error) {
	lines, err := h.emulator.Chat(req.URL.Query().Get("appid"), req.PathValue("user"))
	return map[string]any{"chat": lines}, err
}

func (h *handler) getOutbox(req *http.Request) (any, error) {
	lines, err := h.emulator.Chat(req.URL.Query().Get("appid"), req.PathValue("user"))
	lines = slices.DeleteFunc(lines, func(l emulator.ChatItem) bool { return l.From != emulator.FromServer })
	return map[string]any{"outbox": lines}, err
}

func (h *handler) getMedia(req *http.Request) (any, error) {
	m, err := h.emulator.Media(req.PathValue("id"))
	if err != nil {
		return nil, orNotFound(err)
	}
	return file{kind: m.ContentType(), disposition: m.ContentDisposition(), body: m.Data}, nil
}
