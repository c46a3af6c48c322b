package emulator

import (
	"bytes"
	"slices"

	"github.com/wxdev/wxdev/pkg/menu"
)

// readMenu reads the body of create or addconditional by the rules of package
// menu, and turns the first problem that WeChat would refuse into its
// errcode.
func (c *call) readMenu(conditional bool) (*menu.Menu, error) {
	if len(bytes.TrimSpace(c.body)) == 0 {
		return nil, fail(44002)
	}
	m, problems := menu.Parse("menu.json", c.body)
	for _, p := range problems {
		if p.Unreadable() {
			return nil, fail(p.ErrCode(conditional))
		}
	}
	if !hasButton(c.body) {
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

// refused finds the first problem of a menu file that WeChat would refuse.
func refused(problems []menu.Problem) (menu.Problem, bool) {
	i := slices.IndexFunc(problems, func(p menu.Problem) bool { return p.ErrCode(true) != 0 })
	if i < 0 {
		return menu.Problem{}, false
	}
	return problems[i], true
}
