package menu

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/wxdev/wxdev/internal/wxjson"
)

// CreateBody returns the body for /cgi-bin/menu/create, exactly as it is to be
// sent: compact JSON in UTF-8, with no character escaped that need not be. It
// does not contain the conditional menus.
func (m *Menu) CreateBody() []byte {
	b := append([]byte(`{"button":`), buttonsJSON(m.Buttons)...)
	return append(b, '}')
}

// ConditionalBody returns the body for /cgi-bin/menu/addconditional of the
// i-th conditional menu, as exact as [Menu.CreateBody].
func (m *Menu) ConditionalBody(i int) []byte {
	c := m.Conditional[i]
	b := append([]byte(`{"button":`), buttonsJSON(c.Buttons)...)
	b = append(append(b, `,"matchrule":`...), c.MatchRule.json()...)
	return append(b, '}')
}

// Format returns the menu as a file: indented JSON in UTF-8 that [Parse] reads
// as an equal menu, without WeChat's ids.
func (m *Menu) Format() []byte {
	b := m.CreateBody()
	switch {
	case len(m.Conditional) == 1 && m.Buttons == nil:
		b = m.ConditionalBody(0)
	case len(m.Conditional) > 0:
		b = append(b[:len(b)-1], `,"conditional":[`...)
		for i, c := range m.Conditional {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(append(b, `{"matchrule":`...), c.MatchRule.json()...)
			b = append(append(b, `,"button":`...), buttonsJSON(c.Buttons)...)
			b = append(b, '}')
		}
		b = append(b, "]}"...)
	}
	out, err := wxjson.MarshalIndent(json.RawMessage(b))
	if err != nil {
		panic(err) // we made it ourselves
	}
	return out
}

func (r MatchRule) json() []byte {
	b := []byte{'{'}
	for i, k := range r.keys() {
		if i > 0 {
			b = append(b, ',')
		}
		b = wxjson.AppendString(append(wxjson.AppendString(b, k), ':'), r[k])
	}
	return append(b, '}')
}

func buttonsJSON(buttons []Button) []byte {
	b := []byte{'['}
	for i, button := range buttons {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '{')
		first := len(b)
		for _, name := range fieldNames {
			if v := *button.field(name); v != "" {
				b = wxjson.AppendString(append(wxjson.AppendString(comma(b, first), name), ':'), v)
			}
		}
		if len(button.Sub) > 0 {
			b = append(comma(b, first), `"sub_button":`...)
			b = append(b, buttonsJSON(button.Sub)...)
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

func comma(b []byte, first int) []byte {
	if len(b) == first {
		return b
	}
	return append(b, ',')
}

// FormatTOML returns the menu as a file in TOML that [Parse] reads as an equal
// menu, if its name ends in .toml.
func (m *Menu) FormatTOML() []byte {
	var b []byte
	if len(m.Conditional) == 1 && m.Buttons == nil {
		return buttonsTOML(m.Conditional[0].MatchRule.toml(b), "button", m.Conditional[0].Buttons)
	}
	b = buttonsTOML(b, "button", m.Buttons)
	for _, c := range m.Conditional {
		b = append(b, "\n[[conditional]]\n"...)
		b = c.MatchRule.toml(b)
		b = buttonsTOML(b, "conditional.button", c.Buttons)
	}
	return bytes.TrimLeft(b, "\n")
}

func (r MatchRule) toml(b []byte) []byte {
	b = append(b, "matchrule = {"...)
	for i, k := range r.keys() {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendTOML(append(b, ' '), k, r[k])
	}
	return append(b, " }\n"...)
}

func buttonsTOML(b []byte, table string, buttons []Button) []byte {
	if len(buttons) == 0 {
		name := table[strings.LastIndexByte(table, '.')+1:]
		return append(b, name+" = []\n"...)
	}
	for _, button := range buttons {
		b = append(b, "\n[["+table+"]]\n"...)
		for _, name := range fieldNames {
			if v := *button.field(name); v != "" {
				b = append(appendTOML(b, name, v), '\n')
			}
		}
		if len(button.Sub) > 0 {
			b = buttonsTOML(b, table+".sub_button", button.Sub)
		}
	}
	return b
}

// bareKey are the characters of a TOML key without quotes.
const bareKey = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

// appendTOML appends key = "value". A TOML string has JSON's escapes, but
// unlike JSON may not contain a raw DEL.
func appendTOML(b []byte, key, value string) []byte {
	if key == "" || strings.Trim(key, bareKey) != "" {
		b = wxjson.AppendString(b, key)
	} else {
		b = append(b, key...)
	}
	b = append(b, " = "...)
	quoted := wxjson.AppendString(nil, value)
	return append(b, bytes.ReplaceAll(quoted, []byte("\x7f"), []byte(`\u007f`))...)
}
