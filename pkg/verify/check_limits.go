package verify

import (
	"github.com/wxdev/wxdev/internal/text"
	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
)

// checkLimits tells of a rate limit that was met. It meets our probes sooner
// than WeChat's requests, so it is not a fault.
func checkLimits(h *handle) finding.Facts {
	ex := h.limit
	if answer.Limited(h.base) { // that is why it was refused, and told
		h.skip = Refused
		return nil
	}
	if ex == nil {
		return nil
	}
	status := ""
	if ex.Err != nil {
		status = text.Line(ex.Err.Error())
	} else {
		status = text.Line(ex.Response.StatusText())
	}
	h.find("V48", "rate-limited", ex, "status", status, "probes", h.engine.lost+h.engine.unsent)
	return nil
}
