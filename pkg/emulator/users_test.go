package emulator_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/message"
)

const people = `
[[account]]
appid = "wx0123456789abcdef"
[[account.tag]]
id = 100
name = "会员"
[[account.user]]
name = "alice"
unionid = "u-alice"
nickname = "Alice"
tags = [100]
subscribe_time = 2024-01-02T03:04:05Z
subscribe_scene = "ADD_SCENE_QR_CODE"
qr_scene_str = "door"
[[account.user]]
name = "bob"
[[account.user]]
name = "carol"
unsubscribed = true
`

func TestUserInfo(t *testing.T) {
	b := newBench(t, people)
	info := func(id string) string {
		t.Helper()
		return b.do("GET", "/cgi-bin/user/info?lang=en&openid="+id, "").Body.String()
	}
	alice := message.OpenID("alice")
	want := `{"subscribe":1,"openid":"` + alice + `","nickname":"","sex":0,"language":"en","city":"","province":"","country":"","headimgurl":"",` +
		`"subscribe_time":1704164645,"unionid":"u-alice","remark":"","groupid":100,"tagid_list":[100],"subscribe_scene":"ADD_SCENE_QR_CODE","qr_scene":0,"qr_scene_str":"door"}`
	if got := info(alice); got != want {
		t.Errorf("alice\n%s\nwant\n%s", got, want)
	}
	if got := info(message.OpenID("carol")); got != `{"subscribe":0,"openid":"`+message.OpenID("carol")+`"}` {
		t.Errorf("carol %s", got)
	}
	b.fails(40003, "GET", "/cgi-bin/user/info?openid=o12345", "")
	b.fails(41009, "GET", "/cgi-bin/user/info", "")

	b.ok("POST", "/cgi-bin/user/info/updateremark", `{"openid":"`+alice+`","remark":"老客户"}`)
	list := b.ok("POST", "/cgi-bin/user/info/batchget", `{"user_list":[{"openid":"`+alice+`","lang":"zh_CN"},{"openid":"`+message.OpenID("bob")+`"}]}`)["user_info_list"].([]any)
	if len(list) != 2 || list[0].(map[string]any)["remark"] != "老客户" {
		t.Errorf("batchget %v", list)
	}
	b.fails(40003, "POST", "/cgi-bin/user/info/batchget", `{"user_list":[{"openid":"x"}]}`)
	b.fails(40032, "POST", "/cgi-bin/user/info/batchget", `{"user_list":[]}`)
	b.fails(40092, "POST", "/cgi-bin/user/info/updateremark", `{"openid":"`+alice+`","remark":"`+strings.Repeat("客", 31)+`"}`)
	b.fails(40003, "POST", "/cgi-bin/user/info/updateremark", `{"openid":"x","remark":"r"}`)
}

func TestUserList(t *testing.T) {
	b := newBench(t, people)
	alice, bob := message.OpenID("alice"), message.OpenID("bob")
	want := `{"total":2,"count":2,"data":{"openid":["` + alice + `","` + bob + `"]},"next_openid":"` + bob + `"}`
	if got := b.do("GET", "/cgi-bin/user/get?next_openid=", "").Body.String(); got != want {
		t.Errorf("user/get %s", got)
	}
	if got := b.do("GET", "/cgi-bin/user/get?next_openid="+bob, "").Body.String(); got != `{"total":2,"count":0,"next_openid":""}` {
		t.Errorf("user/get after the last %s", got)
	}
	b.fails(40003, "GET", "/cgi-bin/user/get?next_openid=nobody", "")
}

// TestUserPages holds the page of 10000.
func TestUserPages(t *testing.T) {
	b := newBench(t, "")
	err := b.UpdateAccount("", func(a *emulator.Account) error {
		for i := range 10_001 {
			a.Users = append(a.Users, &emulator.User{Name: fmt.Sprint("user", i)})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	first := b.ok("GET", "/cgi-bin/user/get", "")
	if first["count"] != json.Number("10000") || first["total"] != json.Number("10001") {
		t.Fatalf("count %v of %v", first["count"], first["total"])
	}
	if second := b.ok("GET", "/cgi-bin/user/get?next_openid="+first["next_openid"].(string), ""); second["count"] != json.Number("1") {
		t.Errorf("second page: %v", second["count"])
	}
}

func TestTags(t *testing.T) {
	b := newBench(t, people)
	alice, bob := message.OpenID("alice"), message.OpenID("bob")
	made := b.ok("POST", "/cgi-bin/tags/create", `{"tag":{"name":"新"}}`)["tag"].(map[string]any)
	id := made["id"].(json.Number).String()
	if made["name"] != "新" || id != "101" {
		t.Errorf("created %v", made)
	}
	b.fails(45157, "POST", "/cgi-bin/tags/create", `{"tag":{"name":"会员"}}`)
	b.fails(45158, "POST", "/cgi-bin/tags/create", `{"tag":{"name":"`+strings.Repeat("长", 11)+`"}}`)
	b.ok("POST", "/cgi-bin/tags/update", `{"tag":{"id":`+id+`,"name":"renamed"}}`)
	b.ok("POST", "/cgi-bin/tags/update", `{"tag":{"id":`+id+`,"name":"renamed"}}`) // to what it is called already
	b.fails(45157, "POST", "/cgi-bin/tags/update", `{"tag":{"id":`+id+`,"name":"会员"}}`)
	b.fails(45058, "POST", "/cgi-bin/tags/delete", `{"tag":{"id":2}}`)
	b.fails(45159, "POST", "/cgi-bin/tags/delete", `{"tag":{"id":999}}`)

	both := `{"openid_list":["` + alice + `","` + bob + `"],"tagid":` + id + `}`
	b.ok("POST", "/cgi-bin/tags/members/batchtagging", both)
	if got := b.do("GET", "/cgi-bin/tags/get", "").Body.String(); got != `{"tags":[{"id":100,"name":"会员","count":1},{"id":101,"name":"renamed","count":2}]}` {
		t.Errorf("tags/get %s", got)
	}
	if got := b.do("POST", "/cgi-bin/tags/getidlist", `{"openid":"`+alice+`"}`).Body.String(); got != `{"tagid_list":[100,101]}` {
		t.Errorf("getidlist %s", got)
	}
	if got := b.do("POST", "/cgi-bin/user/tag/get", `{"tagid":101,"next_openid":""}`).Body.String(); got != `{"count":2,"data":{"openid":["`+alice+`","`+bob+`"]},"next_openid":"`+bob+`"}` {
		t.Errorf("user/tag/get %s", got)
	}
	b.fails(40003, "POST", "/cgi-bin/tags/members/batchtagging", `{"openid_list":["`+bob+`","nobody"],"tagid":100}`)
	b.fails(45159, "POST", "/cgi-bin/tags/members/batchtagging", `{"openid_list":["`+bob+`"],"tagid":7}`)
	b.fails(40032, "POST", "/cgi-bin/tags/members/batchtagging", `{"openid_list":[],"tagid":100}`)
	if got := b.do("POST", "/cgi-bin/tags/getidlist", `{"openid":"`+bob+`"}`).Body.String(); got != `{"tagid_list":[101]}` {
		t.Errorf("a refused call changed something: %s", got)
	}
	b.ok("POST", "/cgi-bin/tags/members/batchuntagging", both)
	b.ok("POST", "/cgi-bin/tags/delete", `{"tag":{"id":100}}`)
	if got := b.do("POST", "/cgi-bin/tags/getidlist", `{"openid":"`+alice+`"}`).Body.String(); got != `{"tagid_list":[]}` {
		t.Errorf("after the tag is gone: %s", got)
	}
	b.fails(45159, "POST", "/cgi-bin/user/tag/get", `{"tagid":100}`)
}

func TestTagLimits(t *testing.T) {
	b := newBench(t, "[[account]]\nappid = \"wx0123456789abcdef\"\n[[account.user]]\nname = \"alice\"\n")
	for i := range 100 {
		b.ok("POST", "/cgi-bin/tags/create", fmt.Sprintf(`{"tag":{"name":"t%d"}}`, i))
	}
	b.fails(45056, "POST", "/cgi-bin/tags/create", `{"tag":{"name":"one more"}}`)
	for i := range 21 {
		body := fmt.Sprintf(`{"openid_list":["%s"],"tagid":%d}`, message.OpenID("alice"), 101+i)
		if i < 20 {
			b.ok("POST", "/cgi-bin/tags/members/batchtagging", body)
		} else {
			b.fails(45059, "POST", "/cgi-bin/tags/members/batchtagging", body)
		}
	}
}

// TestUsersAreCopies: what Users and User return is the caller's own.
func TestUsersAreCopies(t *testing.T) {
	b := newBench(t, people)
	b.act("alice", "text", "hi")
	list, err := b.Users("")
	if err != nil || len(list) != 3 || list[0].Name != "alice" || len(list[0].Chat) != 1 {
		t.Fatalf("users %+v, %v", list, err)
	}
	list[0].TagIDs[0], list[0].Chat[0].Text, list[0].Windows[0].Left = 7, "bye", 0
	u, err := b.User("", "alice")
	if err != nil || u.TagIDs[0] != 100 || u.Chat[0].Text != "hi" || u.Windows[0].Left == 0 {
		t.Errorf("alice %+v, %v", u, err)
	}
	for _, err := range []error{
		second(b.Users("wx9")), second(b.User("", "nobody")), second(b.User("wx9", "alice")), second(b.Account("wx9")), second(b.Media("nothing")),
	} {
		if !errors.Is(err, emulator.ErrNotFound) {
			t.Errorf("error %v", err)
		}
	}
}

func second[T any](_ T, err error) error { return err }
