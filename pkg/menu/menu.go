// Package menu reads, checks, compares and draws an account's custom menu
// (自定义菜单).
//
// A menu file is the JSON that the API takes, or TOML with the same fields,
// and holds the conditional menus as well:
//
//	{
//	  "button": [
//	    {"type": "click", "name": "今日歌曲", "key": "V1001_TODAY_MUSIC"},
//	    {"name": "菜单", "sub_button": [{"type": "view", "name": "搜索", "url": "https://example.com/"}]}
//	  ],
//	  "conditional": [
//	    {"matchrule": {"tag_id": "2"}, "button": [{"type": "click", "name": "会员", "key": "VIP"}]}
//	  ]
//	}
//
// A file with a matchrule at its top is a conditional menu on its own, as the
// API's addconditional takes it; [ParseAll] reads a folder of both kinds as one
// menu. Conditional menus are listed in the order they are created in: if
// several match a user, WeChat shows the last.
//
// [Parse] reads a file and applies every rule of the API to it: each [Problem]
// has its place, a rule of package catalog and through it a fix. It also takes
// what the API answers, from menu/get and from get_current_selfmenu_info, and
// leaves out what the server adds. [Menu.CreateBody] and
// [Menu.ConditionalBody] are the exact bytes to send: UTF-8 without \u
// escapes, which WeChat has error codes for. [FromAPI] and [FromSelfMenu] read
// the live menu, [Menu.Format] writes it as a file that parses to the same
// menu, [Diff] compares the two, and [Plan] says which calls make the account
// match the file. [Draw] shows what the phone shows.
//
// [Schema] is a JSON Schema of menu files, for editors. The rules are those of
// https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu
// and https://developers.weixin.qq.com/doc/service/api/custommenu/api_addconditionalmenu.
// The package calls no API.
//
// # Compatibility
//
// The README says what a release may change. A file keeps its meaning from
// release to release, but the rules are WeChat's: when they change, or more is
// known of them, the same file may get a problem that it did not have before.
package menu

import (
	_ "embed"
	"maps"
	"slices"
	"strings"

	"github.com/wxdev/wxdev/internal/packed"
)

// Menu is an account's default menu and its conditional ones.
type Menu struct {
	Buttons     []Button      // the default menu; nil if only conditional menus are meant
	Conditional []Conditional // oldest first
}

// Conditional is a menu for those users that its rule matches.
type Conditional struct {
	Buttons   []Button
	MatchRule MatchRule
	MenuID    string // given by WeChat; empty in most files
}

// MatchRule says who sees a conditional menu: tag_id, client_platform_type or
// both, as strings. A live menu may still have fields that WeChat no longer
// accepts. It holds no empty values.
type MatchRule map[string]string

// The fields of a matchrule that work. group_id is the old name of tag_id.
const (
	tagID    = "tag_id"
	platform = "client_platform_type"
	groupID  = "group_id"
)

// keys are the rule's fields in the order they are written.
func (r MatchRule) keys() []string {
	rank := func(k string) int { return slices.Index([]string{platform, tagID}, k) }
	return slices.SortedFunc(maps.Keys(r), func(a, b string) int {
		if rank(a) != rank(b) {
			return rank(b) - rank(a)
		}
		return strings.Compare(a, b)
	})
}

// String returns the rule on one line: "tag_id=2 client_platform_type=1". It
// is the same for equal rules. Values come as they are, see package text.
func (r MatchRule) String() string {
	var pairs []string
	for _, k := range r.keys() {
		pairs = append(pairs, k+"="+r[k])
	}
	return strings.Join(pairs, " ")
}

// Button is a button of a menu. With Sub it opens a submenu and has only a name
// besides; otherwise Type says which of the other fields it has.
type Button struct {
	Type, Name         string
	Key                string // what the event carries back; of click and the like
	URL                string // of view; of miniprogram the page for old clients
	AppID, PagePath    string // of miniprogram
	MediaID, ArticleID string
	Value              string // of the types that only the console can make
	Sub                []Button
}

// fieldNames are a button's text fields in the order they are written.
var fieldNames = []string{"type", "name", "key", "url", "appid", "pagepath", "media_id", "article_id", "value"}

// field is where a text field's value belongs, nil for unknown fields.
func (b *Button) field(name string) *string {
	switch name {
	case "type":
		return &b.Type
	case "name":
		return &b.Name
	case "key":
		return &b.Key
	case "url":
		return &b.URL
	case "appid":
		return &b.AppID
	case "pagepath":
		return &b.PagePath
	case "media_id":
		return &b.MediaID
	case "article_id":
		return &b.ArticleID
	case "value":
		return &b.Value
	}
	return nil
}

// Equal reports whether two buttons are the same, including their submenus.
func (b Button) Equal(other Button) bool {
	for _, name := range fieldNames {
		if *b.field(name) != *other.field(name) {
			return false
		}
	}
	return equalButtons(b.Sub, other.Sub)
}

func equalButtons(a, b []Button) bool { return slices.EqualFunc(a, b, Button.Equal) }

// Equal reports whether two menus are the same for the users who see them.
// The ids that WeChat gave do not count.
func (m *Menu) Equal(other *Menu) bool {
	return equalButtons(m.Buttons, other.Buttons) &&
		slices.EqualFunc(m.Conditional, other.Conditional, func(a, b Conditional) bool {
			return maps.Equal(a.MatchRule, b.MatchRule) && equalButtons(a.Buttons, b.Buttons)
		})
}

// Type is a type of button.
type Type struct {
	Name   string
	Fields []string // what it has besides type and name; all required
	Event  string   // what tapping it sends to the server; empty if nothing
	API    bool     // false if only the console can make it
}

// Types returns every type of button that is known.
func Types() []Type {
	return []Type{
		{"click", []string{"key"}, "CLICK", true},
		{"view", []string{"url"}, "VIEW", true},
		{"miniprogram", []string{"url", "appid", "pagepath"}, "view_miniprogram", true},
		{"scancode_push", []string{"key"}, "scancode_push", true},
		{"scancode_waitmsg", []string{"key"}, "scancode_waitmsg", true},
		{"pic_sysphoto", []string{"key"}, "pic_sysphoto", true},
		{"pic_photo_or_album", []string{"key"}, "pic_photo_or_album", true},
		{"pic_weixin", []string{"key"}, "pic_weixin", true},
		{"location_select", []string{"key"}, "location_select", true},
		{"media_id", []string{"media_id"}, "", true},
		{"view_limited", []string{"media_id"}, "", true},
		{"article_id", []string{"article_id"}, "", true},
		{"article_view_limited", []string{"article_id"}, "", true},
		{"text", []string{"value"}, "", false},
		{"img", []string{"value"}, "", false},
		{"photo", []string{"value"}, "", false},
		{"voice", []string{"value"}, "", false},
		{"video", []string{"value"}, "", false},
		{"news", []string{"value"}, "", false},
	}
}

// typeNames are the types that the API accepts.
func typeNames() []string {
	var names []string
	for _, t := range Types() {
		if t.API {
			names = append(names, t.Name)
		}
	}
	return names
}

func typeCalled(name string) (Type, bool) {
	all := Types()
	i := slices.IndexFunc(all, func(t Type) bool { return t.Name == name })
	if i < 0 {
		return Type{}, false
	}
	return all[i], true
}

// normalize drops the fields that have no effect in a button of its type, as
// the server does: so what is pushed and what is pulled can be compared. A
// button of an unknown type stays as it is.
func (b *Button) normalize() {
	keep := []string{"type", "name"}
	t, known := typeCalled(b.Type)
	switch {
	case len(b.Sub) > 0 && b.Type == "":
		keep = keep[1:]
	case !known:
		return
	}
	for _, name := range fieldNames {
		if !slices.Contains(keep, name) && !slices.Contains(t.Fields, name) {
			*b.field(name) = ""
		}
	}
}

//go:embed schema.pack
var schemaPack string

// Schema returns a JSON Schema (draft 7) of menu files in JSON, for editors:
// they read it from the "$schema" at a file's top, which Parse leaves alone.
// It cannot count bytes, so it lets some names pass that Parse does not.
func Schema() []byte {
	text, _ := packed.Open(schemaPack).Read("menu.schema.json")
	return text
}
