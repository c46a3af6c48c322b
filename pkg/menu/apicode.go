package menu

import (
	"strings"

	"github.com/wxdev/wxdev/pkg/finding"
)

// apiCode says which code the API refuses a problem with. Its zero value is
// none.
type apiCode struct {
	unreadable  bool   // the body cannot be read at all
	conditional bool   // only addconditional looks at it
	top, sub    int    // of a button of the first and of the second level
	field       string // the fact with the name of the field that decides; empty: top and sub do
	ofType      bool   // the field is "type"
}

// taken is for what the API accepts.
func taken() apiCode { return apiCode{} }

func level(top, sub int) apiCode       { return apiCode{top: top, sub: sub} }
func unreadable(code int) apiCode      { return apiCode{unreadable: true, top: code, sub: code} }
func onlyConditional(code int) apiCode { return apiCode{conditional: true, top: code, sub: code} }
func byField(fact string) apiCode      { return apiCode{field: fact} }

// ofType is for a button without a type.
func ofType() apiCode { return apiCode{ofType: true} }

func (c apiCode) of(p Problem, conditional bool) int {
	pick := func(top, sub int) int {
		if strings.Count(p.Place.Path, "[") > 1 {
			return sub
		}
		return top
	}
	switch {
	case c.conditional && !conditional:
		return 0
	case c.ofType:
		return typeCode(pick, conditional)
	case c.field != "":
		return fieldCode(fieldName(p.Facts[c.field]), pick, conditional)
	}
	return pick(c.top, c.sub)
}

// fieldName is a field's name as a fact has it.
func fieldName(f finding.Fact) string {
	switch f := f.(type) {
	case finding.Quote:
		return f.Text
	case finding.Name:
		return string(f)
	}
	return ""
}

func typeCode(pick func(top, sub int) int, conditional bool) int {
	if conditional {
		return 65308
	}
	return pick(41007, 40024)
}

// fieldCode is the apiCode of a field that is not there.
func fieldCode(field string, pick func(top, sub int) int, conditional bool) int {
	switch field {
	case "name":
		return pick(40018, 40025)
	case "type", "sub_button":
		return typeCode(pick, conditional)
	case "key":
		return pick(40019, 40026)
	case "appid", "pagepath":
		return 40027 // on record for an appId
	case "url":
		return pick(40020, 40027)
	case "media_id", "article_id":
		return pick(40117, 40118)
	case "matchrule", "tag_id", "client_platform_type":
		return 65304
	}
	return 40016
}
