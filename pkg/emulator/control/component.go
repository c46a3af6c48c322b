package control

import (
	"net/http"

	"github.com/wxdev/wxdev/pkg/emulator"
)

// postComponent does something to the third-party platform.
func (h *handler) postComponent(req *http.Request) (*emulator.Outcome, error) {
	var what struct {
		AppID    string  `json:"appid"`
		FuncInfo []int64 `json:"func_info"`
	}
	if err := readOptional(req, &what); err != nil {
		return nil, err
	}
	out, err := h.emulator.ActPlatform(req.Context(), req.PathValue("do"), what.AppID, what.FuncInfo)
	return out, orNotFound(err)
}
