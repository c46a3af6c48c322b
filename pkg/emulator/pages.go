package emulator

import (
	"net/http"

	"github.com/wxdev/wxdev/pkg/finding"
)

// Lang is the language of who runs the emulator.
func (e *Emulator) Lang() finding.Lang { return e.cfg.Lang }

// PageLang is the language of a page that the browser of a request sees.
func (e *Emulator) PageLang(req *http.Request) finding.Lang {
	return finding.Accepted(req.Header.Get("Accept-Language"), e.cfg.Lang)
}

// refusal is why the page of web authorisation is refused: in the words that
// phones show, which in English are followed by what they mean.
type refusal struct{ shown, meaning string }

func (r refusal) in(lang finding.Lang) string {
	if lang == finding.Chinese {
		return r.shown
	}
	return r.shown + " (" + r.meaning + ")"
}
