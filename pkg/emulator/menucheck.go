package emulator

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/source"
	"github.com/wxdev/wxdev/pkg/menu"
)

// readMenu reads the body of create or addconditional by the rules of package
// menu, and turns the first problem that WeChat would refuse into its
// errcode.
func (c *call) readMenu(conditional bool) (*menu.Menu, error) {
	body := c.body
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return nil, fail(44002)
	case isForm(body), bytes.HasPrefix(body, []byte(source.BOM)):
		return nil, fail(40016) // by old logs: no button is found in it
	case !utf8.Valid(body):
		body = bytes.ToValidUTF8(body, []byte("\uFFFD")) // GBK, by old logs: the menu is there, and cannot be read
	}
	m, problems := menu.Parse("menu.json", body)
	for _, p := range problems {
		if p.Unreadable() {
			return nil, fail(p.ErrCode(conditional))
		}
	}
	if !hasButton(body) {
		return nil, fail(40016)
	}
	for _, p := range problems {
		if code := p.ErrCode(conditional); code != 0 {
			return nil, fail(code)
		}
	}
	switch {
	case m == nil:
		return nil, fail(40016)
	case conditional && len(m.Conditional) == 0:
		return nil, fail(65304)
	case !conditional && m.Buttons == nil && len(m.Conditional) > 0:
		return nil, fail(40016) // a conditional menu; on record, see A08
	}
	if !conditional {
		m.Conditional = nil
	}
	return m, nil
}

// isForm reports whether a body is one that HTML forms send: a=b&c=d, or parts.
func isForm(body []byte) bool {
	body = bytes.TrimSpace(body)
	name, _, ok := bytes.Cut(body, []byte("="))
	return ok && len(name) > 0 && len(name) < 80 && name[0] != '[' && !bytes.ContainsAny(name, "{\"': \t\r\n") ||
		bytes.HasPrefix(body, []byte("--")) && bytes.Contains(body, []byte("form-data"))
}

// refused finds the first problem of a menu file that WeChat would refuse.
func refused(problems []menu.Problem) (menu.Problem, bool) {
	i := slices.IndexFunc(problems, func(p menu.Problem) bool { return p.ErrCode(true) != 0 })
	if i < 0 {
		return menu.Problem{}, false
	}
	return problems[i], true
}
