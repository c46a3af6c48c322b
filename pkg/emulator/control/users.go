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

func (h *handler) getAccounts(*http.Request) (accountsAnswer, error) {
	return accountsAnswer{h.emulator.Accounts()}, nil
}

func (h *handler) getAccount(req *http.Request) (emulator.AccountInfo, error) {
	a, err := h.emulator.Account(req.PathValue("appid"))
	return a, orNotFound(err)
}

func (h *handler) postAccount(req *http.Request) (doneAnswer, error) {
	b, o, err := readObject(req)
	if err != nil {
		return done(err)
	}
	return done(h.emulator.UpdateAccount(o.text("appid"), func(a *emulator.Account) error { return decode(b, a) }))
}

func (h *handler) postCheck(req *http.Request) (emulator.ServerCheck, error) {
	var what struct{ AppID string }
	if err := readOptional(req, &what); err != nil {
		return emulator.ServerCheck{}, err
	}
	lang, err := h.lang(req)
	if err != nil {
		return emulator.ServerCheck{}, err
	}
	c, err := h.emulator.Check(req.Context(), what.AppID, lang)
	return c, orNotFound(err)
}

func (h *handler) getUsers(req *http.Request) (usersAnswer, error) {
	lang, err := h.lang(req)
	if err != nil {
		return usersAnswer{}, err
	}
	list, err := h.emulator.Views(req.URL.Query().Get("appid"), lang)
	return usersAnswer{list}, orNotFound(err)
}

func (h *handler) getUser(req *http.Request) (emulator.UserView, error) {
	lang, err := h.lang(req)
	if err != nil {
		return emulator.UserView{}, err
	}
	u, err := h.emulator.View(req.URL.Query().Get("appid"), req.PathValue("user"), lang)
	return u, orNotFound(err)
}

func (h *handler) getMenu(req *http.Request) (emulator.SeenMenu, error) {
	m, err := h.emulator.SeenMenu(req.URL.Query().Get("appid"), req.PathValue("user"))
	return m, orNotFound(err)
}

func (h *handler) postUser(req *http.Request) (openIDAnswer, error) {
	b, o, err := readObject(req)
	if err != nil {
		return openIDAnswer{}, err
	}
	who := cmp.Or(o.text("openid"), o.text("name"))
	if who == "" {
		return openIDAnswer{}, errors.New("which user? give a name or an openid")
	}
	openid, err := h.emulator.UpdateUser(req.URL.Query().Get("appid"), who, func(u *emulator.User) error { return decode(b, u) })
	return openIDAnswer{openid}, err
}

func (h *handler) getChat(req *http.Request) (chatAnswer, error) {
	lines, err := h.emulator.Chat(req.URL.Query().Get("appid"), req.PathValue("user"))
	return chatAnswer{lines}, err
}

func (h *handler) getOutbox(req *http.Request) (outboxAnswer, error) {
	lines, err := h.emulator.Chat(req.URL.Query().Get("appid"), req.PathValue("user"))
	lines = slices.DeleteFunc(lines, func(l emulator.ChatItem) bool { return l.From != emulator.FromServer })
	return outboxAnswer{lines}, err
}

func (h *handler) getMedia(req *http.Request) (file, error) {
	m, err := h.emulator.Media(req.PathValue("id"))
	if err != nil {
		return file{}, orNotFound(err)
	}
	return file{kind: m.ContentType(), disposition: m.ContentDisposition(), body: m.Data}, nil
}
