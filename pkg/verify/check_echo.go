package verify

import (
	"strings"

	"github.com/wxdev/wxdev/pkg/answer"
	"github.com/wxdev/wxdev/pkg/finding"
)

// checkEcho decides whether WeChat would take the answer.
func checkEcho(h *handle) finding.Facts {
	ex := h.base
	facts := finding.NewFacts("time", ex.Times.Total, "status", ex.Response.StatusFact(), "body", "other")
	switch body := ex.Response.Decoded; {
	case len(body) == 0:
		facts["body"] = finding.Name("empty")
	case strings.Contains(string(body), h.query.echostr):
		facts["body"] = finding.Name("echostr")
	}
	defer func() {
		h.failed = !h.report.Accepted // the cause may be found by the next check only
		h.explained = len(h.findings) > 0
	}()
	switch {
	case ex.Echoes(h.query.echostr):
		h.report.Accepted = true
	case rightBodyWrongStatus(h):
	case answer.Echoed(ex, h.query.echostr):
		found := answer.Decorations(ex, h.query.echostr)
		h.addAll(found)
		// Of a 2xx that is not 200 it is not known that WeChat refuses it.
		h.report.Accepted = len(found) == 1 && found[0].ID == "V44"
	}
	return facts
}

func rightBodyWrongStatus(h *handle) bool {
	res := h.base.Response
	if string(res.Body) != h.query.echostr || res.Status < 400 {
		return false
	}
	h.find("V44", "wrong-status", h.base, "status", res.StatusFact())
	return true
}
