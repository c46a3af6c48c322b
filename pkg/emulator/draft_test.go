package emulator_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/receiver"
)

// pushed is an account whose server takes everything, and the events it got.
func (b *bench) pushed() chan *message.Message {
	b.t.Helper()
	got := make(chan *message.Message, 10)
	s := newServer(b.t, &receiver.Handler{Log: func(e receiver.Event) { got <- e.Message }})
	b.withServer(s, "plain")
	return got
}

// settled waits until n pushes are in the log: their findings too.
func (b *bench) settled(n int) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), busy.Net)
	defer cancel()
	entries, err := b.Wait(ctx, emulator.Match{Kind: emulator.KindPush}, n)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, e := range entries {
		if e.Push == nil || !e.Push.OK {
			b.t.Errorf("push %+v", e)
		}
	}
}

func (b *bench) material(kind, name string) string {
	b.t.Helper()
	v := b.uploadTo("/cgi-bin/material/add_material?type="+kind, name, []byte("data"))
	id, _ := v["media_id"].(string)
	if id == "" {
		b.t.Fatalf("add_material: %v", v)
	}
	return id
}

// article is one in JSON, with other fields in place of those it has.
func article(thumb string, more map[string]any) string {
	a := map[string]any{"title": "标题", "content": "<p>正文 &amp; more</p>", "thumb_media_id": thumb}
	for name, v := range more {
		a[name] = v
	}
	text, err := json.Marshal(a)
	if err != nil {
		panic(err)
	}
	return string(text)
}

const addDraftPath = "/cgi-bin/draft/add"

func (b *bench) draft(articles ...string) string {
	b.t.Helper()
	return b.ok("POST", addDraftPath, `{"articles":[`+strings.Join(articles, ",")+`]}`)["media_id"].(string)
}

func TestDraftRules(t *testing.T) {
	b := newBench(t, "")
	thumb, temporary := b.material("image", "a.png"), b.upload("image", "a.png", 3)
	long := func(n int) string { return strings.Repeat("字", n) }
	for _, c := range []struct {
		name string
		code int
		more map[string]any
	}{
		{"title of 32", 0, map[string]any{"title": long(32)}},
		{"title of 33", 45003, map[string]any{"title": long(33)}},
		{"no title", 45003, map[string]any{"title": ""}},
		{"long author", 45110, map[string]any{"author": long(17)}},
		{"long digest", 45004, map[string]any{"digest": long(129)}},
		{"no content", 44004, map[string]any{"content": ""}},
		{"content of 19999", 0, map[string]any{"content": long(19_999)}},
		{"content of 20000", 45002, map[string]any{"content": long(20_000)}},
		{"a temporary cover", 40007, map[string]any{"thumb_media_id": temporary}},
		{"no cover", 40007, map[string]any{"thumb_media_id": ""}},
		{"another type", 40008, map[string]any{"article_type": "video"}},
		{"pictures", 0, map[string]any{"article_type": "newspic", "thumb_media_id": "", "image_info": map[string]any{"image_list": []any{map[string]any{"image_media_id": thumb}}}}},
		{"no pictures", 40007, map[string]any{"article_type": "newspic"}},
		{"long link", 45005, map[string]any{"content_source_url": "http://a.example/" + strings.Repeat("u", 1024)}},
	} {
		body := `{"articles":[` + article(thumb, c.more) + `]}`
		if c.code == 0 {
			b.ok("POST", addDraftPath, body)
		} else if got := b.fails(c.code, "POST", addDraftPath, body); got == "" {
			t.Errorf("%s: no text", c.name)
		}
	}
	b.fails(44003, "POST", addDraftPath, `{"articles":[]}`)
	b.fails(44003, "POST", addDraftPath, `{}`)
	b.fails(45008, "POST", addDraftPath, `{"articles":[`+strings.Repeat(article(thumb, nil)+",", 8)+article(thumb, nil)+`]}`)
	b.fails(47001, "POST", addDraftPath, "articles=1")
}

func TestDrafts(t *testing.T) {
	b := newBench(t, "")
	thumb := b.material("thumb", "a.jpg")
	one := b.draft(`{"title":"\u6807 a\u003db","content":"<p>正文 &amp; more</p><script>x()</script>","thumb_media_id":"` + thumb + `","need_open_comment":1,"own":{"x":1.50}}`)
	two := b.draft(article(thumb, nil), article(thumb, map[string]any{"title": "第二篇"}))

	first := b.ok("POST", "/cgi-bin/draft/get", `{"media_id":"`+one+`"}`)["news_item"].([]any)[0].(map[string]any)
	for name, want := range map[string]any{
		"title": `\u6807 a=b`, "content": "<p>正文 &amp; more</p><script>x()</script>", "digest": "正文 & morex()",
		"need_open_comment": json.Number("1"), "only_fans_can_comment": json.Number("0"), "article_type": "news", "author": "",
	} {
		if first[name] != want {
			t.Errorf("%s is %v, want %v", name, first[name], want)
		}
	}
	if first["url"] == "" || first["own"].(map[string]any)["x"] != json.Number("1.50") {
		t.Errorf("article %v", first)
	}

	b.ok("POST", "/cgi-bin/draft/update", `{"media_id":"`+two+`","index":1,"articles":`+article(thumb, map[string]any{"title": "新"})+`}`)
	b.fails(40114, "POST", "/cgi-bin/draft/update", `{"media_id":"`+two+`","index":2,"articles":`+article(thumb, nil)+`}`)
	b.fails(45003, "POST", "/cgi-bin/draft/update", `{"media_id":"`+two+`","index":0,"articles":`+article(thumb, map[string]any{"title": ""})+`}`)
	for code, articles := range map[int]string{40007: `,"articles":{}`, 47001: `,"articles":[` + article(thumb, nil) + `]`} {
		b.fails(code, "POST", "/cgi-bin/draft/update", `{"media_id":"`+two+`","index":2`+articles+`}`)
	}
	b.fails(40007, "POST", "/cgi-bin/draft/update", `{"media_id":"`+two+`","index":0}`)
	b.fails(40007, "POST", "/cgi-bin/draft/get", `{"media_id":"x"}`)

	if n := b.ok("GET", "/cgi-bin/draft/count", "")["total_count"]; n != json.Number("2") {
		t.Errorf("count %v", n)
	}
	list := b.do("POST", "/cgi-bin/draft/batchget", `{"offset":0,"count":1,"no_content":1}`).Body.String()
	if !strings.HasPrefix(list, `{"total_count":2,"item_count":1,"item":[{"media_id":"`+two) || !strings.Contains(list, `"title":"新"`) || strings.Contains(list, `"content":"<p>`) {
		t.Errorf("batchget %s", list)
	}
	b.fails(40097, "POST", "/cgi-bin/draft/batchget", `{"offset":0,"count":21}`)
	if got := b.ok("POST", "/cgi-bin/draft/switch?checkonly=1", "")["is_open"]; got != json.Number("1") {
		t.Errorf("is_open %v", got)
	}

	// all of it is in a snapshot
	snapshot, err := b.Snapshot()
	if err == nil {
		err = b.Restore("snapshot", snapshot)
	}
	if err != nil {
		t.Fatal(err)
	}
	b.ok("POST", "/cgi-bin/draft/delete", `{"media_id":"`+one+`"}`)
	b.fails(40007, "POST", "/cgi-bin/draft/delete", `{"media_id":"`+one+`"}`)
}

func TestPublish(t *testing.T) {
	b := newBench(t, people)
	got := b.pushed()
	thumb := b.material("image", "a.png")
	draft := b.draft(article(thumb, nil), article(thumb, map[string]any{"title": "第二篇"}))
	v := b.ok("POST", "/cgi-bin/freepublish/submit", `{"media_id":"`+draft+`"}`)
	m := <-got
	id := v["publish_id"].(json.Number).String()
	status := b.ok("POST", "/cgi-bin/freepublish/get", `{"publish_id":"`+id+`"}`)
	article := status["article_id"].(string)
	for path, want := range map[string]string{
		"Event": "PUBLISHJOBFINISH", "PublishEventInfo.publish_id": id, "PublishEventInfo.publish_status": "0",
		"PublishEventInfo.article_id": article, "PublishEventInfo.article_detail.count": "2", "PublishEventInfo.article_detail.item[2].idx": "2",
	} {
		if m.Get(path) != want {
			t.Errorf("%s is %q, want %q", path, m.Get(path), want)
		}
	}
	items := status["article_detail"].(map[string]any)["item"].([]any)
	if len(items) != 2 || items[1].(map[string]any)["article_url"] != m.Get("PublishEventInfo.article_detail.item[2].article_url") || status["publish_status"] != json.Number("0") {
		t.Errorf("status %v, event %v", status, m)
	}
	b.settled(1)
	b.fails(40007, "POST", "/cgi-bin/draft/get", `{"media_id":"`+draft+`"}`) // it has left the draft box
	b.fails(40007, "POST", "/cgi-bin/freepublish/submit", `{"media_id":"`+draft+`"}`)

	b.ok("POST", "/cgi-bin/freepublish/delete", `{"article_id":"`+article+`","index":2}`)
	news := b.ok("POST", "/cgi-bin/freepublish/getarticle", `{"article_id":"`+article+`"}`)["news_item"].([]any)
	if news[0].(map[string]any)["is_deleted"] != false || news[1].(map[string]any)["is_deleted"] != true {
		t.Errorf("articles %v", news)
	}
	if list := b.ok("POST", "/cgi-bin/freepublish/batchget", `{"offset":0,"count":20}`); list["total_count"] != json.Number("1") {
		t.Errorf("batchget %v", list)
	}
	b.fails(40114, "POST", "/cgi-bin/freepublish/delete", `{"article_id":"`+article+`","index":3}`)
	b.ok("POST", "/cgi-bin/freepublish/delete", `{"article_id":"`+article+`"}`)
	if status := b.ok("POST", "/cgi-bin/freepublish/get", `{"publish_id":`+id+`}`); status["publish_status"] != json.Number("5") || status["article_id"] != nil {
		t.Errorf("status %v", status)
	}
	if list := b.ok("POST", "/cgi-bin/freepublish/batchget", `{"offset":0,"count":20}`); list["total_count"] != json.Number("0") {
		t.Errorf("batchget %v", list)
	}
	b.fails(53600, "POST", "/cgi-bin/freepublish/getarticle", `{"article_id":"x"}`)
}
