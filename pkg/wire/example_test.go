package wire_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/wxdev/wxdev/pkg/wire"
)

func Example() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.URL.Query().Get("echostr"))
	}))
	defer server.Close()

	url := wire.JoinQuery(server.URL+"/wechat?account=7",
		[2]string{"signature", "f464b24fc39322e44b38aa78f5edd27bd1441696"},
		[2]string{"echostr", "4375120948345356249"},
		[2]string{"timestamp", "1714036504"},
		[2]string{"nonce", "1514711492"})
	var sender wire.Sender
	ex := sender.Do(context.Background(), wire.NewRequest("GET", url, nil))
	if ex.Err != nil {
		fmt.Println(ex.Err)
		return
	}
	fmt.Println(ex.Request.Line())
	fmt.Printf("%s, %q\n", ex.Response.StatusText(), ex.Response.Body)
	// Output:
	// GET /wechat?account=7&signature=f464b24fc39322e44b38aa78f5edd27bd1441696&echostr=4375120948345356249&timestamp=1714036504&nonce=1514711492 HTTP/1.0
	// 200 OK, "4375120948345356249"
}

func ExampleRequest_HTTP11() {
	r := wire.NewRequest("GET", "http://wx.example.com/wechat", nil)
	fmt.Printf("%q\n", r.HTTP11().With("User-Agent", "curl/8.5.0").Bytes())
	// Output:
	// "GET /wechat HTTP/1.1\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\nHost: wx.example.com\r\nPragma: no-cache\r\nConnection: close\r\n\r\n"
}

func ExampleJoinQuery() {
	fmt.Println(wire.JoinQuery("http://wx.example.com/index.php?s=/api/wx", [2]string{"nonce", "1514711492"}))
	// Output:
	// http://wx.example.com/index.php?s=/api/wx&nonce=1514711492
}
