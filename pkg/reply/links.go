package reply

import (
	"net/url"
	"strings"
)

// Link is an <a> in the text of a reply. It opens a page or a mini program, or
// sends a message when it is tapped.
type Link struct {
	Text string `json:"text"`           // what the user sees
	Href string `json:"href,omitempty"` // as it is written

	MenuID      string `json:"menu_id,omitempty"`      // of weixin://bizmsgmenu: comes back as bizmsgmenuid
	MenuContent string `json:"menu_content,omitempty"` // what the user then seems to have written
	AppID       string `json:"appid,omitempty"`        // data-miniprogram-appid
	Path        string `json:"path,omitempty"`         // data-miniprogram-path
}

const menuScheme = "weixin://bizmsgmenu"

// IsMenu tells a link that sends a message from one that opens a page.
func (l Link) IsMenu() bool { return strings.HasPrefix(l.Href, menuScheme) }

// Links returns the links in a text, in order.
func Links(text string) []Link {
	links, _ := scanLinks(text)
	return links
}

// scanLinks returns the links in a text, and the first one that has no end.
func scanLinks(text string) (links []Link, open string) {
	for {
		i := indexFold(text, "<a")
		if i < 0 {
			return links, ""
		}
		text = text[i:]
		if len(text) > 2 && strings.IndexByte(blanks+">", text[2]) < 0 { // <abc>
			text = text[2:]
			continue
		}
		end := tagEnd(text)
		if end < 0 {
			return links, text
		}
		body := text[end+1:]
		stop := indexFold(body, "</a>")
		if stop < 0 || indexFold(body[:stop], "<a ") >= 0 {
			return links, text
		}
		links = append(links, newLink(attributes(text[2:end]), body[:stop]))
		text = body[stop+len("</a>"):]
	}
}

func newLink(attrs map[string]string, text string) Link {
	l := Link{
		Text: text, Href: attrs["href"],
		AppID: attrs["data-miniprogram-appid"], Path: attrs["data-miniprogram-path"],
	}
	if l.IsMenu() {
		l.MenuContent, l.MenuID = menuLink(l.Href)
	}
	return l
}

// menuLink takes content and id out of a menu link. The content may be escaped
// or not, and contain anything but the name of the other parameter.
func menuLink(href string) (content, id string) {
	_, query, _ := strings.Cut(href, "?")
	query = strings.ReplaceAll(query, "&amp;", "&")
	const contentKey, idKey = "msgmenucontent=", "msgmenuid="
	if rest, ok := strings.CutPrefix(query, contentKey); ok {
		content, id, _ = strings.Cut(rest, "&"+idKey)
	} else if rest, ok := strings.CutPrefix(query, idKey); ok {
		id, content, _ = strings.Cut(rest, "&"+contentKey)
	}
	return unescape(content), unescape(id)
}

func unescape(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

// tagEnd returns where the > is of the tag that text begins with: not one in
// quotes.
func tagEnd(text string) int {
	var quote byte
	for i := range len(text) {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		}
	}
	return -1
}

// attributes reads name="value" pairs, with any quotes or none.
func attributes(s string) map[string]string {
	attrs := map[string]string{}
	for {
		s = strings.TrimLeft(s, blanks+"/")
		name, rest, ok := strings.Cut(s, "=")
		if !ok {
			return attrs
		}
		if i := strings.LastIndexAny(strings.TrimRight(name, blanks), blanks); i >= 0 {
			name = name[i+1:] // a word without a value before it
		}
		name = strings.ToLower(strings.Trim(name, blanks))
		rest = strings.TrimLeft(rest, blanks)
		var value string
		if rest != "" && (rest[0] == '"' || rest[0] == '\'') {
			value, s, _ = strings.Cut(rest[1:], rest[:1])
		} else if i := strings.IndexAny(rest, blanks); i >= 0 {
			value, s = rest[:i], rest[i:]
		} else {
			value, s = rest, ""
		}
		if _, seen := attrs[name]; !seen {
			attrs[name] = value
		}
	}
}

// indexFold is strings.Index for ASCII letters of any case, after a first byte that
// is none.
func indexFold(s, lower string) int {
	for i := 0; ; i++ {
		next := strings.IndexByte(s[i:], lower[0])
		if i += next; next < 0 || i+len(lower) > len(s) {
			return -1
		}
		if strings.EqualFold(s[i:i+len(lower)], lower) {
			return i
		}
	}
}
