package emulator

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/lazy"
)

func messageRoutes() []route {
	return slices.Concat([]route{
		{method: "POST", path: "/cgi-bin/message/custom/send", daily: 500_000, handle: shown((*call).sendCustom), does: "a customer-service message, in the windows that the user's actions open"},
		{method: "POST", path: "/cgi-bin/message/custom/typing", daily: 500_000, handle: body((*call).typing), does: "shows that somebody is typing"},
	}, templateRoutes())
}

// maxText is how long the text of a message may be, in bytes.
const maxText = 2048

// customKinds say what is wrong with the object of each msgtype, and what of
// it is shown in the chat.
var customKinds = lazy.Value[map[string]func(c *call, o object) (text string, err error)]{Make: func() map[string]func(c *call, o object) (text string, err error) {
	return map[string]func(c *call, o object) (text string, err error){
		"text": func(_ *call, o object) (string, error) {
			content := o.text("content")
			if len(content) > maxText {
				return "", fail(45002)
			}
			return content, missing(content, 44004)
		},
		"image": func(c *call, o object) (string, error) { return o.text("media_id"), c.medium(o, "media_id", "image") },
		"voice": func(c *call, o object) (string, error) { return o.text("media_id"), c.medium(o, "media_id", "voice") },
		"video": func(c *call, o object) (string, error) {
			return cmp.Or(o.text("title"), o.text("media_id")), cmp.Or(c.medium(o, "media_id", "video"), c.optionalMedium(o, "thumb_media_id", "thumb"))
		},
		"music": func(c *call, o object) (string, error) {
			if o.text("musicurl") == "" && o.text("hqmusicurl") == "" {
				return "", fail(41010)
			}
			return o.text("title"), c.medium(o, "thumb_media_id", "thumb")
		},
		"news": newsMessage,
		// Articles of the console are not here: any id goes.
		"mpnews": func(_ *call, o object) (string, error) { return o.text("media_id"), missing(o.text("media_id"), 40007) },
		"mpnewsarticle": func(_ *call, o object) (string, error) {
			return o.text("article_id"), missing(o.text("article_id"), 41011)
		},
		"msgmenu": menuMessage,
		"wxcard":  func(_ *call, o object) (string, error) { return o.text("card_id"), missing(o.text("card_id"), 41011) },
		"miniprogrampage": func(c *call, o object) (string, error) {
			if page := o.text("pagepath"); page == "" || !c.knowsPage(page) {
				return "", fail(40165)
			}
			if id := o.text("appid"); id != "" && len(c.acct.MiniPrograms) > 0 && !slices.Contains(c.acct.MiniPrograms, id) {
				return "", fail(40166)
			}
			return o.text("title"), cmp.Or(missing(o.text("title"), 40227), c.medium(o, "thumb_media_id", "thumb", "image"))
		},
		"link": func(_ *call, o object) (string, error) {
			return o.text("title"), cmp.Or(missing(o.text("title"), 40227), missing(o.text("url"), 41010))
		},
	}
}}

func missing(value string, code int) error {
	if value == "" {
		return fail(code)
	}
	return nil
}

func newsMessage(_ *call, o object) (string, error) {
	articles := o.list("articles")
	switch {
	case len(articles) == 0:
		return "", fail(44003)
	case len(articles) > 1:
		return "", fail(45008)
	}
	first, _ := articles[0].(map[string]any)
	title := object(first).text("title")
	return title, missing(title, 40227)
}

func menuMessage(_ *call, o object) (string, error) {
	list := o.list("list")
	if len(list) == 0 {
		return "", fail(44005)
	}
	lines := []string{o.text("head_content")}
	for _, v := range list {
		item, _ := v.(map[string]any)
		content := object(item).text("content")
		if content == "" || object(item).text("id") == "" {
			return "", fail(44004)
		}
		lines = append(lines, content)
	}
	lines = append(lines, o.text("tail_content"))
	return strings.TrimSpace(strings.Join(lines, "\n")), nil
}

// medium demands a media file of one of the types.
func (c *call) medium(o object, field string, types ...string) error {
	m := c.acct.medium(o.text(field), c.now)
	if m == nil || !slices.Contains(types, m.Type) {
		return fail(40007)
	}
	return nil
}

func (c *call) optionalMedium(o object, field string, types ...string) error {
	if o.text(field) == "" {
		return nil
	}
	return c.medium(o, field, types...)
}

func (c *call) knowsPage(page string) bool {
	path, _, _ := strings.Cut(strings.TrimPrefix(page, "/"), "?")
	return len(c.acct.Pages) == 0 || slices.Contains(c.acct.Pages, strings.TrimSuffix(path, ".html"))
}

func (c *call) sendCustom(o object) (any, error) {
	u, err := c.userOf(o, "touser")
	if err != nil {
		return nil, err
	}
	c.concerns(u) // though it may be refused
	kind := o.text("msgtype")
	check := customKinds.Get()[kind]
	if check == nil {
		return nil, fail(40008)
	}
	text, err := check(c, o.object(kind))
	if err != nil {
		return nil, err
	}
	if kf := o.object("customservice").text("kf_account"); kf != "" && len(c.acct.KFAccounts) > 0 && !slices.Contains(c.acct.KFAccounts, kf) {
		return nil, fail(65401)
	}
	if err := u.spendWindow(c.now); err != nil {
		return nil, err
	}
	u.LastMessage, u.TypingUntil = c.now, time.Time{}
	c.say(u, &ChatItem{Via: "custom", Type: kind, Text: text})
	return nil, nil
}

// The times of typing. How long the sign stays is not on the page; here it
// is as long as phones show it.
const (
	typingAfter = 30 * time.Second
	typingLife  = 15 * time.Second
)

func (c *call) typing(o object) (any, error) {
	u, err := c.userOf(o, "touser")
	if err != nil {
		return nil, err
	}
	c.concerns(u)
	switch o.text("command") {
	case "CancelTyping":
		u.TypingUntil = time.Time{}
		c.emitUser(c.acct.AppID, u.OpenID)
		return nil, nil
	case "Typing":
	default:
		return nil, fail(45072)
	}
	switch {
	case u.LastMessage.IsZero(), c.now.Sub(u.LastMessage) > typingAfter:
		return nil, fail(45080)
	case c.now.Before(u.TypingUntil):
		return nil, fail(45081)
	}
	u.TypingUntil = c.now.Add(typingLife)
	c.emitUser(c.acct.AppID, u.OpenID)
	return nil, nil
}
