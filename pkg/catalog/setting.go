package catalog

import (
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/wxdev/wxdev/internal/lazy"
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

var settings = lazy.Value[map[string]Setting]{Make: func() map[string]Setting {
	all := map[string]Setting{}
	table, _ := files.Get().Read("settings.toml")
	if err := toml.Unmarshal(table, &all); err != nil {
		panic("catalog: settings.toml: " + err.Error()) // embedded, and a test reads it
	}
	return all
}}

// Where returns where in the consoles is set what the fix of a finding speaks of,
// false when it speaks of nothing that is set there. A variant with a fix of its
// own has a setting of its own, too. Where the product is WeCom, that of the server is
// in WeCom's console.
func Where(f finding.Finding, product string) (Setting, bool) {
	e, ok := Lookup(f.ID)
	if !ok {
		return Setting{}, false
	}
	name := e.Setting
	if v, ok := e.Variant(f.Variant); ok && v.En.Fix != "" {
		name = v.Setting
	}
	if name == "server" && product == "wecom" {
		name = "wecom"
	}
	s, ok := settings.Get()[name]
	return s, ok
}

// Settings are all that the entry's fixes speak of.
func (e *Entry) Settings() []Setting {
	names := []string{e.Setting}
	for _, v := range e.Variants {
		names = append(names, v.Setting)
	}
	var all []Setting
	for i, name := range names {
		if s, ok := settings.Get()[name]; ok && !slices.Contains(names[:i], name) {
			all = append(all, s)
		}
	}
	return all
}
