package emulator

import (
	"bytes"
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
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
		if code := syntaxCode(p); code != 0 {
			return nil, fail(code)
		}
	}
	if !hasButton(c.body) {
		return nil, fail(40016)
	}
	for _, p := range problems {
		if code := menuCode(p, c.body, conditional); code != 0 {
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
func refused(problems []menu.Problem, file []byte) (menu.Problem, bool) {
	for _, p := range problems {
		if syntaxCode(p) != 0 || menuCode(p, file, true) != 0 {
			return p, true
		}
	}
	return menu.Problem{}, false
}

// syntaxCode is the errcode of what makes the body unreadable, 0 for the
// rest. A field that is there twice has none: readers take the last.
func syntaxCode(p menu.Problem) int {
	switch {
	case p.Severity != finding.Error, p.ID == "A20" && p.Variant == "duplicate-key":
		return 0
	case p.ID == "A04":
		return 40033
	case p.ID == "A05" && (p.Variant == "gbk" || p.Variant == "not-utf8"):
		return 40033
	case p.ID == "A05", p.ID == "A20", p.ID == "A06" && p.Variant == "form":
		return 47001
	}
	return 0
}

// menuCode is the errcode of a problem with the menu itself, 0 for what
// WeChat takes. Which one it gives is on record for some (see the catalogue's
// texts); for the others it is the one whose text fits best.
func menuCode(p menu.Problem, body []byte, conditional bool) int {
	if p.Severity != finding.Error || p.ID == "A20" || p.ID == "A19" && !conditional {
		return 0
	}
	pick := func(top, sub int) int {
		if inSubMenu(body, p.Offset) {
			return sub
		}
		return top
	}
	switch p.ID + " " + p.Variant {
	case "A09 top", "A09 sub", "A13 name":
		return pick(40018, 40025)
	case "A11 sub-none", "A11 sub-many":
		return 40023
	case "A12 third-level":
		return 40022
	case "A13 type":
		return typeCode(pick, conditional)
	case "A13 field":
		return fieldCode(p.Facts["field"], pick, conditional)
	case "A15 misspelt":
		return fieldCode(p.Facts["want"], pick, conditional)
	case "A13 miniprogram-url":
		return 40027 // on record, on both levels
	case "A07 type-case":
		return 65318 // on record
	case "A14 unknown", "A14 near", "A14 console-media", "A14 console-news", "A14 console-reply", "A18 type-and-sub":
		return pick(40017, 40024)
	case "A16 long":
		return pick(40020, 40027)
	case "A16 scheme", "A16 host":
		return pick(40055, 40054)
	case "A17 key-long":
		return pick(40019, 40026)
	case "A17 kind":
		return 47001
	case "A17 control":
		return 40033
	case "A19 missing", "A19 empty":
		return 65304
	case "A19 removed":
		return 65320
	case "A19 tag-id":
		return 45159
	case "A19 platform":
		return 40089
	case "A19 domains":
		return 65316
	case "A19 duplicate": // the newer one shows
		return 0
	}
	return 40016 // A06 and A11: there is no list of one to three buttons
}

func typeCode(pick func(top, sub int) int, conditional bool) int {
	if conditional {
		return 65308
	}
	return pick(41007, 40024)
}

// fieldCode is the errcode of a field that is not there.
func fieldCode(field string, pick func(top, sub int) int, conditional bool) int {
	switch strings.Trim(field, `"`) {
	case "name":
		return pick(40018, 40025)
	case "type":
		return typeCode(pick, conditional)
	case "key":
		return pick(40019, 40026)
	case "appid", "pagepath":
		return 40027 // on record for an appId
	case "url":
		return pick(40020, 40027)
	case "media_id", "article_id":
		return pick(40117, 40118)
	case "sub_button":
		return typeCode(pick, conditional)
	case "matchrule", "tag_id", "client_platform_type":
		return 65304
	}
	return 40016
}

// inSubMenu reports whether the place is in a list in a list.
func inSubMenu(body []byte, offset int) bool {
	depth, quoted := 0, false
	for i := 0; i < min(offset, len(body)); i++ {
		switch b := body[i]; {
		case quoted && b == '\\':
			i++
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '[':
			depth++
		case b == ']':
			depth--
		}
	}
	return depth > 1
}
