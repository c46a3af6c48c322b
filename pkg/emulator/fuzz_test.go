package emulator_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/message"
)

// FuzzSeed: no seed panics; one that is taken makes a snapshot that is taken
// too, and says the same.
func FuzzSeed(f *testing.F) {
	for _, s := range []string{"", people, templates, limited, "[[fault]]\nerrcode=-1\n", "[[account]]\nappid=\"wx1234\"\nmenu='''" + goodMenu + "'''"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		state, err := emulator.ParseState("seed", data)
		if err != nil {
			return
		}
		clock := &clock{now: start}
		e, err := emulator.New(emulator.Config{Seed: state, Now: clock.Now})
		if err != nil {
			return
		}
		first, err := e.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Restore("snapshot", first); err != nil {
			t.Fatalf("%v in\n%s", err, first)
		}
		if second, err := e.Snapshot(); err != nil || string(second) != string(first) {
			t.Fatalf("%v: the second snapshot is\n%s\nthe first\n%s", err, second, first)
		}
	})
}

// FuzzCall: no body and no query makes a call panic, and every answer is of
// the form that clients read.
func FuzzCall(f *testing.F) {
	routes := emulator.Routes()
	for i, body := range []string{
		"", "{", "null", "[]", `{"touser":null}`, goodMenu, ruled("100", "1"), hello("alice"),
		stableBody(true), `{"action_name":"QR_SCENE","action_info":{"scene":{"scene_id":1e99}}}`,
		`{"tag":{"id":1.5,"name":{}}}`, `{"openid_list":[1,null,"x"],"tagid":"100"}`, `{"user_list":[1]}`,
		templateBody("alice", "ORDER", `{"first":[]}`, ""), `{"rid":"640d8707-66796d60-192e4bee"}`,
	} {
		for j := range routes {
			f.Add(j, "a=1&type=image&openid=x", body)
		}
		f.Add(i, "%zz&;=&access_token=66_", body)
	}
	for j, r := range routes { // files, which need a form of several parts
		if !takesFile(r.Path) {
			continue
		}
		for _, part := range []string{
			"Content-Disposition: form-data; name=\"media\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n",
			"Content-Disposition: form-data; name=\"media\"; filename=\"../../etc/passwd%0d%0a\\\"\"\r\n\r\nx", "Content-Disposition: form-data; name=media; filename*=UTF-8''%00%0D%0A.jpg\r\n\r\nGIF89a",
			"Content-Disposition: form-data; name=\"description\"\r\n\r\n{\"title\":1}", "\r\n", "Content-Disposition: x; filename=\r\nContent-Transfer-Encoding: base64\r\n\r\n!!",
		} {
			f.Add(j, "type=image", "--x\r\n"+part+"\r\n--x--\r\n")
			f.Add(j, "type=video", "--x\r\n"+part+"\r\n--x\r\n"+part)
		}
	}
	state, err := emulator.ParseState("seed", []byte(templates))
	if err != nil {
		f.Fatal(err)
	}
	e, err := emulator.New(emulator.Config{Seed: state})
	if err != nil {
		f.Fatal(err)
	}
	login := httptest.NewRecorder()
	e.ServeHTTP(login, httptest.NewRequest("GET", tokenURL, nil))
	var grant struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal(login.Body.Bytes(), &grant); err != nil {
		f.Fatal(err)
	}
	if _, err := e.Act(f.Context(), emulator.Action{User: "alice", Do: "text", Value: "hi"}); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, which int, query, body string) {
		r := routes[uint(which)%uint(len(routes))]
		req := httptest.NewRequest(r.Method, r.Path, strings.NewReader(body))
		req.URL.RawQuery = query + "&access_token=" + grant.Token + "&openid=" + message.OpenID("alice")
		if takesFile(r.Path) {
			req.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		}
		w := httptest.NewRecorder()
		e.ServeHTTP(w, req)
		if w.Code == 413 || !strings.Contains(w.Header().Get("Content-Type"), "json") {
			return
		}
		var answer map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatalf("%s %s: %v: %s", r.Method, r.Path, err, w.Body)
		}
		if code, ok := answer["errcode"].(float64); ok && code != 0 && !strings.Contains(answer["errmsg"].(string), "rid: ") {
			t.Fatalf("%s %s: no rid: %s", r.Method, r.Path, w.Body)
		}
	})
}

// takesFile reports whether a call takes a file.
func takesFile(path string) bool {
	return strings.Contains(path, "media/upload") || strings.Contains(path, "add_material")
}
