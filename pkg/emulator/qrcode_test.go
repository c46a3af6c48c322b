package emulator_test

import (
	"bytes"
	"encoding/json"
	"image/png"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/emulator"
)

const qrCreate = "/cgi-bin/qrcode/create"

func TestQRCodeRules(t *testing.T) {
	b := newBench(t, "")
	for _, c := range []struct {
		body string
		code int
	}{
		{`{"expire_seconds":604800,"action_name":"QR_SCENE","action_info":{"scene":{"scene_id":123}}}`, 0},
		{`{"action_name":"QR_SCENE","action_info":{"scene":{"scene_id":4294967295}}}`, 0},
		{`{"action_name":"QR_SCENE","action_info":{"scene":{"scene_id":0}}}`, 40053},
		{`{"action_name":"QR_SCENE","action_info":{"scene":{"scene_id":4294967296}}}`, 40053},
		{`{"action_name":"QR_SCENE","action_info":{"scene":{"scene_str":"a"}}}`, 40053},
		{`{"action_name":"QR_SCENE","expire_seconds":2592001,"action_info":{"scene":{"scene_id":1}}}`, 40053},
		{`{"action_name":"QR_STR_SCENE","action_info":{"scene":{"scene_str":"` + strings.Repeat("场", 64) + `"}}}`, 0},
		{`{"action_name":"QR_STR_SCENE","action_info":{"scene":{"scene_str":"` + strings.Repeat("x", 65) + `"}}}`, 40053},
		{`{"action_name":"QR_STR_SCENE","action_info":{"scene":{"scene_str":""}}}`, 40053},
		{`{"action_name":"QR_LIMIT_SCENE","action_info":{"scene":{"scene_id":100000}}}`, 0},
		{`{"action_name":"QR_LIMIT_SCENE","action_info":{"scene":{"scene_id":100001}}}`, 40053},
		{`{"action_name":"QR_LIMIT_STR_SCENE","action_info":{"scene":{"scene_str":"a"}}}`, 0},
		{`{"action_name":"QR","action_info":{"scene":{"scene_id":1}}}`, 40052},
		{`{}`, 40052},
	} {
		if c.code == 0 {
			b.ok("POST", qrCreate, c.body)
		} else {
			b.fails(c.code, "POST", qrCreate, c.body)
		}
	}
}

// create makes a code and returns its ticket and the path of its url.
func (b *bench) create(body string) (ticket, path string) {
	b.t.Helper()
	v := b.ok("POST", qrCreate, body)
	u, err := url.Parse(v["url"].(string))
	if err != nil || u.Host != "127.0.0.1:8900" || !strings.HasPrefix(u.Path, "/q/02") {
		b.t.Fatalf("url %v, %v", v["url"], err)
	}
	return v["ticket"].(string), u.Path
}

func TestScan(t *testing.T) {
	b := newBench(t, people)
	ticket, path := b.create(`{"expire_seconds":60,"action_name":"QR_STR_SCENE","action_info":{"scene":{"scene_str":"door"}}}`)
	if len(ticket) != 96 || !strings.HasPrefix(ticket, "gQ") || !strings.HasSuffix(ticket, "==") {
		t.Errorf("ticket %q is not of the form of real ones", ticket)
	}

	// one who does not follow follows by it, and the account sees the scene
	for _, by := range []string{ticket, "http://127.0.0.1:8900" + path, "door"} {
		b.act("carol", "unfollow", "")
		id := b.act("carol", "scan", by).User
		v := b.ok("GET", "/cgi-bin/user/info?openid="+id, "")
		if v["subscribe_scene"] != "ADD_SCENE_QR_CODE" || v["qr_scene_str"] != "door" {
			t.Errorf("by %q: %v", by, v)
		}
	}
	b.act("alice", "scan", ticket)
	chat, err := b.Chat("", "alice")
	if err != nil || len(chat) != 1 || chat[0].Type != "SCAN" || chat[0].Text != "door" {
		t.Errorf("chat %+v, %v", chat, err)
	}

	// a browser that follows the url asks who scans
	if w := b.do("GET", path, ""); w.Code != 200 || !strings.Contains(w.Body.String(), "Alice") {
		t.Errorf("page %d %s", w.Code, w.Body)
	}
	if w := b.do("POST", path, "user=dave"); w.Code != 200 || !strings.Contains(w.Body.String(), `"user"`) {
		t.Errorf("form %d %s", w.Code, w.Body)
	}

	b.clock.pass(time.Minute)
	if _, err := b.Act(t.Context(), emulator.Action{User: "alice", Do: "scan", Value: ticket}); err == nil {
		t.Error("the code has expired, and can be scanned")
	}
	if w := b.do("GET", path, ""); w.Code != 404 {
		t.Errorf("page of an expired code: %d", w.Code)
	}
	if w := b.do("POST", path, "user=dave"); w.Code != 400 {
		t.Errorf("form of an expired code: %d", w.Code)
	}
}

func TestShowQRCode(t *testing.T) {
	b := newBench(t, "")
	v := b.ok("POST", qrCreate, `{"action_name":"QR_SCENE","action_info":{"scene":{"scene_id":7}}}`)
	if v["expire_seconds"] != json.Number("60") {
		t.Errorf("expire_seconds %v", v["expire_seconds"])
	}
	const path = "/cgi-bin/showqrcode?secret&ticket=" // needs no token
	w := b.do("GET", path+url.QueryEscape(v["ticket"].(string)), "")
	if w.Header().Get("Content-Type") != "image/png" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	picture, err := png.Decode(bytes.NewReader(w.Body.Bytes()))
	if err != nil || picture.Bounds().Dx() != (37+8)*8 {
		t.Errorf("picture %v, %v", picture.Bounds(), err)
	}
	if w := b.do("GET", path+"gQ", ""); w.Code != 404 {
		t.Errorf("a ticket that is none: %d", w.Code)
	}
	b.clock.pass(time.Minute)
	if w := b.do("GET", path+url.QueryEscape(v["ticket"].(string)), ""); w.Code != 404 {
		t.Errorf("an expired ticket: %d", w.Code)
	}
}
