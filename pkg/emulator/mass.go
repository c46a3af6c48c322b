package emulator

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/wxdev/wxdev/pkg/message"
)

// Mass sending: https://developers.weixin.qq.com/doc/service/api/notify/message/api_sendall
// and its neighbours, read 2026-11-30.
func massRoutes() []route {
	return []route{
		{method: "POST", path: massToAllPath, daily: 100, minute: 60, handle: shown((*call).massToAll), does: "a message to all, or to those with a tag, and MASSSENDJOBFINISH to the server"},
		{method: "POST", path: "/cgi-bin/message/mass/send", daily: 100, minute: 60, handle: shown((*call).massToUsers), does: "the same to 2 or more users"},
		{method: "POST", path: "/cgi-bin/message/mass/preview", daily: 100, handle: shown((*call).massPreview), does: "the message to one user"},
		{method: "POST", path: "/cgi-bin/message/mass/delete", daily: 10, handle: body((*call).massDelete), does: "deletes articles or a video that were sent"},
		{method: "POST", path: "/cgi-bin/message/mass/get", daily: 100, handle: body((*call).massGet), does: "what became of a mass message"},
		{method: "POST", path: "/cgi-bin/message/mass/speed/get", daily: 100, handle: (*call).massSpeed, does: "the speed that was set"},
		{method: "POST", path: "/cgi-bin/message/mass/speed/set", daily: 100, handle: body((*call).setMassSpeed), does: "sets it: 0 to 4"},
	}
}

// massText reads what is sent, and says what of it is shown in the chat.
func (c *call) massText(o object) (kind, text string, err error) {
	kind = o.text("msgtype")
	body := o.object(kind)
	id := body.text("media_id")
	switch kind {
	case "text":
		switch text = body.text("content"); {
		case text == "":
			return kind, "", fail(44004)
		case len(text) > maxText:
			return kind, "", fail(45002)
		}
		return kind, text, nil
	case "mpnews":
		d := c.acct.draft(id)
		if d == nil {
			return kind, "", fail(40007)
		}
		var titles []string
		for _, kept := range d.Articles {
			titles = append(titles, readArticle(kept).text("title"))
		}
		return kind, strings.Join(titles, "\n"), nil
	case "image":
		if ids := o.object("images").texts("media_ids"); id == "" && len(ids) > 0 { // the form of the page
			id = ids[0]
		}
		return kind, id, c.anyMedium(id, "image")
	case "voice":
		return kind, id, c.anyMedium(id, "voice")
	case "mpvideo", "video":
		return kind, cmp.Or(body.text("title"), id), c.anyMedium(id, "video")
	case "wxcard":
		return kind, body.text("card_id"), missing(body.text("card_id"), 41011)
	}
	return kind, "", fail(40008)
}

// anyMedium demands a file, permanent or not.
func (c *call) anyMedium(id string, kind string) error {
	return c.medium(object{"media_id": id}, "media_id", kind)
}

func (c *call) massToAll(o object) (any, error) {
	filter := o.object("filter")
	ids, toAll := c.acct.followers(), filter.boolean("is_to_all")
	if !toAll {
		tag, _ := filter.number("tag_id")
		if !filter.has("tag_id") { // its name until tags came, which SDKs still send
			tag, _ = filter.number("group_id")
		}
		if c.acct.tag(tag) == nil {
			return nil, fail(40152) // by https://developers.weixin.qq.com/community/develop/doc/00000055cf8500c65678400f451000
		}
		ids = c.acct.tagged(tag)
	}
	return c.massSend(o, massTarget{ids: ids, total: len(ids), toAll: toAll})
}

// maxMassUsers is how many OpenIDs one call may have.
const maxMassUsers = 10_000

func (c *call) massToUsers(o object) (any, error) {
	given := o.texts("touser")
	switch {
	case len(given) < 2:
		return nil, fail(40130)
	case len(given) > maxMassUsers:
		return nil, fail(40032)
	}
	var ids []string
	seen := map[string]bool{}
	for _, id := range given {
		if u := c.acct.user(id); u != nil && !u.Unsubscribed && !seen[id] {
			ids = append(ids, id)
		}
		seen[id] = true
	}
	if len(ids) == 0 {
		return nil, fail(40031) // unconfirmed
	}
	return c.massSend(o, massTarget{ids: ids, total: len(given)})
}

// massJSON is the answer to a mass message.
type massJSON struct {
	ErrCode int    `json:"errcode"`
	ErrMsg  string `json:"errmsg"`
	ID      int64  `json:"msg_id"`
	DataID  int64  `json:"msg_data_id,omitempty"` // of articles
}

// massIDBase makes ids as the real ones of accounts are.
const massIDBase = 1_000_000_000

// massTarget is who is to get a message.
type massTarget struct {
	ids   []string // of followers
	total int      // how many were named
	toAll bool     // of the account's followers: for the history of its messages
}

func (c *call) massSend(o object, to massTarget) (any, error) {
	kind, text, err := c.massText(o)
	if err != nil {
		return nil, err
	}
	key := o.text("clientmsgid")
	if len(key) > 64 {
		return nil, fail(45067)
	}
	for _, m := range c.acct.Mass {
		if key != "" && m.Key == key { // seen with its msg_id and without a rid
			return massJSON{45065, "clientmsgid exist", m.ID, 0}, nil
		}
	}
	if to.toAll && c.massSpent() {
		return nil, fail(45028)
	}
	m := &Mass{ID: massIDBase + c.acct.nextID(), Key: key, Type: kind, Time: c.now, ToAll: to.toAll}
	if kind == "mpnews" {
		d := c.acct.draft(o.object(kind).text("media_id"))
		m.Articles, m.DataID = len(d.Articles), publishIDBase+c.acct.nextID()
		c.acct.removeDraft(d) // it leaves the draft box
	}
	c.acct.Mass = append(c.acct.Mass, m)
	sent := 0
	for _, id := range to.ids {
		if u := c.acct.user(id); c.massReaches(u) {
			c.tell(u, &ChatItem{Via: "mass", Type: kind, Text: text})
			sent++
		}
	}
	c.notify(c.acct, &User{OpenID: userID(operator)}, "mass_sent", func(e *message.Message) error { return m.event(e, to.total, sent) })
	return massJSON{0, "send job submission success", m.ID, m.DataID}, nil
}

// event fills in the event of a mass message.
func (m *Mass) event(e *message.Message, total, sent int) error {
	for _, list := range []string{"CopyrightCheckResult", "ArticleUrlResult"} { // the sample's are another's
		if f := e.Field(list + ".ResultList"); f != nil {
			if list == "CopyrightCheckResult" || m.Articles == 0 {
				f.Children = nil
			}
		}
	}
	set := [][2]string{
		{"MsgID", itoa(m.ID)},
		{"Status", "send success"},
		{"TotalCount", strconv.Itoa(total)},
		{"FilterCount", strconv.Itoa(sent)},
		{"SentCount", strconv.Itoa(sent)},
		{"ErrorCount", "0"},
		{"CopyrightCheckResult.Count", "0"},
		{"CopyrightCheckResult.CheckState", "0"},
	}
	for i := range m.Articles {
		item := "ArticleUrlResult.ResultList.item[" + strconv.Itoa(i+1) + "]."
		set = append(set, [2]string{item + "ArticleIdx", strconv.Itoa(i + 1)}, [2]string{item + "ArticleUrl", articleURL("mass", itoa(m.DataID), i)})
	}
	for _, f := range append(set, [2]string{"ArticleUrlResult.Count", strconv.Itoa(m.Articles)}) {
		if err := e.Set(f[0], f[1]); err != nil {
			return err
		}
	}
	return nil
}

func (c *call) massPreview(o object) (any, error) {
	u := c.acct.user(o.text("touser"))
	if name := o.text("towxname"); name != "" {
		if u = c.acct.find(name); u == nil {
			return nil, fail(40132)
		}
	}
	if u == nil || u.Unsubscribed {
		return nil, fail(40003)
	}
	kind, text, err := c.massText(o)
	if err != nil {
		return nil, err
	}
	c.say(u, &ChatItem{Via: "mass", Type: kind, Text: text})
	return massJSON{0, "preview success", massIDBase + c.acct.nextID(), 0}, nil
}
