package control

import (
	"errors"
	"net"
	"net/http"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/h5"
)

// h5Answer is what pages are open in the phone.
type h5Answer struct {
	FrameSource string    `json:"frame_src"` // where frames of them come from: http://*.localhost:PORT; empty: there is no port for pages
	Pages       []h5.Page `json:"pages"`     // the one opened last first
}

func (h *handler) getH5(req *http.Request) (h5Answer, error) {
	lang, err := h.lang(req)
	if err != nil {
		return h5Answer{}, err
	}
	return h5Answer{h.pages.FrameSource(), h.pages.Pages(lang)}, nil
}

// postH5Open opens a page for the origin that asks, which may frame it.
func (h *handler) postH5Open(req *http.Request) (h5.Session, error) {
	var what struct{ AppID, User, URL string }
	if err := readJSON(req, &what); err != nil {
		return h5.Session{}, err
	}
	reached, _ := req.Context().Value(http.LocalAddrContextKey).(net.Addr)
	s, err := h.pages.Open(req.Context(), h5.Ask{
		AppID: what.AppID, User: what.User, URL: what.URL, Phone: h.emulator.OriginOf(req), Reached: reached,
	})
	return s, orNotFound(err)
}

func (h *handler) postH5Answer(req *http.Request) (emulator.H5Call, error) {
	var a h5.Answer
	if err := readJSON(req, &a); err != nil {
		return emulator.H5Call{}, err
	}
	c, err := h.pages.Answer(req.PathValue("session"), a)
	if errors.Is(err, h5.ErrNoCall) || errors.Is(err, h5.ErrNoSession) {
		err = notFound{err}
	}
	return c.In(h.emulator.Lang()), err
}
