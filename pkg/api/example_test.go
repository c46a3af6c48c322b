package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"

	"github.com/wxdev/wxdev/pkg/api"
)

// Example calls a server that stands for api.weixin.qq.com.
func Example() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/cgi-bin/stable_token":
			fmt.Fprint(w, `{"access_token":"66_abc","expires_in":7200}`)
		case "/cgi-bin/user/info":
			fmt.Fprint(w, `{"subscribe":1,"openid":"oAbc"}`)
		default:
			fmt.Fprint(w, `{"errcode":48001,"errmsg":"api unauthorized, rid: 640d8707-66796d60-192e4bee"}`)
		}
	}))
	defer server.Close()
	c := api.New(api.Options{Base: server.URL, AppID: "wx0123456789abcdef", Secret: "0123456789abcdef0123456789abcdef"})

	var user struct {
		Subscribe int    `json:"subscribe"`
		OpenID    string `json:"openid"`
	}
	err := c.Call(context.Background(), api.Request{Path: "/cgi-bin/user/info", Query: url.Values{"openid": {"oAbc"}}}, &user)
	fmt.Println(user, err)

	_, err = c.Do(context.Background(), api.Request{Path: "/cgi-bin/tags/get"})
	var failed *api.Error
	if errors.As(err, &failed) {
		when, _ := failed.Called()
		fmt.Println(failed.Code, when)
	}
	fmt.Println(err)
	// Output:
	// {1 oAbc} <nil>
	// 48001 2023-03-12 08:02:15 +0000 UTC
	// GET /cgi-bin/tags/get: errcode 48001: api unauthorized (rid 640d8707-66796d60-192e4bee)
}
