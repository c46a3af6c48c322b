package emulator

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wxdev/wxdev/internal/lazy"
)

// fieldRules are what the values of a subscription message's fields may be,
// by the beginning of the field's name. The page is 订阅消息 参数值内容限制.
var fieldRules = lazy.Value[map[string]func(string) bool]{Make: func() map[string]func(string) bool {
	return map[string]func(string) bool{
		"thing":            func(s string) bool { return utf8.RuneCountInString(s) <= 20 },
		"number":           regexp.MustCompile(`^[0-9.]{1,32}$`).MatchString,
		"letter":           regexp.MustCompile(`^[A-Za-z]{1,32}$`).MatchString,
		"symbol":           func(s string) bool { return utf8.RuneCountInString(s) <= 5 },
		"character_string": regexp.MustCompile(`^[\x21-\x7e]{1,32}$`).MatchString,
		"time":             regexp.MustCompile(`[0-9]`).MatchString,
		"date":             regexp.MustCompile(`[0-9]`).MatchString,
		"amount":           regexp.MustCompile(`^[^0-9]{0,3}[0-9]{1,10}(\.[0-9]+)?元?$`).MatchString,
		"phone_number":     regexp.MustCompile(`^[0-9+ -]{1,17}$`).MatchString,
		"car_number":       func(s string) bool { return utf8.RuneCountInString(s) <= 8 },
		"name":             shortName,
		"phrase":           regexp.MustCompile(`^\p{Han}{1,5}$`).MatchString,
	}
}}

// shortName is up to 10 Chinese characters, or 20 letters.
func shortName(s string) bool {
	if strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return utf8.RuneCountInString(s) <= 10
	}
	return len(s) <= 20
}

// fits reports whether a field may have a value.
func fits(field, value string) bool {
	rule := fieldRules.Get()[strings.TrimRight(field, "0123456789")]
	return rule == nil || rule(value)
}

func (c *call) sendSubscribe(o object) (any, error) {
	u, t := c.acct.user(o.text("touser")), c.acct.template(o.text("template_id"), true)
	if u != nil {
		c.concerns(u) // though it may be refused
	}
	state := o.text("miniprogram_state")
	switch {
	case u == nil:
		return nil, fail(40003)
	case t == nil:
		return nil, fail(40037)
	case state != "" && !slices.Contains([]string{"developer", "trial", "formal"}, state):
		return nil, failAt(40097, "miniprogram_state")
	case o.text("page") != "" && !c.knowsPage(o.text("page")):
		return nil, fail(41030)
	}
	text, err := t.fill(o.object("data"))
	if err != nil {
		return nil, err
	}
	if u.Accepted[t.ID] <= 0 {
		return nil, fail(43101)
	}
	u.Accepted[t.ID]--
	c.say(u, &ChatItem{Via: "subscribe", Type: t.ID, Title: t.Title, Text: text})
	return nil, nil
}
