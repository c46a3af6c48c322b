package control

import (
	"bytes"
	"net/http"
	"time"

	"github.com/wxdev/wxdev/pkg/emulator"
)

func (h *handler) postReset(*http.Request) (any, error) { return nil, h.emulator.Reset() }

func (h *handler) getSnapshot(*http.Request) (any, error) {
	text, err := h.emulator.Snapshot()
	return file{kind: "application/toml", body: text}, err
}

func (h *handler) postSnapshot(req *http.Request) (any, error) {
	text, err := readBody(req, emulator.MaxState)
	if err != nil {
		return nil, err
	}
	return nil, h.emulator.Restore("snapshot", text)
}

func (h *handler) getFaults(*http.Request) (any, error) {
	return map[string]any{"faults": h.emulator.Faults()}, nil
}

func (h *handler) postFault(req *http.Request) (any, error) {
	var f emulator.Fault
	if err := readJSON(req, &f); err != nil {
		return nil, err
	}
	return nil, h.emulator.Fail(f)
}

func (h *handler) deleteFaults(*http.Request) (any, error) {
	h.emulator.ClearFaults()
	return nil, nil
}

func (h *handler) getClock(*http.Request) (any, error) {
	now, offset := h.emulator.Clock()
	return map[string]any{"time": now, "unix": now.Unix(), "offset": emulator.Duration(offset)}, nil
}

func (h *handler) postClock(req *http.Request) (any, error) {
	var change struct {
		Advance *emulator.Duration `json:"advance"`
		Offset  *emulator.Duration `json:"offset"`
	}
	if err := readJSON(req, &change); err != nil {
		return nil, err
	}
	if change.Offset != nil {
		h.emulator.SetClockOffset(time.Duration(*change.Offset))
	}
	if change.Advance != nil {
		h.emulator.Advance(time.Duration(*change.Advance))
	}
	return h.getClock(req)
}

func (h *handler) postExpire(req *http.Request) (any, error) {
	b, err := readBody(req, maxBody)
	if err != nil {
		return nil, err
	}
	var what struct{ AppID, Kind string }
	if len(bytes.TrimSpace(b)) > 0 {
		if err := decode(b, &what); err != nil {
			return nil, err
		}
	}
	n, err := h.emulator.Expire(what.AppID, what.Kind)
	return map[string]int{"expired": n}, err
}
