package control

import (
	"net/http"
	"time"

	"github.com/wxdev/wxdev/pkg/emulator"
)

func (h *handler) postReset(*http.Request) (doneAnswer, error) { return done(h.emulator.Reset()) }

func (h *handler) getSnapshot(*http.Request) (file, error) {
	text, err := h.emulator.Snapshot()
	return file{kind: "application/toml", body: text}, err
}

func (h *handler) postSnapshot(req *http.Request) (doneAnswer, error) {
	return done(h.emulator.Restore("snapshot", readBody(req)))
}

func (h *handler) getFaults(*http.Request) (faultsAnswer, error) {
	return faultsAnswer{h.emulator.Faults()}, nil
}

func (h *handler) postFault(req *http.Request) (doneAnswer, error) {
	var f emulator.Fault
	if err := readJSON(req, &f); err != nil {
		return done(err)
	}
	return done(h.emulator.Fail(f))
}

func (h *handler) deleteFaults(*http.Request) (doneAnswer, error) {
	h.emulator.ClearFaults()
	return done(nil)
}

func (h *handler) getSecurity(*http.Request) (securityAnswer, error) {
	keys, err := h.emulator.SecurityKeys()
	return securityAnswer{h.emulator.Security(), keys}, err
}

func (h *handler) postSecurity(req *http.Request) (securityAnswer, error) {
	s := h.emulator.Security()
	if err := readJSON(req, &s); err != nil {
		return securityAnswer{}, err
	}
	if err := h.emulator.SetSecurity(s); err != nil {
		return securityAnswer{}, err
	}
	return h.getSecurity(req)
}

func (h *handler) getClock(*http.Request) (clockAnswer, error) {
	now, offset := h.emulator.Clock()
	return clockAnswer{now, now.Unix(), emulator.Duration(offset)}, nil
}

func (h *handler) postClock(req *http.Request) (clockAnswer, error) {
	var change struct {
		Advance *emulator.Duration `json:"advance"`
		Offset  *emulator.Duration `json:"offset"`
	}
	if err := readJSON(req, &change); err != nil {
		return clockAnswer{}, err
	}
	if change.Offset != nil {
		h.emulator.SetClockOffset(time.Duration(*change.Offset))
	}
	if change.Advance != nil {
		h.emulator.Advance(time.Duration(*change.Advance))
	}
	return h.getClock(req)
}

func (h *handler) postExpire(req *http.Request) (expiredAnswer, error) {
	var what struct{ AppID, Kind string }
	if err := readOptional(req, &what); err != nil {
		return expiredAnswer{}, err
	}
	n, err := h.emulator.Expire(what.AppID, what.Kind)
	return expiredAnswer{n}, err
}
