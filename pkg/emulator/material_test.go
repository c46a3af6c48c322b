package emulator_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/message"
)

func TestMaterials(t *testing.T) {
	b := newBench(t, people)
	v := b.uploadTo("/cgi-bin/material/add_material?type=image", "a.bmp", []byte("bmp"))
	picture, url := v["media_id"].(string), v["url"].(string)
	if w := b.do("GET", url[strings.Index(url, "/__wxdev/"):], ""); w.Code != 200 || w.Body.String() != "bmp" {
		t.Errorf("the picture at %s: %d %s", url, w.Code, w.Body)
	}
	if w := b.do("POST", "/cgi-bin/material/get_material", `{"media_id":"`+picture+`"}`); w.Body.String() != "bmp" {
		t.Errorf("get_material %s", w.Body)
	}
	form := "--x\r\nContent-Disposition: form-data; name=\"media\"; filename=\"v.mp4\"\r\n\r\nmp4\r\n" +
		"--x\r\nContent-Disposition: form-data; name=\"description\"\r\n\r\n{\"title\":\"片名\",\"introduction\":\"简介\"}\r\n--x--\r\n"
	video := b.postForm("/cgi-bin/material/add_material?type=video", "multipart/form-data; boundary=x", []byte(form))["media_id"].(string)
	if got := b.ok("POST", "/cgi-bin/material/get_material", `{"media_id":"`+video+`"}`); got["title"] != "片名" || got["description"] != "简介" || got["down_url"] == "" {
		t.Errorf("video %v", got)
	}
	if got := b.do("GET", "/cgi-bin/material/get_materialcount", "").Body.String(); got != `{"voice_count":0,"video_count":1,"image_count":1,"news_count":0}` {
		t.Errorf("count %s", got)
	}
	list := b.do("POST", "/cgi-bin/material/batchget_material", `{"type":"image","offset":0,"count":20}`).Body.String()
	if !strings.HasPrefix(list, `{"total_count":1,"item_count":1,"item":[{"media_id":"`+picture+`","name":"a.bmp"`) {
		t.Errorf("batchget %s", list)
	}
	b.fails(40004, "POST", "/cgi-bin/material/batchget_material", `{"type":"thumb_","offset":0,"count":20}`)
	for name, code := range map[string]string{"type=image&x=a.txt": "40005", "type=gif&x=a.gif": "40004"} {
		query, file, _ := strings.Cut(name, "&x=")
		if got := b.uploadTo("/cgi-bin/material/add_material?"+query, file, []byte("x")); got["errcode"] != json.Number(code) {
			t.Errorf("%s: %v", name, got)
		}
	}

	// a permanent file outlives the temporary ones, and messages take both
	b.upload("image", "t.png", 3)
	b.clock.pass(10 * 24 * time.Hour)
	b.login()
	b.upload("image", "t.png", 3)
	b.act("alice", "text", "hi")
	b.ok("POST", "/cgi-bin/message/custom/send", `{"touser":"`+message.OpenID("alice")+`","msgtype":"image","image":{"media_id":"`+picture+`"}}`)
	b.fails(40007, "GET", "/cgi-bin/media/get?media_id="+picture, "")
	b.ok("POST", "/cgi-bin/material/del_material", `{"media_id":"`+picture+`"}`)
	b.fails(40007, "POST", "/cgi-bin/material/del_material", `{"media_id":"`+picture+`"}`)
}

func TestPhoneNumber(t *testing.T) {
	b := newBench(t, "[[account]]\nappid = \"wx0123456789abcdef\"\n[[account.user]]\nname = \"abroad\"\nphone = \"+1 2025550100\"\n")
	const path = "/wxa/business/getuserphonenumber?access_token=%s"
	call := func(code string) map[string]any {
		t.Helper()
		return b.api("POST", strings.Replace(path, "%s", b.token, 1), `{"code":"`+code+`"}`)
	}
	code := b.act("alice", "phone", "").Code
	info, _ := call(code)["phone_info"].(map[string]any)
	if info["phoneNumber"] != "13800138000" || info["countryCode"] != "86" || info["watermark"].(map[string]any)["appid"] != "wx0123456789abcdef" {
		t.Errorf("phone_info %v", info)
	}
	abroad, _ := call(b.act("abroad", "phone", "").Code)["phone_info"].(map[string]any)
	if abroad["phoneNumber"] != "+12025550100" || abroad["purePhoneNumber"] != "2025550100" || abroad["countryCode"] != "1" {
		t.Errorf("phone_info %v", abroad)
	}
	late := b.act("alice", "phone", "").Code
	b.clock.pass(5 * time.Minute)
	for what, code := range map[string]string{"used": code, "late": late, "of wx.login": b.act("alice", "code", "").Code, "none": ""} {
		if v := call(code); v["errcode"] != json.Number("40029") {
			t.Errorf("%s: %v", what, v)
		}
	}
	// and the other way round
	b.fails(40029, "GET", "/sns/oauth2/access_token?grant_type=authorization_code&appid=wx0123456789abcdef&secret=0123456789abcdef0123456789abcdef&code="+b.act("alice", "phone", "").Code, "")
}

func TestServiceLists(t *testing.T) {
	b := newBench(t, "[[account]]\nappid = \"wx0123456789abcdef\"\nindustries = [\"餐饮/餐饮\"]\nkf_accounts = [\"kf1@acct\"]\n")
	if got := b.do("GET", "/cgi-bin/template/get_industry", "").Body.String(); got != `{"primary_industry":{"first_class":"餐饮","second_class":"餐饮"},"secondary_industry":{"first_class":"IT科技","second_class":"互联网|电子商务"}}` {
		t.Errorf("industries %s", got)
	}
	if got := b.do("GET", "/cgi-bin/customservice/getkflist", "").Body.String(); got != `{"kf_list":[{"kf_account":"kf1@acct","kf_headimgurl":"","kf_id":"1001","kf_nick":"kf1"}]}` {
		t.Errorf("agents %s", got)
	}
}
