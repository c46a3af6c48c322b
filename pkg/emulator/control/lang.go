package control

import (
	"fmt"
	"net/http"

	"github.com/wxdev/wxdev/pkg/finding"
)

// lang is the language of what an answer says to people: ?lang=en or zh, or
// else that of who runs the emulator.
func (h *handler) lang(req *http.Request) (finding.Lang, error) {
	switch lang := finding.Lang(req.URL.Query().Get("lang")); lang {
	case finding.English, finding.Chinese:
		return lang, nil
	case "":
		return h.emulator.Lang(), nil
	default:
		return "", fmt.Errorf("lang is %s: it takes en or zh", quote(string(lang)))
	}
}
