package emulator

import (
	"slices"
	"strconv"

	"github.com/wxdev/wxdev/pkg/message"
)

// Publishing: https://developers.weixin.qq.com/doc/service/api/public/api_freepublish_submit
// and its neighbours, read 2026-11-30. The codes for an id that is not there
// are not on them.
func publishRoutes() []route {
	return []route{
		{method: "POST", path: "/cgi-bin/freepublish/submit", daily: 100, handle: body((*call).publish), does: "publishes a draft, and PUBLISHJOBFINISH to the server"},
		{method: "POST", path: "/cgi-bin/freepublish/get", daily: 100, handle: body((*call).getPublish), does: "what became of it, by its publish_id"},
		{method: "POST", path: "/cgi-bin/freepublish/delete", daily: 10, handle: body((*call).deletePublished), does: "deletes one article of it, or all"},
		{method: "POST", path: "/cgi-bin/freepublish/getarticle", daily: 100, handle: body((*call).getPublished), does: "its articles, by the article_id"},
		{method: "POST", path: "/cgi-bin/freepublish/batchget", daily: 100, handle: body((*call).listPublished), does: "what was published, 20 a page"},
	}
}

// operator is who published, or sent to all: its OpenID is in the event.
const operator = "operator"

// publishIDBase makes ids of ten digits, as the real ones are.
const publishIDBase = 2_247_483_647

func (c *call) publish(o object) (any, error) {
	d, err := c.draftOf(o)
	if err != nil {
		return nil, err
	}
	c.acct.removeDraft(d) // it leaves the draft box
	p := &Published{ID: publishIDBase + c.acct.nextID(), ArticleID: c.chars(mediaIDChars), Time: c.now, Articles: d.Articles}
	c.acct.Published = append(c.acct.Published, p)
	c.notify(c.acct, &User{OpenID: userID(operator)}, "published", p.event)
	return struct {
		ErrCode int    `json:"errcode"`
		ErrMsg  string `json:"errmsg"`
		ID      int64  `json:"publish_id"` // a number, as SDKs with types read it; the pages have both
		DataID  int64  `json:"msg_data_id"`
	}{0, "ok", p.ID, p.ID}, nil
}

// event fills in the event of a publication.
func (p *Published) event(m *message.Message) error {
	set := [][2]string{
		{"PublishEventInfo.publish_id", itoa(p.ID)},
		{"PublishEventInfo.article_id", p.ArticleID},
	}
	for i := range p.Articles {
		item := "PublishEventInfo.article_detail.item[" + strconv.Itoa(i+1) + "]."
		set = append(set, [2]string{item + "idx", strconv.Itoa(i + 1)}, [2]string{item + "article_url", articleURL("article", p.ArticleID, i)})
	}
	for _, f := range append(set, [2]string{"PublishEventInfo.article_detail.count", strconv.Itoa(len(p.Articles))}) {
		if err := m.Set(f[0], f[1]); err != nil {
			return err
		}
	}
	return nil
}

// The states of a publication.
const (
	publishedOK      = 0
	publishedDeleted = 5 // all articles, by the account
)

func (c *call) getPublish(o object) (any, error) {
	id, _ := o.number("publish_id")
	p, err := found(find(c.acct.Published, func(p *Published) bool { return p.ID == id }), 53502)
	if err != nil {
		return nil, err
	}
	type itemJSON struct {
		Idx int    `json:"idx"`
		URL string `json:"article_url"`
	}
	type detailJSON struct {
		Count int        `json:"count"`
		Item  []itemJSON `json:"item"`
	}
	answer := struct {
		ID        int64       `json:"publish_id"`
		Status    int         `json:"publish_status"`
		ArticleID string      `json:"article_id,omitempty"`
		Detail    *detailJSON `json:"article_detail,omitempty"`
		FailIdx   []int       `json:"fail_idx"`
	}{ID: p.ID, Status: publishedDeleted, FailIdx: []int{}}
	if len(p.Deleted) < len(p.Articles) {
		answer.Status, answer.ArticleID, answer.Detail = publishedOK, p.ArticleID, &detailJSON{Count: len(p.Articles)}
		for i := range p.Articles {
			answer.Detail.Item = append(answer.Detail.Item, itemJSON{i + 1, articleURL("article", p.ArticleID, i)})
		}
	}
	return answer, nil
}

// published finds what was published by the article_id of a body.
func (c *call) published(o object) (*Published, error) {
	id := o.text("article_id")
	return found(find(c.acct.Published, func(p *Published) bool { return p.ArticleID == id }), 53600)
}

func (c *call) deletePublished(o object) (any, error) {
	p, err := c.published(o)
	if err != nil {
		return nil, err
	}
	index, _ := o.number("index") // from 1; 0, or none, is all of them
	if index < 0 || index > int64(len(p.Articles)) {
		return nil, fail(40114)
	}
	for i := range p.Articles {
		if n := i + 1; (index == 0 || int64(n) == index) && !slices.Contains(p.Deleted, n) {
			p.Deleted = append(p.Deleted, n)
		}
	}
	return nil, nil
}

func (c *call) publishedJSON(p *Published, withContent bool) newsJSON {
	j := newsJSON{Items: []object{}, Created: p.Time.Unix(), Updated: p.Time.Unix()}
	for i, kept := range p.Articles {
		a := c.articleJSON(kept, articleURL("article", p.ArticleID, i), withContent)
		a["is_deleted"] = slices.Contains(p.Deleted, i+1)
		j.Items = append(j.Items, a)
	}
	return j
}

func (c *call) getPublished(o object) (any, error) {
	p, err := c.published(o)
	if err != nil {
		return nil, err
	}
	return c.publishedJSON(p, true), nil
}

func (c *call) listPublished(o object) (any, error) {
	var newest []*Published
	for _, p := range slices.Backward(c.acct.Published) {
		if len(p.Deleted) < len(p.Articles) {
			newest = append(newest, p)
		}
	}
	return batch(o, newest, func(p *Published) any {
		return struct {
			ArticleID string   `json:"article_id"`
			Content   newsJSON `json:"content"`
			Updated   int64    `json:"update_time"`
		}{p.ArticleID, c.publishedJSON(p, o.text("no_content") != "1"), p.Time.Unix()}
	})
}
