package emulator

import (
	"slices"
	"strconv"
)

// The draft box: https://developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/api_draft_add
// and its neighbours, read 2026-11-30.
func draftRoutes() []route {
	return []route{
		{method: "POST", path: "/cgi-bin/draft/add", daily: 1000, handle: shown((*call).addDraft), does: "a draft of 1 to 8 articles, by the rules of its page"},
		{method: "POST", path: "/cgi-bin/draft/get", daily: 500, handle: body((*call).getDraft), does: "its articles, as they were sent"},
		{method: "POST", path: "/cgi-bin/draft/update", daily: 1000, handle: shown((*call).updateDraft), does: "replaces one of its articles"},
		{method: "POST", path: "/cgi-bin/draft/delete", daily: 1000, handle: body((*call).deleteDraft), does: "deletes one"},
		{method: "GET", path: "/cgi-bin/draft/count", daily: 1000, handle: (*call).countDrafts, does: "how many there are"},
		{method: "POST", path: "/cgi-bin/draft/batchget", daily: 1000, handle: body((*call).listDrafts), does: "the drafts, 20 a page; no_content leaves the contents out"},
		{method: "POST", path: "/cgi-bin/draft/switch", daily: 1000, handle: (*call).draftSwitch, does: "always open; the call is retired"},
	}
}

func (c *call) addDraft(o object) (any, error) {
	articles, err := c.readArticles(o)
	if err != nil {
		return nil, err
	}
	d := &Draft{ID: c.chars(mediaIDChars), Created: c.now, Updated: c.now, Articles: articles}
	c.acct.Drafts = append(c.acct.Drafts, d)
	return map[string]string{"media_id": d.ID}, nil
}

func (a *Account) draft(id string) *Draft {
	return find(a.Drafts, func(d *Draft) bool { return d.ID == id })
}

func (a *Account) removeDraft(d *Draft) { a.Drafts = without(a.Drafts, d) }

// draftOf finds the draft that a call's body names.
func (c *call) draftOf(o object) (*Draft, error) {
	return found(c.acct.draft(o.text("media_id")), 40007)
}

// newsJSON is the content of a draft, and of what was published.
type newsJSON struct {
	Items   []object `json:"news_item"`
	Created int64    `json:"create_time"`
	Updated int64    `json:"update_time"`
}

func (c *call) draftJSON(d *Draft, withContent bool) newsJSON {
	j := newsJSON{Items: []object{}, Created: d.Created.Unix(), Updated: d.Updated.Unix()}
	for i, kept := range d.Articles {
		j.Items = append(j.Items, c.articleJSON(kept, articleURL("tempkey", d.ID, i), withContent))
	}
	return j
}

// articleURL is where an article would be read. Nothing is there.
func articleURL(kind, id string, index int) string {
	return "http://mp.weixin.qq.com/s?" + kind + "=" + id + "&idx=" + strconv.Itoa(index+1)
}

func (c *call) getDraft(o object) (any, error) {
	d, err := c.draftOf(o)
	if err != nil {
		return nil, err
	}
	return c.draftJSON(d, true), nil
}

// updateDraft looks at the article first, and of that at its cover. Seen are 40007
// for an empty article at a place that is not there, and 47001 for a list:
// https://developers.weixin.qq.com/community/develop/doc/00026e3b104d80c8f5cd10d4c51c00
// https://developers.weixin.qq.com/community/develop/doc/00048ef9fdc1d096431037fb966400
// (read 2026-11-30).
func (c *call) updateDraft(o object) (any, error) {
	d, err := c.draftOf(o)
	if err != nil {
		return nil, err
	}
	if _, list := o["articles"].([]any); list {
		return nil, fail(47001) // one article, not a list of them
	}
	a := o.object("articles")
	if err := c.checkArticle(a); err != nil {
		return nil, err
	}
	i, ok := o.number("index")
	if !ok || i < 0 || i >= int64(len(d.Articles)) {
		return nil, fail(40114)
	}
	d.Articles[i], d.Updated = keepArticle(a, len(d.Articles) == 1), c.now
	return nil, nil
}

func (c *call) deleteDraft(o object) (any, error) {
	d, err := c.draftOf(o)
	if err != nil {
		return nil, err
	}
	c.acct.removeDraft(d)
	return nil, nil
}

func (c *call) countDrafts() (any, error) {
	return map[string]int{"total_count": len(c.acct.Drafts)}, nil
}

func (c *call) listDrafts(o object) (any, error) {
	newest := slices.Clone(c.acct.Drafts)
	slices.Reverse(newest)
	return batch(o, newest, func(d *Draft) any {
		return struct {
			MediaID string   `json:"media_id"`
			Content newsJSON `json:"content"`
			Updated int64    `json:"update_time"`
		}{d.ID, c.draftJSON(d, o.text("no_content") != "1"), d.Updated.Unix()}
	})
}

func (c *call) draftSwitch() (any, error) {
	return rawJSON(`{"errcode":0,"errmsg":"ok","is_open":1}`), nil
}
