package catalog

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"

	"github.com/wxdev/wxdev/pkg/finding"
)

// Setting is where in WeChat's consoles something is set, of each product, with
// its place of before where that moved.
type Setting struct {
	Source Source `toml:"source"`
	En     string `toml:"en"`
	Zh     string `toml:"zh"`
}

// Lines returns the places in lang, one in a line.
func (s Setting) Lines(lang finding.Lang) []string {
	text := s.En
	if lang == finding.Chinese {
		text = s.Zh
	}
	return strings.Split(strings.Trim(text, "\n"), "\n")
}

//go:embed settings.toml
var settingsTable []byte

var settings = sync.OnceValue(func() map[string]Setting {
	all := map[string]Setting{}
	if err := toml.Unmarshal(settingsTable, &all); err != nil {
		panic("catalog: settings.toml: " + err.Error()) // embedded, and a test reads it
	}
	return all
})

// Where returns where in the consoles is set what the finding is about, false
// when it is about nothing that is set there.
func (e *Entry) Where() (Setting, bool) {
	s, ok := settings()[e.Setting]
	return s, ok
}
