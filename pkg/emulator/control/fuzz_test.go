package control_test

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/wxdev/wxdev/pkg/emulator"
	"github.com/wxdev/wxdev/pkg/emulator/control"
	"github.com/wxdev/wxdev/pkg/emulator/local"
)

// FuzzControl: nothing that is sent to any call of the control API makes it
// panic, or leaves a state that cannot be restored; what is refused says why.
func FuzzControl(f *testing.F) {
	var calls []control.Call
	for _, c := range control.Calls() {
		if c.Method != "GET" {
			calls = append(calls, c)
		}
	}
	for i, c := range calls {
		for _, body := range []string{
			"", "{}", "[]", "null", `{"name":"x","tags":[1]}`, `{"appid":"wx0123456789abcdef","mode":"safe"}`, "value=1", people, "GIF89a", "\xff\xd8\xff\xe0",
			`{"msgid":"same","set":{"Content":"x"},"body":"<xml/>","mode":"safe","user":"bob"}`,
		} {
			f.Add(i, "alice", "text", "", body)
		}
		if strings.Contains(c.Path, "{user}") {
			for _, action := range []string{"tap", "scan", "follow", "location", "pic_weixin", "code", "accept"} {
				f.Add(i, "o'\x00/..", action, "wait=0&appid=wx0123456789abcdef", `{"value":"2.1","fields":{"a.b[2]":"x"}}`)
			}
		}
		f.Add(i, "1", "x", "type=image&filename=%0d%0a&lang=zh&appid=wx9", "GIF89a")
	}
	f.Fuzz(func(t *testing.T, which int, id, action, query, body string) {
		e, err := local.New(emulator.Config{})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		c := calls[uint(which)%uint(len(calls))]
		path := target(c, map[string]string{"{user}": url.PathEscape(id), "{id}": url.PathEscape(id), "{action}": url.PathEscape(action)})
		req := httptest.NewRequest(c.Method, "/__wxdev/", strings.NewReader(body))
		if req.URL, err = url.Parse(path); err != nil {
			t.Skip()
		}
		req.Host, req.URL.RawQuery = "localhost", query
		w := httptest.NewRecorder()
		e.ServeHTTP(w, req)
		if w.Code == 301 || w.Code == 307 { // the path is . or ..
			return
		}
		if !json.Valid(w.Body.Bytes()) || w.Code >= 500 {
			t.Fatalf("%s %s: %d %s", c.Method, path, w.Code, w.Body)
		}
		var refused struct{ Error string }
		if err := json.Unmarshal(w.Body.Bytes(), &refused); w.Code >= 400 && (err != nil || refused.Error == "") {
			t.Fatalf("%s %s: %d %s", c.Method, path, w.Code, w.Body)
		}
		snapshot, err := e.Snapshot()
		if err == nil {
			err = e.Restore("snapshot", snapshot)
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, snapshot)
		}
	})
}
