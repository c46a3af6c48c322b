package devserver

import (
	_ "embed"
	"encoding/json"
	"html"
	"net/http"
	"strings"

	"github.com/wxdev/wxdev/internal/guard"
	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/packed"
	"github.com/wxdev/wxdev/pkg/jssdk"
)

//go:embed standin.pack
var standinPack string

var standin = lazy.Value[*packed.Pack]{Make: func() *packed.Pack { return packed.Open(standinPack) }}

func standinFile(name string) string {
	b, ok := standin.Get().Read("standin/" + name)
	if !ok {
		panic("standin/" + name + " is not packed")
	}
	return string(b)
}

func (s *Server) script(w http.ResponseWriter, r *http.Request) {
	// A page that isolates itself may load it all the same.
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	sendScript(w, "jweixin.js", map[string]any{
		"apis": jssdk.APIs(), "text": words.Get()[s.language(r)], "asks": s.Answer != nil, "beside": s.Beside,
	})
}

func (s *Server) pageScript(w http.ResponseWriter, r *http.Request) {
	sendScript(w, "page.js", map[string]any{"cases": words.Get()[s.language(r)].Cases})
}

// sendScript sends a script with the settings put in.
func sendScript(w http.ResponseWriter, name string, settings any) {
	b, err := json.Marshal(settings)
	if err != nil {
		panic(err) // texts always marshal
	}
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	_, _ = w.Write([]byte(strings.Replace(standinFile(name), "__SETTINGS__", string(b), 1))) // the client may have gone
}

func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	lang := s.language(r)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	guard.Page(w.Header(), "script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; form-action 'none'")
	page := strings.NewReplacer(
		"__LANG__", string(lang), "__TITLE__", html.EscapeString(words.Get()[lang].Title), "__LEAD__", html.EscapeString(words.Get()[lang].Lead),
	).Replace(standinFile("page.html"))
	_, _ = w.Write([]byte(page)) // the client may have gone
}
