package devserver

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// FuzzCheck: whatever a page sends, it is answered with JSON that has no ticket.
func FuzzCheck(f *testing.F) {
	for _, body := range []string{
		"", "{}", "null", "[]", `{"url":"http://localhost:3000/"}`,
		`{"config":{"appId":"wx0123456789abcdef","timestamp":1700000000,"nonceStr":"n","signature":"x","jsApiList":["chooseImage"]},"url":"http://localhost:3000/a#b","entry":"http://localhost:3000/"}`,
		`{"config":"wx.config({appId:'x'})","url":"%zz"}`, `{"config":{"timestamp":1e999,"jsApiList":{}},"url":"\u0000\u202e"}`,
		`{"config":{"signature":{},"appId":[1]},"url":"http://[::1"}`, `{"config":` + strings.Repeat("[", 5000), `{"config":{},"url":"` + strings.Repeat("x", 9000) + `"}`,
	} {
		f.Add(body, "zh-CN,zh;q=0.9")
	}
	f.Fuzz(func(t *testing.T, body, language string) {
		res := ask(newServer(), http.MethodPost, "/check", body, "Content-Type", "application/json", "Accept-Language", language)
		if text := bodyOf(t, res); !json.Valid([]byte(text)) || res.StatusCode >= 500 {
			t.Fatalf("%d %s", res.StatusCode, text)
		}
	})
}
