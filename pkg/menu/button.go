package menu

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/wxdev/wxdev/internal/hostname"
	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/internal/text"
)

// The limits of the API, in bytes of UTF-8.
const (
	MaxTopName = 16
	MaxSubName = 60
	MaxKey     = 128
	MaxURL     = 1024
)

// What the phone shows of a name, in columns; a Chinese character takes two.
const (
	shownTop = 8
	shownSub = 16
)

func itoa(n int) string { return strconv.Itoa(n) }

// near is text.Of for words from a file, where the whole file can be one.
func near(word string, candidates []string) string {
	if len(word) > maxShown {
		return ""
	}
	return text.Nearest(word, candidates)
}

// buttonReader reads one button.
type buttonReader struct {
	*reader
	node  *node
	top   bool
	b     Button
	meant map[string]bool // the fields that are not missing: a wrong one stands for them
	sub   *node           // its submenu, an array; nil if there is no such field
}

func (r *reader) button(n *node, top bool) Button {
	br := &buttonReader{reader: r, node: n, top: top}
	br.meant = r.unknown(n, append(slices.Clone(fieldNames), "sub_button"), []string{"news_info"})
	for _, m := range n.members {
		if to := br.b.field(m.name); to != nil {
			*to = br.text(m)
		}
	}
	br.subButtons()
	br.name()
	br.kind()
	br.b.normalize()
	return br.b
}

// text reads a field that has to be a string.
func (br *buttonReader) text(m member) string {
	v := m.value
	if v.kind != isString {
		br.wrongKind(v, m.name, isString)
		br.meant[m.name] = true // so it is not reported as missing, too
		return ""
	}
	if i := strings.IndexFunc(v.text, func(c rune) bool { return c < ' ' }); i >= 0 {
		br.add(ruleControl, v.at, "field", m.name, "char", fmt.Sprintf("%U", v.text[i]))
	}
	return v.text
}

// at is where the value of a field is, or the button if it has none.
func (br *buttonReader) at(name string) int {
	if m := br.node.get(name); m != nil {
		return m.value.at
	}
	return br.node.at
}

// subButtons reads the submenu: a list or, as get_current_selfmenu_info has it,
// an object with a list. The server adds an empty one to every button.
func (br *buttonReader) subButtons() {
	m := br.node.get("sub_button")
	if m == nil {
		return
	}
	br.sub = m.value
	if list := m.value.getKind("list", isArray); list != nil {
		br.sub = list
	}
	switch {
	case br.sub.kind == isArray && len(br.sub.items) == 0:
	case br.sub.kind == isArray && !br.top:
		br.add(ruleThirdLevel, m.at)
	case br.sub.kind == isArray:
		br.b.Sub = br.list(br.sub, false)
	default:
		br.wrongKind(br.sub, "sub_button", isArray)
	}
}

func (br *buttonReader) name() {
	name, at := br.b.Name, br.at("name")
	if name == "" {
		if !br.meant["name"] {
			br.add(ruleNoName, at)
		}
		return
	}
	limit, shown, long, cut := MaxSubName, shownSub, ruleSubName, ruleShownSub
	if br.top {
		limit, shown, long, cut = MaxTopName, shownTop, ruleTopName, ruleShownTop
	}
	if len(name) > limit {
		br.add(long, at, "name", quote(name), "length", len(name))
		return
	}
	if visible := truncate(name, shown); visible != name {
		br.add(cut, at, "name", quote(name), "shown", visible)
	}
}

// kind checks what kind of button it is: a parent, or one with a type.
func (br *buttonReader) kind() {
	typ, full := br.b.Type, br.sub != nil && len(br.sub.items) > 0
	switch {
	case typ != "" && full:
		br.add(ruleTypeAndSub, br.at("type"), "type", quote(typ))
	case full:
		br.unused("", nil)
	case typ != "":
		br.typed(typ)
	case br.meant["type"] || br.meant["sub_button"] || br.sub != nil && br.sub.kind != isArray: // told already
	case br.sub != nil && br.top && br.node.get("type") == nil:
		br.add(ruleSubNone, br.node.get("sub_button").at)
	default:
		br.add(ruleNoType, br.at("type"))
	}
}

func (br *buttonReader) typed(typ string) {
	t, known := typeCalled(typ)
	if !known {
		if t, known = br.wrongType(typ); !known {
			return
		}
	}
	if !t.API {
		br.consoleType(t)
	}
	for _, field := range t.Fields {
		if *br.b.field(field) != "" || br.meant[field] || !t.API {
			continue
		}
		if t.Name == "miniprogram" && field == "url" {
			br.add(ruleMiniProgramURL, br.at(field))
			continue
		}
		br.add(ruleNoField, br.at(field), "field", field, "type", t.Name)
	}
	br.unused(t.Name, t.Fields)
	br.values(t)
}

// wrongType reports which type was meant, and returns it.
func (br *buttonReader) wrongType(typ string) (Type, bool) {
	at, want := br.at("type"), near(typ, typeNames())
	t, known := typeCalled(want)
	switch {
	case !known:
		br.add(ruleUnknownType, at, "type", quote(typ))
	case strings.EqualFold(typ, want):
		br.add(ruleTypeCase, at, "type", quote(typ), "want", want)
	default:
		br.add(ruleNearType, at, "type", quote(typ), "want", want)
	}
	return t, known
}

func (br *buttonReader) consoleType(t Type) {
	at := br.at("type")
	switch t.Name {
	case "img", "photo", "voice":
		br.add(ruleConsoleMedia, at, "type", t.Name)
	case "news":
		br.add(ruleConsoleNews, at)
	default:
		br.add(ruleConsoleReply, at, "type", t.Name)
	}
}

// unused reports fields that have no effect in a button of this type. The
// server's answers have them, too, and the forms of admin pages send all that
// they have: empty text says nothing.
func (br *buttonReader) unused(typ string, fields []string) {
	for _, m := range br.node.members {
		if br.answer || m.value.kind == isString && m.value.text == "" || m.name == "name" || m.name == "type" || br.b.field(m.name) == nil || slices.Contains(fields, m.name) {
			continue
		}
		if typ == "" {
			br.add(ruleUnusedParent, m.at, "field", m.name)
		} else {
			br.add(ruleUnused, m.at, "field", m.name, "type", typ)
		}
	}
}

var appID = lazy.Regexp(`^wx[0-9a-f]{16}$`)

// values checks the fields that the type has.
func (br *buttonReader) values(t Type) {
	uses := func(field string) bool { return slices.Contains(t.Fields, field) && *br.b.field(field) != "" }
	if uses("key") && len(br.b.Key) > MaxKey {
		br.add(ruleKeyLong, br.at("key"), "length", len(br.b.Key))
	}
	if uses("appid") && !appID.Get().MatchString(br.b.AppID) {
		br.add(ruleAppID, br.at("appid"), "value", quote(br.b.AppID))
	}
	for _, field := range []string{"media_id", "article_id"} {
		if uses(field) && isSampleID(*br.b.field(field)) {
			br.add(ruleSampleID, br.at(field), "field", field, "value", quote(*br.b.field(field)))
		}
	}
	if uses("url") {
		br.url()
	}
}

func (br *buttonReader) url() {
	u, at := br.b.URL, br.at("url")
	rest, ok := cutScheme(u)
	left := placeholder(u[:min(len(u), MaxURL)])
	switch {
	case len(u) > MaxURL:
		br.add(ruleURLLong, at, "length", len(u))
	case !ok:
		br.add(ruleURLScheme, at, "url", quote(u))
	case rest == "" || strings.ContainsAny(rest[:1], "/?#"):
		br.add(ruleURLHost, at, "url", quote(u))
	case left != "":
		br.add(ruleURLPlaceholder, at, "left", quote(left))
	case strings.ContainsFunc(u, unicode.IsSpace):
		br.add(ruleURLBlank, at, "url", quote(u))
	default:
		br.link(u, at)
	}
}

// link checks where a URL of the right form leads to.
func (br *buttonReader) link(u string, at int) {
	if strings.Contains(u, "&amp;") {
		br.add(ruleURLEntity, at, "url", quote(u))
		return
	}
	if l, ok := parseOAuth(u); ok {
		br.oauth(l, at)
		return
	}
	if isLocal(u) {
		br.add(ruleURLLocal, at, "host", host(u))
	}
}

// isLocal reports whether only the developer's own machine or network opens a
// URL.
func isLocal(u string) bool {
	h := host(u)
	return h != "" && hostname.Local(h)
}

func cutScheme(u string) (rest string, ok bool) {
	for _, scheme := range []string{"http://", "https://"} {
		if len(u) >= len(scheme) && strings.EqualFold(u[:len(scheme)], scheme) {
			return u[len(scheme):], true
		}
	}
	return "", false
}

// host is the domain that a URL leads to, empty if it has none.
func host(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// collectLinks notes the domains of a conditional menu.
func (r *reader) collectLinks(list *node) {
	for _, n := range list.items {
		typ, u := n.getKind("type", isString), n.getKind("url", isString)
		if typ != nil && u != nil && (typ.text == "view" || typ.text == "miniprogram") {
			if h := host(u.text); h != "" {
				r.links = append(r.links, link{h, u.at})
			}
		}
		if sub := n.getKind("sub_button", isArray); sub != nil {
			r.collectLinks(sub)
		}
	}
}
