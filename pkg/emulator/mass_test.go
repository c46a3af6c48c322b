package emulator_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/message"
)

func TestMass(t *testing.T) {
	b := newBench(t, people)
	got := b.pushed()
	const all = "/cgi-bin/message/mass/sendall"
	v := b.ok("POST", all, `{"filter":{"is_to_all":true},"msgtype":"text","text":{"content":"大家好 \u4f60"},"clientmsgid":"k"}`)
	if m := <-got; m.Get("Event") != "MASSSENDJOBFINISH" || json.Number(m.Get("MsgID")) != v["msg_id"] || m.Get("SentCount") != "2" ||
		m.Get("TotalCount") != "2" || m.Get("ArticleUrlResult.Count") != "0" || m.Field("ArticleUrlResult.ResultList.item") != nil || m.Get("Status") != "send success" {
		t.Errorf("event %v", m)
	}
	if v["errmsg"] != "send job submission success" || v["msg_data_id"] != nil {
		t.Errorf("answer %v", v)
	}
	chat, err := b.Chat("", "bob")
	if err != nil || len(chat) != 1 || chat[0].Text != `大家好 \u4f60` || chat[0].Via != "mass" {
		t.Errorf("chat %+v, %v", chat, err)
	}
	again := b.api("POST", all, `{"filter":{"is_to_all":true},"msgtype":"text","text":{"content":"x"},"clientmsgid":"k"}`)
	if again["errcode"] != json.Number("45065") || again["msg_id"] != v["msg_id"] {
		t.Errorf("again %v", again)
	}

	// articles, to those with a tag: the draft is gone then
	thumb := b.material("image", "a.png")
	id := b.draft(article(thumb, nil), article(thumb, nil))
	news := b.ok("POST", all, `{"filter":{"is_to_all":false,"tag_id":100},"msgtype":"mpnews","mpnews":{"media_id":"`+id+`"},"send_ignore_reprint":0}`)
	if m := <-got; m.Get("SentCount") != "1" || m.Get("ArticleUrlResult.Count") != "2" || m.Get("ArticleUrlResult.ResultList.item[2].ArticleIdx") != "2" ||
		m.Field("ArticleUrlResult.ResultList.item[3]") != nil || m.Get("CopyrightCheckResult.Count") != "0" {
		t.Errorf("event %v", m)
	}
	b.settled(2)
	if news["msg_data_id"] == nil {
		t.Errorf("answer %v", news)
	}
	for code, body := range map[int]string{
		40007: `{"filter":{"is_to_all":true},"msgtype":"mpnews","mpnews":{"media_id":"` + id + `"}}`,
		40152: `{"filter":{"is_to_all":false,"tag_id":7},"msgtype":"text","text":{"content":"x"}}`,
		44004: `{"filter":{"is_to_all":true},"msgtype":"text","text":{}}`,
		40008: `{"filter":{"is_to_all":true},"msgtype":"news"}`,
	} {
		b.fails(code, "POST", all, body)
	}

	msg := func(v map[string]any) string { return `{"msg_id":` + v["msg_id"].(json.Number).String() + `}` }
	if s := b.ok("POST", "/cgi-bin/message/mass/get", msg(news)); s["msg_status"] != "SEND_SUCCESS" {
		t.Errorf("status %v", s)
	}
	b.ok("POST", "/cgi-bin/message/mass/delete", msg(news))
	if s := b.ok("POST", "/cgi-bin/message/mass/get", msg(news)); s["msg_status"] != "DELETE" {
		t.Errorf("status %v", s)
	}
	b.fails(40059, "POST", "/cgi-bin/message/mass/delete", msg(v)) // a text stays
	b.fails(40059, "POST", "/cgi-bin/message/mass/get", `{"msg_id":1}`)
}

func TestMassToUsers(t *testing.T) {
	b := newBench(t, people)
	const send = "/cgi-bin/message/mass/send"
	to := func(names ...string) string {
		var ids []string
		for _, n := range names {
			ids = append(ids, `"`+message.OpenID(n)+`"`)
		}
		return `{"touser":[` + strings.Join(ids, ",") + `],"msgtype":"text","text":{"content":"x"}}`
	}
	b.ok("POST", send, to("alice", "bob", "carol"))
	if chat, _ := b.Chat("", "carol"); len(chat) != 0 {
		t.Errorf("carol, who does not follow, got %+v", chat)
	}
	b.fails(40130, "POST", send, to("alice"))
	b.fails(40031, "POST", send, to("carol", "nobody"))
	const preview = "/cgi-bin/message/mass/preview"
	b.ok("POST", preview, `{"touser":"`+message.OpenID("alice")+`","msgtype":"text","text":{"content":"x"}}`)
	b.ok("POST", preview, `{"towxname":"alice","msgtype":"text","text":{"content":"x"}}`)
	b.fails(40132, "POST", preview, `{"towxname":"zed","msgtype":"text","text":{"content":"x"}}`)
	b.fails(40003, "POST", preview, `{"msgtype":"text","text":{"content":"x"}}`)

	if got := b.do("POST", "/cgi-bin/message/mass/speed/get", "{}").Body.String(); got != `{"realspeed":80,"speed":0}` {
		t.Errorf("speed %s", got)
	}
	b.ok("POST", "/cgi-bin/message/mass/speed/set", `{"speed":3}`)
	if got := b.do("POST", "/cgi-bin/message/mass/speed/get", "").Body.String(); got != `{"realspeed":30,"speed":3}` {
		t.Errorf("speed %s", got)
	}
	b.fails(45083, "POST", "/cgi-bin/message/mass/speed/set", `{"speed":5}`)
}

// TestMassQuota: an account sends to all once a day and four times a month, and
// what is more than four for a user in a month does not reach this user.
func TestMassQuota(t *testing.T) {
	b := newBench(t, people)
	got := b.pushed()
	const all = "/cgi-bin/message/mass/sendall"
	toAll := `{"filter":{"is_to_all":true},"msgtype":"text","text":{"content":"x"}}`
	tagged := `{"filter":{"is_to_all":false,"group_id":"100"},"msgtype":"text","text":{"content":"x"}}` // alice
	sent := func(body, total, reached string) {
		t.Helper()
		b.ok("POST", all, body)
		if m := <-got; m.Get("TotalCount") != total || m.Get("FilterCount") != reached || m.Get("SentCount") != reached {
			t.Fatalf("the event is %v, want %s of %s", m, reached, total)
		}
	}
	nextDay := func() {
		b.clock.pass(24 * time.Hour)
		b.login()
	}
	sent(toAll, "2", "2")
	if msg := b.fails(45028, "POST", all, toAll); msg != "has no masssend quota" {
		t.Errorf("errmsg %q", msg)
	}
	for range 3 { // a tag is not all, and has no limit but that of the users
		sent(tagged, "1", "1")
	}
	sent(tagged, "1", "0")
	nextDay()
	sent(toAll, "2", "1") // bob
	if chat, err := b.Chat("", "alice"); err != nil || len(chat) != 4 {
		t.Errorf("alice has %d messages, %v", len(chat), err)
	}
	for range 2 {
		nextDay()
		sent(toAll, "2", "1")
	}
	nextDay()
	b.fails(45028, "POST", all, toAll) // the fifth of this month
	b.clock.pass(10 * 24 * time.Hour)  // December
	b.login()
	sent(toAll, "2", "2")

	if err := b.UpdateAccount("", func(a *emulator.Account) error {
		a.Quota = map[string]int{all: 0}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	sent(toAll, "2", "2") // as the seed says: no limit
}

// TestEnded: calls that have ended answer as WeChat does.
func TestEnded(t *testing.T) {
	b := newBench(t, "")
	for _, path := range []string{"/cgi-bin/material/add_news", "/cgi-bin/material/update_news", "/cgi-bin/media/uploadnews"} {
		if msg := b.fails(45106, "POST", path, `{"articles":[]}`); !strings.HasPrefix(msg, "This API has been unsupported. For more details, please view https://mp.weixin.qq.com/") {
			t.Errorf("%s: %q", path, msg)
		}
	}
}
