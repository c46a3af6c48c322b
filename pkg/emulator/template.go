package emulator

import (
	"slices"
	"strings"
	"time"

	"github.com/wxdev/wxdev/internal/lazy"
	"github.com/wxdev/wxdev/pkg/message"
)

func templateRoutes() []route {
	return []route{
		{method: "POST", path: "/cgi-bin/message/template/send", daily: 100_000, handle: body((*call).sendTemplate), does: "a template message to a follower, and TEMPLATESENDJOBFINISH to the server"},
		{method: "GET", path: "/cgi-bin/template/get_all_private_template", daily: 1000, handle: (*call).listTemplates, does: "the templates of the seed"},
		{method: "POST", path: "/cgi-bin/template/del_private_template", daily: 1000, handle: body((*call).deleteTemplate), does: "deletes one"},
		{method: "POST", path: "/cgi-bin/message/subscribe/send", daily: 30_000_000, handle: body((*call).sendSubscribe), does: "a mini program's subscription message, once for each time the user allowed it"},
		{method: "POST", path: "/cgi-bin/message/subscribe/bizsend", daily: 30_000_000, handle: body((*call).sendSubscribe), does: "a service account's subscription message, by the same rule"},
	}
}

func (a *Account) template(id string, subscribe bool) *Template {
	return find(a.Templates, func(t *Template) bool { return t.ID == id && t.Subscribe == subscribe })
}

var placeholder = lazy.Regexp(`\{\{\s*([A-Za-z0-9_]+)\.DATA\s*\}\}`)

// fill puts the data into the template's text. A subscription message needs a
// good value for each field; of a template message what is missing, or is no
// text, leaves its place in the card blank, and the call says ok. A template
// without a text takes any fields.
func (t *Template) fill(data object) (string, error) {
	var names []string
	for _, m := range placeholder.Get().FindAllStringSubmatch(t.Content, -1) {
		names = append(names, m[1])
	}
	if t.Content == "" {
		for name := range data {
			names = append(names, name)
		}
		slices.Sort(names)
	}
	for _, name := range names {
		value := data.object(name).text("value")
		if t.Subscribe && (value == "" || !fits(name, value)) {
			return "", failAt(47003, "data.%s.value invalid", name)
		}
	}
	if t.Content == "" {
		var lines []string
		for _, name := range names {
			lines = append(lines, name+": "+data.object(name).text("value"))
		}
		return strings.Join(lines, "\n"), nil
	}
	return placeholder.Get().ReplaceAllStringFunc(t.Content, func(m string) string {
		return data.object(placeholder.Get().FindStringSubmatch(m)[1]).text("value")
	}), nil
}

// sentLife is how long a client_msg_id keeps a message from being sent again.
const sentLife = 10 * time.Minute

func (c *call) sendTemplate(o object) (any, error) {
	u, t := c.acct.user(o.text("touser")), c.acct.template(o.text("template_id"), false)
	if u != nil {
		c.concerns(u) // though it may be refused
	}
	key := o.text("client_msg_id")
	switch {
	case u == nil:
		return nil, fail(40003)
	case t == nil:
		return nil, fail(40037)
	case u.Unsubscribed:
		return nil, fail(43004)
	case len(key) > 64:
		return nil, fail(45067)
	}
	text, err := t.fill(o.object("data"))
	if err != nil {
		return nil, err
	}
	if id := o.object("miniprogram").text("appid"); id != "" && len(c.acct.MiniPrograms) > 0 && !slices.Contains(c.acct.MiniPrograms, id) {
		return nil, fail(40166)
	}
	id, again := c.sentBefore(u, key)
	if !again {
		c.say(u, &ChatItem{Via: "template", Type: t.ID, Title: t.Title, Text: text})
		c.notify(c.acct, u, "template_sent", func(m *message.Message) error { return m.Set("MsgID", itoa(id)) })
	}
	return struct {
		ErrCode int    `json:"errcode"`
		ErrMsg  string `json:"errmsg"`
		MsgID   int64  `json:"msgid"`
	}{0, "ok", id}, nil
}

// sentBefore returns the msgid of a message, and whether it was sent already.
func (c *call) sentBefore(u *User, key string) (id int64, again bool) {
	a := c.acct
	a.Sent = slices.DeleteFunc(a.Sent, func(s *Sent) bool { return c.now.Sub(s.Time) > sentLife })
	for _, s := range a.Sent {
		if key != "" && s.OpenID == u.OpenID && s.Key == key {
			return s.MsgID, true
		}
	}
	id = c.msgIDs.Next()
	if key != "" {
		a.Sent = append(a.Sent, &Sent{OpenID: u.OpenID, Key: key, MsgID: id, Time: c.now})
	}
	return id, false
}

func (c *call) listTemplates() (any, error) {
	type templateJSON struct {
		ID              string `json:"template_id"`
		Title           string `json:"title"`
		PrimaryIndustry string `json:"primary_industry"`
		DeputyIndustry  string `json:"deputy_industry"`
		Content         string `json:"content"`
		Example         string `json:"example"`
	}
	list := []templateJSON{}
	for _, t := range c.acct.Templates {
		if !t.Subscribe {
			list = append(list, templateJSON{ID: t.ID, Title: t.Title, Content: t.Content})
		}
	}
	return map[string]any{"template_list": list}, nil
}

func (c *call) deleteTemplate(o object) (any, error) {
	t, err := found(c.acct.template(o.text("template_id"), false), 40037)
	if err != nil {
		return nil, err
	}
	c.acct.Templates = without(c.acct.Templates, t)
	return nil, nil
}
