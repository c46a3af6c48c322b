package client_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wxdev/wxdev/pkg/api"
	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/client"
	"github.com/wxdev/wxdev/pkg/finding"
)

// The beginnings of files, by which they are known.
const (
	gif  = "GIF89a\x01\x00\x01\x00\x00\x00\x00;"
	jpeg = "\xff\xd8\xff\xe0\x00\x10JFIF\x00"
	png  = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
	amr  = "#!AMR\n\x3c"
	mp3  = "ID3\x04\x00"
	mp4  = "\x00\x00\x00\x18ftypmp42\x00"
)

func TestAccounts(t *testing.T) {
	s, c := start(t, emulator.Config{
		Timeout: 700 * time.Millisecond, Attempts: 2,
		Accounts: []emulator.Account{{AppID: emulator.DefaultAppID, Name: "咖啡店", URL: "HTTP://LocalHost:8080/wechat?x=1"}, {AppID: "wx00000000000000aa"}},
	})
	list, err := c.Accounts(t.Context())
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	first, second := list[0], list[1]
	if first.Name != "咖啡店" || first.ServerOrigin != "http://localhost:8080" || first.PushLimits != (client.PushLimits{TimeoutMS: 700, Attempts: 2}) || len(first.Tokens) != 0 {
		t.Errorf("%+v", first)
	}
	if second.Name != second.AppID || second.ServerOrigin != "" {
		t.Errorf("%+v", second)
	}
	if _, err := caller(s.URL).Token(t.Context(), api.Want{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		advance  time.Duration
		age, end int64
	}{{10 * time.Minute, 600, 6600}, {2 * time.Hour, 7800, 0}} {
		if err := c.Advance(t.Context(), want.advance); err != nil {
			t.Fatal(err)
		}
		list, err = c.Accounts(t.Context())
		near := func(got, want int64) bool { return got >= want-60 && got <= want+60 }
		if err != nil || len(list[0].Tokens) != 1 || list[0].Tokens[0].Kind != "stable_token" ||
			!near(list[0].Tokens[0].Age, want.age) || !near(list[0].Tokens[0].Expires, want.end) {
			t.Errorf("%+v, %v", list, err)
		}
	}
	if _, c := start(t, emulator.Config{}); true {
		if list, err := c.Accounts(t.Context()); err != nil || list[0].PushLimits != (client.PushLimits{TimeoutMS: 5000, Attempts: 3}) {
			t.Errorf("%+v, %v", list, err)
		}
	}
}

func TestQRCodes(t *testing.T) {
	s, c := start(t, emulator.Config{})
	if list, err := c.QRCodes(t.Context(), ""); err != nil || list == nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	tokens := caller(s.URL)
	for _, body := range []string{
		`{"action_name":"QR_LIMIT_STR_SCENE","action_info":{"scene":{"scene_str":"store_7"}}}`,
		`{"expire_seconds":120,"action_name":"QR_SCENE","action_info":{"scene":{"scene_id":9}}}`,
	} {
		if err := tokens.Call(t.Context(), api.Request{Method: "POST", Path: "/cgi-bin/qrcode/create", Body: []byte(body)}, nil); err != nil {
			t.Fatal(err)
		}
	}
	list, err := c.QRCodes(t.Context(), "")
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	if q := list[0]; q.Scene != "9" || q.Left < 1 || q.Left > 120 || q.Expires.IsZero() || !strings.HasPrefix(q.URL, s.URL+"/q/") {
		t.Errorf("%+v", q)
	}
	if q := list[1]; q.Scene != "store_7" || q.Left != 0 || !q.Expires.IsZero() {
		t.Errorf("%+v", q)
	}
	if _, err := c.Act(t.Context(), client.Action{User: "alice", Do: "scan", Value: list[0].URL}); err != nil {
		t.Error(err)
	}
	if err := c.Advance(t.Context(), 2*time.Minute); err != nil {
		t.Fatal(err)
	}
	if list, err := c.QRCodes(t.Context(), ""); err != nil || len(list) != 1 || list[0].Scene != "store_7" {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := c.QRCodes(t.Context(), "wx9"); err == nil {
		t.Error("an account that is not there has codes")
	}
}

func TestPlaces(t *testing.T) {
	_, c := start(t, emulator.Config{})
	for lang, name := range map[finding.Lang]string{finding.English: "Canton Tower", finding.Chinese: "广州塔", "": "Canton Tower"} {
		c.Lang = lang
		places, err := c.Places(t.Context())
		if err != nil || len(places) != 3 || places[0].Name != name || places[0].Lat != 23.1066 || places[0].Lng != 113.3245 || places[0].Address == "" || places[0].Scale == 0 {
			t.Errorf("%s: %+v, %v", lang, places, err)
		}
	}
}

// TestUpload: a user's own file is one that the API has, if it is what it is
// said to be.
func TestUpload(t *testing.T) {
	_, c := start(t, emulator.Config{})
	for _, f := range []struct{ kind, name, data, is, kept string }{
		{"", "", gif, "image", "image.gif"},
		{"image", "a.png", png, "image", "a.png"},
		{"image", `C:\Users\me\照片.JPEG`, jpeg, "image", "照片.JPEG"},
		{"image", "../../etc/x.html", png, "image", "x.html.png"},
		{"thumb", "a\x00\r\n.jpg", jpeg, "thumb", "a.jpg"},
		{"", "..", amr, "voice", "voice.amr"},
		{"voice", "/", mp3, "voice", "voice.mp3"},
		{"", "v.mp4", mp4, "video", "v.mp4"},
		{"", strings.Repeat("长", 300), jpeg, "image", strings.Repeat("长", 100) + ".jpg"},
	} {
		m, err := c.Upload(t.Context(), "", f.kind, f.name, []byte(f.data))
		if err != nil || m.Type != f.is {
			t.Errorf("%+v: %+v, %v", f, m, err)
			continue
		}
		list, err := c.MediaFiles(t.Context(), "", f.is)
		if err != nil || list[0].ID != m.ID || list[0].Filename != f.kept || list[0].Size != len(f.data) || list[0].Permanent || list[0].URL != m.URL {
			t.Errorf("%+v: %+v, %v", f, list, err)
		}
		res, err := http.Get(m.URL)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if string(b) != f.data || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") || strings.Contains(res.Header.Get("Content-Type"), "html") {
			t.Errorf("%+v: %v", f, res.Header)
		}
	}
	if list, err := c.MediaFiles(t.Context(), "", ""); err != nil || len(list) != 9 {
		t.Errorf("%d files, %v", len(list), err)
	}
	m, err := c.Upload(t.Context(), "", "image", "", []byte(gif))
	if err != nil {
		t.Fatal(err)
	}
	if out, err := c.Act(t.Context(), client.Action{User: "alice", Do: "image", Fields: map[string]string{"MediaId": m.ID, "PicUrl": m.URL}}); err != nil || out.User == "" {
		t.Errorf("%+v, %v", out, err)
	}
	if err := c.Advance(t.Context(), 73*time.Hour); err != nil {
		t.Fatal(err)
	}
	if list, err := c.MediaFiles(t.Context(), "", ""); err != nil || len(list) != 0 {
		t.Errorf("after three days %d files, %v", len(list), err)
	}
	large := func(beginning string, size int) string {
		return beginning + string(bytes.Repeat([]byte{1}, size-len(beginning)))
	}
	for _, f := range []struct{ kind, data, why string }{
		{"", "", "empty"},
		{"", "<script>alert(1)</script>", "none of"},
		{"image", "<svg xmlns='http://www.w3.org/2000/svg'/>", "jpg, png, gif"},
		{"image", mp4, "none of"},
		{"thumb", png, "none of"},
		{"sticker", gif, "sticker"},
		{"thumb", large(jpeg, 64<<10+1), "65536"},
		{"voice", large(amr, 2<<20+1), "2097152"},
		{"image", large(gif, 10<<20+1), "larger"},
	} {
		if m, err := c.Upload(t.Context(), "", f.kind, "x", []byte(f.data)); err == nil || !strings.Contains(err.Error(), f.why) {
			t.Errorf("%s, %d bytes: %+v, %v", f.kind, len(f.data), m, err)
		}
	}
	if _, err := c.Upload(t.Context(), "", "image", "x", []byte(large(gif, 10<<20))); err != nil {
		t.Errorf("the largest picture: %v", err)
	}
	if _, err := c.Upload(t.Context(), "wx9", "image", "x", []byte(gif)); err == nil {
		t.Error("an account that is not there takes a file")
	}
}
