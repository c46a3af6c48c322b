package emulator_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/internal/busy"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/message"
	"github.com/wxdev/wxdev/pkg/receiver"
)

const templates = people + `
[[account.template]]
id = "ORDER"
title = "订单"
content = """
{{first.DATA}}
单号：{{keyword1.DATA}}"""
[[account.template]]
id = "NOTE"
content = "事项 {{thing1.DATA}} 时间 {{time2.DATA}} 金额 {{amount3.DATA}}"
subscribe = true
`

func templateBody(user, id, data, more string) string {
	return fmt.Sprintf(`{"touser":"%s","template_id":"%s","data":%s%s}`, message.OpenID(user), id, data, more)
}

func TestTemplateSend(t *testing.T) {
	b := newBench(t, templates)
	const path = "/cgi-bin/message/template/send"
	const data = `{"first":{"value":"你好","color":"#173177"},"keyword1":{"value":"42"}}`
	v := b.ok("POST", path, templateBody("alice", "ORDER", data, `,"client_msg_id":"k"`))
	if v["msgid"] == nil {
		t.Errorf("answer %v", v)
	}
	if again := b.ok("POST", path, templateBody("alice", "ORDER", data, `,"client_msg_id":"k"`)); again["msgid"] != v["msgid"] {
		t.Errorf("sent twice with one client_msg_id: %v, %v", v, again)
	}
	chat, err := b.Chat("", "alice")
	if err != nil || len(chat) != 1 || chat[0].Text != "你好\n单号：42" || chat[0].Via != "template" || chat[0].Shown.Title != "订单" {
		t.Errorf("chat %+v, %v", chat, err)
	}
	b.clock.pass(11 * time.Minute)
	if later := b.ok("POST", path, templateBody("alice", "ORDER", data, `,"client_msg_id":"k"`)); later["msgid"] == v["msgid"] {
		t.Error("the client_msg_id still counts after 11 minutes")
	}
	b.fails(40037, "POST", path, templateBody("alice", "NOTE", data, ""))
	b.fails(43004, "POST", path, templateBody("carol", "ORDER", data, ""))
	b.fails(40003, "POST", path, `{"touser":"x","template_id":"ORDER"}`)
	b.fails(45067, "POST", path, templateBody("alice", "ORDER", data, `,"client_msg_id":"`+strings.Repeat("k", 65)+`"`))
	for _, blank := range []string{`{"first":{"value":"a"}}`, `{"first":{"value":"a"},"keyword1":"b"}`, `{"first":{"value":"a"},"keyword1":{"value":{}},"more":{"value":"x"}}`} {
		b.ok("POST", path, templateBody("alice", "ORDER", blank, "")) // and its line of the card is blank
		if chat, err := b.Chat("", "alice"); err != nil || chat[len(chat)-1].Text != strings.Replace(chat[0].Text, "12", "", 1) && strings.Contains(chat[len(chat)-1].Text, "DATA") {
			t.Errorf("%s: %q, %v", blank, chat[len(chat)-1].Text, err)
		}
	}
	list := b.do("GET", "/cgi-bin/template/get_all_private_template", "").Body.String()
	if !strings.HasPrefix(list, `{"template_list":[{"template_id":"ORDER","title":"订单"`) || strings.Contains(list, "NOTE") {
		t.Errorf("list %s", list)
	}
	b.ok("POST", "/cgi-bin/template/del_private_template", `{"template_id":"ORDER"}`)
	b.fails(40037, "POST", "/cgi-bin/template/del_private_template", `{"template_id":"ORDER"}`)
}

// TestTemplateResult waits for the event that tells the server that a
// template message was delivered.
func TestTemplateResult(t *testing.T) {
	b := newBench(t, templates)
	got := make(chan *message.Message, 1)
	srv := httptest.NewServer(&receiver.Handler{Token: emulator.DefaultToken, Log: func(e receiver.Event) { got <- e.Message }})
	defer srv.Close()
	if err := b.UpdateAccount("", func(a *emulator.Account) error { a.URL = srv.URL; return nil }); err != nil {
		t.Fatal(err)
	}
	v := b.ok("POST", "/cgi-bin/message/template/send", templateBody("alice", "ORDER", `{"first":{"value":"a"},"keyword1":{"value":"b"}}`, ""))
	m := <-got
	if m.Get("Event") != "TEMPLATESENDJOBFINISH" || json.Number(m.Get("MsgID")) != v["msgid"] || m.Get("FromUserName") != message.OpenID("alice") {
		t.Errorf("event %v, msgid %v", m, v["msgid"])
	}
	ctx, cancel := context.WithTimeout(t.Context(), busy.Net)
	defer cancel()
	entries, err := b.Wait(ctx, emulator.Match{Kind: emulator.KindPush}, 1)
	if err != nil || !entries[0].Push.OK || entries[0].User != message.OpenID("alice") {
		t.Errorf("log %+v, %v", entries, err)
	}
}

func TestSubscribeSend(t *testing.T) {
	b := newBench(t, templates)
	const data = `{"thing1":{"value":"开会"},"time2":{"value":"2026年11月20日 12:00"},"amount3":{"value":"¥12.50"}}`
	const path = "/cgi-bin/message/subscribe/send"
	body := templateBody("bob", "NOTE", data, `,"page":"pages/index","miniprogram_state":"developer","lang":"zh_CN"`)
	if got := b.fails(43101, "POST", path, body); got != "user refuse to accept the msg" {
		t.Errorf("errmsg %q", got)
	}
	b.act("bob", "reject", "NOTE")
	b.fails(43101, "POST", path, body)
	b.act("bob", "accept", "NOTE")
	b.ok("POST", path, body)
	b.fails(43101, "POST", path, body) // once for each time it was allowed

	b.act("bob", "accept", "NOTE")
	b.ok("POST", "/cgi-bin/message/subscribe/bizsend", templateBody("bob", "NOTE", data, ""))
	b.fails(40037, "POST", path, templateBody("bob", "ORDER", data, ""))
	b.fails(40003, "POST", path, `{"touser":"x"}`)
	b.fails(40097, "POST", path, templateBody("bob", "NOTE", data, `,"miniprogram_state":"dev"`))
	for _, bad := range []string{
		`{"thing1":{"value":"` + strings.Repeat("字", 21) + `"},"time2":{"value":"1"},"amount3":{"value":"1"}}`,
		`{"thing1":{"value":"a"},"time2":{"value":"noon"},"amount3":{"value":"1"}}`,
		`{"thing1":{"value":"a"},"time2":{"value":"1"},"amount3":{"value":"much"}}`,
		`{"thing1":"a","time2":{"value":"1"},"amount3":{"value":"1"}}`,
	} {
		b.fails(47003, "POST", path, templateBody("bob", "NOTE", bad, ""))
	}
	if _, err := b.Act(t.Context(), emulator.Action{User: "bob", Do: "accept", Value: "ORDER"}); err == nil {
		t.Error("a template for templates can be accepted")
	}
}

func TestSubscribePages(t *testing.T) {
	b := newBench(t, strings.Replace(templates, "[[account]]\nappid = \"wx0123456789abcdef\"", "[[account]]\nappid = \"wx0123456789abcdef\"\npages = [\"pages/index\"]", 1))
	const data = `{"thing1":{"value":"a"},"time2":{"value":"1"},"amount3":{"value":"1"}}`
	b.act("bob", "accept", "NOTE")
	b.fails(41030, "POST", "/cgi-bin/message/subscribe/send", templateBody("bob", "NOTE", data, `,"page":"pages/other"`))
	b.ok("POST", "/cgi-bin/message/subscribe/send", templateBody("bob", "NOTE", data, `,"page":"pages/index?a=1"`))
}
